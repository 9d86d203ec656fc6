import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { type LocalRun, startLocalRun } from '../../bin/local-run';
import { purchaseHash, referenceOf } from '../../lambda/shared/reference';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/aws/aws-service';
import { DYNAMODB } from '../../local/dynamodb/plugin';
import { type FunctionPool } from '../../local/lambda/function-pool';
import { failed } from '../../local/lambda/invocation-answer';
import { SQS } from '../../local/sqs/plugin';
import { type Queue } from '../../local/sqs/queue';
import { cloudAssembly } from '../support/cloud-assembly';
import { programOf } from '../support/program';
import { EventProClient, eventually } from '../../harness/eventpro-client';

const ROOT = join(__dirname, '..', '..');

let run: LocalRun;
/** The function that delivers no e-mail at present. */
let mailIsDown: 'DeliverEmail' | 'TellOrder' | undefined;
const eventpro = new EventProClient(() => run.url);
const queue = (logicalId: string): Queue =>
  run.cloud
    .get(SQS)
    .list()
    .find(({ name }) => name.includes(`-${logicalId}`))!;

beforeAll(async () => {
  const aroundInvoke =
    (invoke: FunctionPool['invoke']): FunctionPool['invoke'] =>
    async (name, payload, options) =>
      mailIsDown && name.includes(mailIsDown)
        ? failed('MailIsDown', 'by the test')
        : invoke(name, payload, options);
  run = await startLocalRun({
    assemblyDirectory: await cloudAssembly(),
    port: 0,
    waitScale: 0,
    aroundInvoke,
  });
});
afterAll(() => run?.close());
beforeEach(() => eventpro.reset());

/** The command as a person runs it, against the local run. */
function redrive(...options: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [programOf('redrive'), ...options],
      {
        cwd: ROOT,
        env: {
          ...process.env,
          AWS_ENDPOINT_URL: run.cloud.urls.aws,
          AWS_ENDPOINT_URL_DYNAMODB: run.cloud.get(DYNAMODB).endpoint,
          AWS_REGION: LOCAL_REGION,
          AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
          AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
        },
      },
      (_, stdout, stderr) => resolve({ code: child.exitCode!, stdout, stderr }),
    );
  });
}

test('an e-mail that was given up is delivered after its dead letter is redriven', async () => {
  const deadLetters = queue('EmailChannelDeadLetterQueue');
  mailIsDown = 'DeliverEmail';
  const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });
  await eventually(async () => {
    run.clock.advance(queue('EmailChannelQueue').attributes.visibilityTimeout + 1);
    return deadLetters.counts().visible || undefined;
  }, 'a dead letter');
  mailIsDown = undefined;

  const looked = await redrive('--stage', 'dev', '--queue', 'email', '--dry-run');
  const waiting = deadLetters.counts().visible;
  const redriven = await redrive('--stage', 'dev', '--queue', 'email');

  expect(looked).toMatchObject({ code: 0, stderr: '' });
  expect(looked.stdout).toContain('1 messages\nwould go to');
  expect(waiting).toBe(1);
  expect(redriven).toMatchObject({ code: 0, stderr: '' });
  expect(redriven.stdout).toContain('COMPLETED: 1 messages moved');
  await eventpro.emailAbout(purchaseId);
  expect(deadLetters.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
});

