import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { REDRIVE_TAG } from '../../../lib/notification/redrive-tag';
import { LOCAL_ACCOUNT, LOCAL_CREDENTIALS, LOCAL_REGION } from '../../../local/aws/aws-service';
import { purchaseHash } from '../../../lambda/shared/reference';
import { eventually } from '../../../harness/eventpro-client';
import { useLocalRun } from '../../support/local-run';

const eventpro = useLocalRun();
beforeEach(() => eventpro.reset());

interface ReportedQueue {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly deadLettersOf: readonly string[];
  readonly visible: number;
  readonly messages: readonly { readonly body: string; readonly receiveCount: number }[];
}

async function queues(): Promise<readonly ReportedQueue[]> {
  return (await eventpro.request<{ queues: ReportedQueue[] }>('GET', '/local/queues')).body.queues;
}

async function tagged(queue: string): Promise<ReportedQueue> {
  return (await queues()).find(({ tags }) => tags[REDRIVE_TAG] === `EventPro-dev/${queue}`)!;
}

function redrive(queue: ReportedQueue) {
  return eventpro.request<{ said: string[]; detail: string }>('POST', `/local/queues/${queue.name}/redrive`);
}

test('an escalation is shown by its queue without being received, and redriving it starts the recovery that settles its purchase', async () => {
  for (const state of ['RefundPayment', 'GenerateTicket'])
    await eventpro.setFault(state, { mode: 'fail-before' });
  const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });
  const first = await tagged('escalations');
  // Recovery takes what is due alone, and fails as well.
  await eventpro.advanceClock(420);
  const looked = await eventually(async () => {
    const queue = await tagged('escalations');
    return queue.visible === 2 ? queue : undefined;
  }, 'an escalation by recovery');
  await eventpro.request('DELETE', '/local/faults');

  const answer = await redrive(looked);

  expect(first.visible).toBe(1);
  expect(looked.messages.map(({ receiveCount }) => receiveCount)).toEqual([0, 0]);
  for (const { body } of looked.messages) {
    expect(JSON.parse(body)).toMatchObject({
      compensation: 'RefundPayment',
      purchaseHash: purchaseHash(purchaseId),
    });
  }
  expect(answer.status).toBe(200);
  expect(answer.body.said).toContainEqual(expect.stringContaining('recovery started'));
  expect(answer.body.said.at(-1)).toBe('2 escalations');
  expect((await tagged('escalations')).visible).toBe(0);
  const settled = await eventually(async () => {
    const purchase = await eventpro.purchase(purchaseId);
    return purchase.status === 'FAILED' ? purchase : undefined;
  }, 'a settled purchase');
  expect(settled.status).toBe('FAILED');
  expect((await eventpro.payments(purchaseId))[0]).toMatchObject({ captured: 12_000, refunded: 12_000 });
});

test('what is about no purchase stays for a person, and that is said', async () => {
  const queue = await tagged('escalations');
  await send(queue.name, '{"workflow":"CancelEvent","eventId":"demo","failed":2}');

  const answer = await redrive(queue);

  expect(answer).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('stays: for a person') },
  });
  expect((await tagged('escalations')).visible).toBe(1);
});

test('the dead letters of a channel go back to it', async () => {
  const letters = await tagged('email');
  await send(letters.name, '{"Message":"unreadable"}');
  expect((await tagged('email')).visible).toBe(1);

  const answer = await redrive(letters);

  expect(letters.deadLettersOf).toHaveLength(1);
  expect(answer).toMatchObject({
    status: 200,
    body: { said: expect.arrayContaining(['COMPLETED: 1 messages moved']) },
  });
  // It is the channel's again, until that has failed on it five times more.
  const [source] = letters.deadLettersOf;
  expect((await queues()).find(({ name }) => name === source)!.messages.map(({ body }) => body)).toEqual([
    '{"Message":"unreadable"}',
  ]);
});

test('a queue to which no other gives its messages cannot be redriven, nor one that is not there', async () => {
  const all = await queues();
  const sources = all.flatMap(({ deadLettersOf }) => deadLettersOf);
  const plain = all.find(
    ({ name, deadLettersOf, tags }) =>
      deadLettersOf.length === 0 && !sources.includes(name) && !tags[REDRIVE_TAG]?.endsWith('/escalations'),
  )!;
  await send(plain.name, 'lost');

  const answer = await redrive(plain);
  const unknown = await redrive({ ...plain, name: 'nowhere' });

  expect([answer.status, unknown.status]).toEqual([409, 404]);
  expect(answer.body.detail).toContain('0 queues give up their messages to');
});

/** As a service does that puts a message into a queue. */
async function send(queue: string, MessageBody: string): Promise<void> {
  const { body } = await eventpro.request<{ endpoints: { aws: string } }>('GET', '/local/deployment');
  const endpoint = body.endpoints.aws;
  const sqs = new SQSClient({ endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS });
  await sqs.send(new SendMessageCommand({ QueueUrl: `${endpoint}/${LOCAL_ACCOUNT}/${queue}`, MessageBody }));
  sqs.destroy();
}
