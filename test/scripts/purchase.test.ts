import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type LocalRun, startLocalRun, STAGE } from '../../bin/local-run';
import { purchaseHash, referenceOf } from '../../lambda/shared/reference';
import { roleOf } from '../../lib/workflow/role';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/aws/aws-service';
import { cloudAssembly } from '../support/cloud-assembly';
import { eventually, EventProClient } from '../../harness/eventpro-client';
import { DYNAMODB } from '../../local/dynamodb/plugin';
import { STEP_FUNCTIONS } from '../../local/step-functions/plugin';

const ROOT = join(__dirname, '..', '..');

let run: LocalRun;
const eventpro = new EventProClient(() => run.url);

beforeAll(async () => {
  run = await startLocalRun({ assemblyDirectory: await cloudAssembly(), port: 0, waitScale: 0 });
});
afterAll(() => run?.close());
beforeEach(() => eventpro.reset());

/** The command as a person runs it. Without `--local` it finds the tables as it finds them in AWS. */
function purchase(...options: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['-r', 'tsx/cjs', 'scripts/purchase.ts', ...options],
      {
        cwd: ROOT,
        env: {
          ...process.env,
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

const spelled = (reference: string) =>
  `${reference.slice(0, 5)}-${reference.slice(5)}`.toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l');

test('whoever has the reference of a purchase learns what became of it, and neither who bought it nor its id', async () => {
  const { purchaseId, body } = await eventpro.buy({ seats: ['A-1', 'A-2'] });
  const { reference } = body as { reference: string };
  const [payment] = await eventpro.payments(purchaseId);
  await eventpro.emailAbout(purchaseId);

  const found = await purchase('find', spelled(reference), '--stage', 'dev');

  expect(found).toMatchObject({ code: 0, stderr: '' });
  const sheet = new Map(found.stdout.split('\n').map((line) => [line.slice(0, 11).trim(), line.slice(11)]));
  expect(Object.fromEntries(sheet)).toMatchObject({
    Reference: reference,
    Status: 'CONFIRMED',
    Event: 'demo',
    Seats: 'A-1, A-2',
    Amount: '240.00 EUR',
    Opened: expect.stringMatching(/^20\d\d-\d\d-\d\dT/),
    Payment: payment!.paymentIntentId,
    'Told by': expect.stringContaining('email SENT'),
    Execution: expect.stringContaining(':express:'),
    Hash: purchaseHash(purchaseId),
  });
  expect(found.stdout).not.toContain(purchaseId);
  expect(found.stdout).not.toMatch(/ann/i);
});

test('a purchase whose e-mail bounced says so to whoever looks it up, without the address', async () => {
  const buyer = { name: 'Ann Lee', email: 'bounce@simulator.amazonses.com' };
  const { body } = await eventpro.buy({ seats: ['A-1'], buyer });
  const { reference } = body as { reference: string };

  const sheet = await eventually(async () => {
    const { stdout } = await purchase('find', reference, '--stage', 'dev');
    return /^E-mail {5}(.*)$/m.exec(stdout) ? stdout : undefined;
  }, 'a note of the bounce');

  expect(sheet).toMatch(/^E-mail {5}bounced \(Permanent\/General, 20\d\d-\S+Z\)$/m);
  expect(sheet).not.toContain('simulator');
});

test('a purchase that failed says why; the buyer is printed when asked for', async () => {
  const buyer = { name: 'Ann Lee', email: 'ann@example.com', phone: '+4915112345678' };
  const { purchaseId } = await eventpro.buy({
    ...{ seats: ['A-1'], buyer },
    paymentMethod: 'pm_card_chargeDeclined',
  });

  const found = await purchase('find', referenceOf(purchaseId), '--local', run.url, '--buyer');

  expect(found).toMatchObject({ code: 0, stderr: '' });
  expect(found.stdout).toMatch(/^Status +FAILED$/m);
  expect(found.stdout).toMatch(/^Failure +PAYMENT_DECLINED: .+$/m);
  expect(found.stdout).toMatch(/^Buyer +Ann Lee, ann@example.com, \+4915112345678$/m);
});

test('a purchase that waits for its buyer says so, and until when', async () => {
  const { purchaseId } = await eventpro.buy({
    ...{ seats: ['A-1'], paymentMethod: 'pm_card_authenticationRequired' },
  });

  const found = await purchase('find', referenceOf(purchaseId), '--local', run.url);

  expect(found).toMatchObject({ code: 0, stderr: '' });
  expect(found.stdout).toMatch(/^Status +AWAITING_AUTHENTICATION$/m);
  expect(found.stdout).toMatch(/^Waits +for the buyer to answer the bank, until 20\d\d-\S+Z$/m);
});

test('a purchase that was refused before it held anything is found as well', async () => {
  const { purchaseId } = await eventpro.buy({ seats: ['ZZ-99'] });

  const found = await purchase('find', referenceOf(purchaseId), '--local', run.url);

  expect(found.stdout).toMatch(/^Failure +SEAT_NOT_FOUND: .+$/m);
  expect(found.stdout).not.toMatch(/^Amount/m);
});

test.each([
  ['the hash', (hash: string) => hash],
  ['the name of a recovery', (hash: string) => `${hash}-3`],
  ['the key of a ticket', (hash: string) => `tickets/2026-11-29/${hash}.pdf`],
])('%s finds it too; --id prints the id alone', async (_, nameOf) => {
  const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });

  const found = await purchase('find', nameOf(purchaseHash(purchaseId)), '--local', run.url, '--id');

  expect(found).toEqual({ code: 0, stdout: `${purchaseId}\n`, stderr: '' });
});

test('a purchase from before there were references is not found by one, until its compensation has claimed it', async () => {
  await eventpro.setFault('GenerateTicket', { mode: 'fail-before' });
  await eventpro.setFault('RefundPayment', { mode: 'fail-before' });
  const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });
  await forgetReference(purchaseId);

  const before = await purchase('find', referenceOf(purchaseId), '--local', run.url);
  await eventpro.healFaults();
  await eventpro.advanceClock(360);
  const [recovery] = run.cloud
    .get(STEP_FUNCTIONS)
    .stateMachines.filter((machine) => roleOf(machine) === 'recovery');
  await recovery!.start({ purchaseId, failures: {} }, { name: 'recovery' }).finished;
  const after = await purchase('find', referenceOf(purchaseId), '--local', run.url);

  expect(before.code).toBe(1);
  expect(after).toMatchObject({ code: 0, stdout: expect.stringContaining('FAILED') });
});