test('a buyer of extras is told after the dead letter of the order is redriven', async () => {
  const deadLetters = queue('MailDeadLetterQueue');
  await eventpro.putExtras([{ extraId: 'programme', name: 'Programme', price: 500, stock: 1 }]);
  mailIsDown = 'TellOrder';
  const { orderId } = await eventpro.order({ items: [{ extraId: 'programme', quantity: 1 }] });
  await eventpro.orderThatIs(orderId, 'CONFIRMED');
  await eventually(async () => {
    run.clock.advance(queue('MailQueue').attributes.visibilityTimeout + 1);
    return deadLetters.counts().visible || undefined;
  }, 'a dead letter');
  mailIsDown = undefined;

  const redriven = await redrive('--stage', 'dev', '--queue', 'orders');

  expect(redriven).toMatchObject({ code: 0, stderr: '' });
  expect(redriven.stdout).toContain('COMPLETED: 1 messages moved');
  const mails = await eventually(async () => {
    const about = (await eventpro.inbox()).filter(({ text = '' }) => text.includes(referenceOf(orderId)));
    return about.length > 0 ? about : undefined;
  }, 'an e-mail about the order');
  expect(mails).toMatchObject([{ subject: 'Your order is confirmed' }]);
  expect(deadLetters.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
});

test('an escalated refund is tried again, and its message is gone', async () => {
  const escalations = queue('EscalationsQueue');
  await eventpro.setFault('GenerateTicket', { mode: 'fail-before' });
  await eventpro.setFault('RefundPayment', { mode: 'fail-before' });
  const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });
  await eventpro.healFaults();
  escalations.send('not an escalation');
  const paid = { purchaseHash: purchaseHash(purchaseId), paymentIntentId: 'pi_1' };
  escalations.send(JSON.stringify({ compensation: 'RefundPayment', error: 'RefundFailed', ...paid }));

  const looked = await redrive('--stage', 'dev', '--queue', 'escalations', '--dry-run');
  const before = await eventpro.payments(purchaseId);
  // Before it is due, the saga may still be at it: Recovery would leave it alone.
  await eventpro.advanceClock(360);
  const redriven = await redrive('--stage', 'dev', '--queue', 'escalations');

  expect(looked.stdout).toMatch(
    new RegExp(`RefundPayment failed with \\S+ for purchase ${referenceOf(purchaseId)}`),
  );
  expect(looked.stdout + redriven.stdout).not.toContain(purchaseId);
  expect(looked.stdout).toContain('3 escalations, nothing done');
  expect(before).toMatchObject([{ refunded: 0 }]);
  expect(redriven.stdout).toContain('recovery started: ');
  await eventually(
    async () => (await eventpro.purchase(purchaseId)).status === 'FAILED' || undefined,
    'a settled purchase',
  );
  const [payment] = await eventpro.payments(purchaseId);
  expect(payment!.refunded).toBe(payment!.captured);
  // What Recovery cannot help is for a person: it stays, and the exit code says so.
  expect(redriven).toMatchObject({ code: 1, stderr: expect.stringContaining('2 of them stay') });
  expect(escalations.counts()).toEqual({ visible: 2, inFlight: 0, delayed: 0 });
});

test('an escalation from before there were references has the id of its purchase, and is tried again like the others', async () => {
  const escalations = queue('EscalationsQueue');
  const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });
  const old = {
    compensation: 'RefundPayment',
    purchaseId,
    executionId: 'arn:aws:states:1',
    error: 'RefundFailed',
  };
  escalations.send(JSON.stringify(old));

  const redriven = await redrive('--stage', 'dev', '--queue', 'escalations');

  expect(redriven).toMatchObject({ code: 0, stderr: '' });
  expect(redriven.stdout).toContain(`for purchase ${referenceOf(purchaseId)}`);
  expect(redriven.stdout).toContain('recovery started: ');
  expect(escalations.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
});

test.each([
  [
    'an empty queue is nothing to do',
    ['--stage', 'dev', '--queue', 'sms'],
    0,
    /DeadLetterQueue\S*: 0 messages/,
  ],
  ['a stage that is not there', ['--stage', 'none', '--queue', 'sms'], 1, /0 queues of region us-east-1/],
  ['a queue that is not there', ['--stage', 'dev', '--queue', 'fax'], 2, /There is no queue fax/],
  ['no stage', ['--queue', 'sms'], 2, /--stage is missing/],
  ['the help', ['--help'], 0, /Exit codes/],
])('%s', async (_, options, code, text) => {
  const answer = await redrive(...options);

  expect(answer.code).toBe(code);
  expect(answer.stdout + answer.stderr).toMatch(text);
});
