import { randomUUID } from 'node:crypto';
import { GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { SQSEvent } from 'aws-lambda';
import { type DomainEvent } from '../../../lambda/domain-event/domain-events';
import { handler, payloadOf } from '../../../lambda/mobile-app/update-app';
import { ENVIRONMENT } from '../../../lambda/shared/environment';
import { referenceOf } from '../../../lambda/shared/reference';
import { AwsError } from '../../../local/aws/aws-error';
import { type AwsService } from '../../../local/aws/aws-service';
import { LocalClock } from '../../../local/core/clock';
import { Inbox, type InboxMessage } from '../../../local/inbox/inbox';
import { createSnsService } from '../../../local/sns/sns-service';
import { createSqsService } from '../../../local/sqs/sqs-service';
import { useTables } from '../../support/tables';
import { useAwsServices } from '../aws-services';
import { Checkout } from '../checkout';
import { CONTEXT } from '../invocation';

const DEVICE = 'arn:aws:sns:us-east-1:000000000000:endpoint/GCM/app/1234';
const APPLE = 'arn:aws:sns:us-east-1:000000000000:endpoint/APNS/app/5678';
const BUYER = { name: 'Ada Lovelace', email: 'ada@example.com' };

const clock = new LocalClock();
const inbox = new Inbox({ clock });
const sqs = createSqsService({ clock });
const sns = createSnsService({ sqs, inbox, clock });
/** What SNS answers the next times, before all is well. */
let refusals: AwsError[] = [];
const moody: AwsService = {
  signingName: sns.signingName,
  handle: async (request) => {
    const refusal = refusals.shift();
    if (refusal) throw refusal;
    return sns.handle(request);
  },
};
const topic = sns.createTopic('app');
const subscriber = sqs.createQueue('subscriber');
sns.subscribe(topic, { protocol: 'sqs', endpoint: subscriber.arn, rawMessageDelivery: true });
process.env[ENVIRONMENT.appTopic] = topic;

const tables = useTables();
useAwsServices([moody]);
let checkout: Checkout;
beforeEach(async () => {
  inbox.clear();
  subscriber.purge();
  refusals = [];
  checkout = await Checkout.open(tables);
});

/** A sale, and its reference. */
async function sold(buyer: object = { pushEndpoint: DEVICE }): Promise<string> {
  const { purchaseId } = await checkout.confirmed(['A-1'], { buyer: { ...BUYER, ...buyer } });
  return referenceOf(purchaseId);
}

const event = (reference: string, sequence: number, type: DomainEvent = 'TicketAdmitted', detail = {}) =>
  JSON.stringify({
    'detail-type': type,
    detail: {
      ...{ version: 1, id: `${reference}-${sequence}`, sequence: String(sequence), reference },
      ...{ eventId: checkout.eventId, ...detail },
    },
  });

/** @returns how many of them come again */
async function deliver(...bodies: string[]): Promise<number> {
  const Records = bodies.map((body) => ({ messageId: randomUUID(), body }));
  const { batchItemFailures } = await handler({ Records } as SQSEvent, CONTEXT);
  return batchItemFailures.length;
}

const pushes = (): readonly InboxMessage[] => inbox.list();
const sequences = () => pushes().map(({ text }) => (JSON.parse(text!) as { sequence: string }).sequence);

test('the device of the buyer is told what has changed, without words and without the buyer', async () => {
  const reference = await sold();

  expect(await deliver(event(reference, 2))).toBe(0);

  const [push] = pushes();
  const data = { type: 'TicketAdmitted', reference, eventId: checkout.eventId, sequence: '2' };
  expect(pushes()).toHaveLength(1);
  expect(push).toMatchObject({ channel: 'push', to: DEVICE });
  expect(JSON.parse(push!.raw!)).toEqual({ fcmV1Message: { message: { data } } });
  expect(JSON.stringify(push)).not.toMatch(/Ada|ada@/);
});

test('an iPhone hears it in the background', async () => {
  const reference = await sold({ pushEndpoint: APPLE });

  await deliver(event(reference, 1));

  expect(JSON.parse(pushes()[0]!.raw!)).toMatchObject({ aps: { 'content-available': 1 }, reference });
});

test.each([
  ['without the app', {}],
  ['who wants no pushes', { pushEndpoint: DEVICE, channels: ['email'] }],
])('a buyer %s is not told, and nothing is kept of it', async (_, buyer) => {
  const reference = await sold(buyer);

  expect(await deliver(event(reference, 1))).toBe(0);

  expect(pushes()).toEqual([]);
  expect(await handledKeys(reference)).toEqual([]);
});

test('an event that comes again, or late, is no news', async () => {
  const reference = await sold();

  await deliver(event(reference, 1));
  await deliver(event(reference, 1));
  await deliver(event(reference, 3));
  await deliver(event(reference, 2), event(reference, 3));
  await deliver(event(reference, 10));

  expect(sequences()).toEqual(['1', '3', '10']);
});

test('an event whose push fails comes again, also when a later one has failed meanwhile', async () => {
  const reference = await sold();
  refusals = [throttled(), throttled(), throttled()];

  const first = await deliver(event(reference, 1));
  const again = await deliver(event(reference, 1));

  expect([first, again]).toEqual([1, 0]);
  expect(sequences()).toEqual(['1']);
});

test('what is kept of a reference is gone some time after its last event', async () => {
  const reference = await sold();

  await deliver(event(reference, 1));

  const { Item } = await tables.client.send(
    new GetCommand({ TableName: tables.purchaseTable, Key: { purchaseId: `HANDLED#app#${reference}` } }),
  );
  expect(Item).toEqual({
    ...{ purchaseId: `HANDLED#app#${reference}`, sequence: 1, done: true },
    expiresAt: expect.any(Number) as number,
  });
  expect(Math.abs((Item!['expiresAt'] as number) - Date.now() / 1_000 - 40 * 86_400)).toBeLessThan(60);
});

test('every device is told what becomes of an event, once a revision', async () => {
  const { eventId } = checkout;

  await deliver(event(eventId, 2, 'EventChanged'), event(eventId, 2, 'EventChanged'));
  await deliver(event(eventId, 3, 'EventCancelled'));
  await deliver(event(eventId, 2, 'EventChanged'));

  const told = (await subscriber.receive({ maxMessages: 10 })).map(({ body }) => JSON.parse(body) as object);
  expect(told).toEqual([
    { type: 'EventChanged', reference: eventId, eventId, sequence: '2' },
    { type: 'EventCancelled', reference: eventId, eventId, sequence: '3' },
  ]);
});

const throttled = () => new AwsError('Throttled', 'Rate exceeded', { statusCode: 429 });
const invalid = (message: string) => new AwsError('InvalidParameter', `Invalid parameter: ${message}`);

test.each([
  ['from which the app was removed', new AwsError('EndpointDisabled', 'Endpoint is disabled')],
  ['that never was one', invalid('TargetArn Reason: No endpoint found for the target arn specified')],
])('a device %s is no fault', async (_, refusal) => {
  const reference = await sold();
  refusals = [refusal];

  expect(await deliver(event(reference, 1))).toBe(0);
});

test.each([
  ['a message that is not taken', invalid('Message too long')],
  ['a platform that is switched off', new AwsError('PlatformApplicationDisabled', 'Disabled')],
])('%s is one', async (_, refusal) => {
  const reference = await sold();
  refusals = [refusal];

  expect(await deliver(event(reference, 1))).toBe(1);
});

test.each([
  ['is no JSON', () => 'hello'],
  ['is no event', () => '{}'],
  ['is of a version to come', (reference: string) => event(reference, 1, 'TicketAdmitted', { version: 2 })],
  ['has no number', (reference: string) => event(reference, NaN)],
])('a message that %s comes again, and the others of its batch are handled', async (_, poison) => {
  const reference = await sold();

  expect(await deliver(poison(reference), event(reference, 2))).toBe(1);

  expect(sequences()).toEqual(['2']);
});

test('a field that nobody knows yet is no fault', async () => {
  const reference = await sold();

  expect(await deliver(event(reference, 1, 'TicketAdmitted', { gate: 'North' }))).toBe(0);
});

test('a payload fits into what Apple takes', () => {
  const longest = {
    id: '',
    type: 'PurchaseCancelled',
    reference: 'x'.repeat(64),
    eventId: 'x'.repeat(64),
  } as const;

  const { APNS } = JSON.parse(payloadOf({ ...longest, sequence: 99 })) as { APNS: string };

  expect(APNS.length).toBeLessThan(4_096);
});

async function handledKeys(reference: string): Promise<unknown[]> {
  const { Items = [] } = await tables.client.send(new ScanCommand({ TableName: tables.purchaseTable }));
  return Items.map(({ purchaseId }) => purchaseId as string).filter((key) => key.includes(`#${reference}`));
}