async function forgetReference(purchaseId: string): Promise<void> {
  const client = new DynamoDBClient({
    ...{ endpoint: run.cloud.get(DYNAMODB).endpoint, region: LOCAL_REGION },
    credentials: LOCAL_CREDENTIALS,
  });
  const TableName = run.cloud.outputs.get(`${STAGE}-Data`)!.PurchaseTableName as string;
  await DynamoDBDocumentClient.from(client).send(
    new UpdateCommand({
      ...{ TableName, Key: { purchaseId } },
      UpdateExpression: 'REMOVE #reference',
      ExpressionAttributeNames: { '#reference': 'reference' },
    }),
  );
  client.destroy();
}

test.each<[string, string[], number, RegExp]>([
  [
    'nobody’s reference',
    ['find', referenceOf(randomUUID())],
    1,
    /^There is no purchase \w{10} in the stage dev\n$/,
  ],
  ['nobody’s hash', ['find', 'f'.repeat(64)], 1, /^There is no purchase f+ in the stage dev\n$/],
  ['an id', ['find', randomUUID()], 2, /^\S+ is no reference: it has 10 letters and digits, and no U\n$/],
  ['too short a reference', ['find', 'ABC'], 2, /^ABC is no reference/],
  ['no reference', ['find'], 2, /^The reference is missing\n\nUsage: /],
  ['no command', [], 2, /^The command is missing: find\n\nUsage: /],
  ['another command', ['lose', 'ABC'], 2, /^There is no command lose\n\nUsage: /],
  ['an option that there is not', ['find', 'ABC', '--everything'], 2, /'--everything'.*\n\nUsage: /s],
  ['a stage and a local run', ['find', 'ABC', '--stage', 'dev', '--local', 'x'], 2, /exclude each other/],
  [
    'a stage that is not there',
    ['find', referenceOf(randomUUID()), '--stage', 'none'],
    3,
    /^0 tables of region/,
  ],
  [
    'an address where nothing answers',
    ['find', referenceOf(randomUUID()), '--local', 'http://127.0.0.1:9'],
    3,
    /^Nothing answers at http:\/\/127\.0\.0\.1:9/,
  ],
])('%s', async (_, options, code, text) => {
  const answer = await purchase(...options);

  expect(answer).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(text) });
});

test('the help says what is printed, what it takes, and the exit codes', async () => {
  const { code, stdout } = await purchase('--help');

  expect(code).toBe(0);
  expect(stdout).toMatch(/^Usage: npm run purchase -- find REFERENCE/);
  expect(stdout).toMatch(/Exit codes: 0 found; 1 /);
});
