import { randomUUID } from 'node:crypto';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { handler as deliverEmail } from '../../../lambda/notification/deliver-email';
import {
  type Channel,
  CHANNEL_NAMES,
  CHANNELS,
  DELIVERY_SECONDS,
  MAX_RECEIVES,
} from '../../../lambda/purchase/channels';
import { referenceOf } from '../../../lambda/shared/reference';
import { handler as deliverPush } from '../../../lambda/notification/deliver-push';
import { handler as deliverSms } from '../../../lambda/notification/deliver-sms';
import { readDeliveries } from '../../../lambda/notification/delivery';
import { DeliveryLog, DeliveryUnderWay, MAX_ATTEMPTS } from '../../../lambda/notification/delivery-log';
import { BEGINS_WITHIN } from '../../../lambda/notification/channel';
import { SEND_SECONDS } from '../../../lambda/notification/send-once';
import { Unsubscriptions } from '../../../lambda/purchase/unsubscriptions';
import { AddressHashes } from '../../../lambda/shared/address-hash';
import { systemClock } from '../../../lambda/shared/clock';
import { ENVIRONMENT } from '../../../lambda/shared/environment';
import { logger } from '../../../lambda/shared/logger';
import { REQUEST_TIMEOUTS } from '../../../lambda/shared/request-timeouts';
import { FUNCTIONS } from '../../../lib/functions';
import { AwsError } from '../../../local/aws/aws-error';
import { type AwsService } from '../../../local/aws/aws-service';
import { LocalClock } from '../../../local/core/clock';
import { Inbox } from '../../../local/inbox/inbox';
import { createSecretsManagerService } from '../../../local/secrets-manager/secrets-manager-service';
import { createSesService } from '../../../local/ses/ses-service';
import { createSnsService } from '../../../local/sns/sns-service';
import { createSqsService } from '../../../local/sqs/sqs-service';
import { useTables } from '../../support/tables';
import { useAwsServices } from '../aws-services';
import { Checkout, LAYOUT, type Order } from '../checkout';
import { CONTEXT } from '../invocation';

const REFUSED_ADDRESS = 'refused@example.com';
const PHONE = '+4915112345678';
const PUSH_ENDPOINT = 'arn:aws:sns:us-east-1:000000000000:endpoint/GCM/app/1234';
const GONE_ENDPOINT = 'arn:aws:sns:us-east-1:000000000000:endpoint/gone';
const YESTERDAY = new Date(Date.now() - 86_400_000).toISOString();
const ADDRESS_KEY = 'a'.repeat(64);
const addresses = new AddressHashes(() => Promise.resolve(ADDRESS_KEY));
const EVERYWHERE = {
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  phone: PHONE,
  pushEndpoint: PUSH_ENDPOINT,
};

const clock = new LocalClock();
const inbox = new Inbox({ clock });
const sqs = createSqsService({ clock });
const ses = createSesService({ inbox, clock });
ses.configurationSets.create('confirmations');
/** How many e-mails SES will not take before it takes one. */
let refusedEmails = 0;
/** How the next requests to send go, one after the other, before all is well: it is refused, for a while or as it is, or sent and its answer is lost. */
let trouble: ('refused' | 'too fast' | 'lost')[] = [];
const moody = (service: AwsService): AwsService => ({
  signingName: service.signingName,
  handle: async (request) => {
    if (request.body.includes(REFUSED_ADDRESS)) throw new AwsError('MessageRejected', 'Not that address');
    if (service === ses && refusedEmails-- > 0) throw new AwsError('MessageRejected', 'Sending is paused');
    const next = trouble.shift();
    if (next === 'refused') throw new AwsError('SendingPausedException', 'Sending is paused');
    if (next === 'too fast') {
      throw new AwsError('TooManyRequestsException', 'Maximum sending rate exceeded', { statusCode: 429 });
    }
    const answer = await service.handle(request);
    if (next === 'lost') throw new AwsError('InternalFailure', 'Sent all the same', { statusCode: 500 });
    return answer;
  },
});

process.env[ENVIRONMENT.emailSender] = 'tickets@example.com';
process.env[ENVIRONMENT.configurationSet] = 'confirmations';

const secrets = createSecretsManagerService();
secrets.putSecret('address-secret', 'arn:address-secret', ADDRESS_KEY);
process.env[ENVIRONMENT.addressSecret] = 'address-secret';

const tables = useTables();
useAwsServices([secrets, sqs, moody(ses), moody(createSnsService({ sqs, inbox, clock }))]);
const deadLetters = sqs.createQueue('dead-letters');
const queue = sqs.createQueue('channel', {
  VisibilityTimeout: 6 * DELIVERY_SECONDS,
  RedrivePolicy: { deadLetterTargetArn: deadLetters.arn, maxReceiveCount: MAX_RECEIVES },
});

let checkout: Checkout;

beforeEach(async () => {
  inbox.clear();
  queue.purge();
  deadLetters.purge();
  refusedEmails = 0;
  trouble = [];
  checkout = await Checkout.open(tables);
});
afterEach(() => jest.useRealTimers());

type Consumer = typeof deliverEmail;

function send({ purchaseId }: Pick<Order, 'purchaseId'>): void {
  const ticketUrl = `https://api.example.com/purchases/${purchaseId}/ticket`;
  queue.send(JSON.stringify({ type: 'PurchaseConfirmed', purchaseId, ticketUrl }));
}

/** One poll of the event source mapping: what the consumer does not report as failed is deleted from the queue. */
async function poll(consumer: Consumer): Promise<SQSBatchResponse> {
  const messages = await queue.receive({ maxMessages: 10 });
  const Records = messages.map(({ id, body, receiveCount }) => ({
    ...{ messageId: id, body },
    attributes: { ApproximateReceiveCount: String(receiveCount) },
  }));
  const response = await consumer({ Records } as SQSEvent, { ...CONTEXT, awsRequestId: randomUUID() });
  const failed = new Set(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  for (const { id, receiptHandle } of messages) if (!failed.has(id)) queue.delete(receiptHandle);
  return response;
}

/** Moves the functions' time and the queue's. Only the time: the SDKs need their timers. */
function advance(seconds: number): void {
  jest.useFakeTimers({
    now: Date.now() + seconds * 1000,
    doNotFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'nextTick'],
  });
}

test('two messages of one purchase in a batch take turns: even if the clock moves on between them, one e-mail', async () => {
  const order = await checkout.confirmed(['A-1']);
  send(order);
  send(order);
  // A lease would not keep them apart: the second reads a clock that is further on than the lease lasts.
  let now = Math.floor(Date.now() / 1000);
  const reading = jest
    .spyOn(systemClock, 'nowSeconds')
    .mockImplementation(() => (now += 2 * DELIVERY_SECONDS));

  const response = await poll(deliverEmail);

  reading.mockRestore();
  expect(response).toEqual({ batchItemFailures: [] });
  expect(inbox.list()).toHaveLength(1);
});

describe('a change of the event', () => {
  const change = ({ purchaseId }: Order, revision: number, venue: string) => {
    const { name, startsAt, timeZone } = LAYOUT;
    const facts = (where: string) => ({ name, venue: where, startsAt, timeZone });
    const ticketUrl = `https://api.example.com/purchases/${purchaseId}/ticket`;
    const [before, now] = [facts(LAYOUT.venue), facts(venue)];
    const message = { type: 'EventChanged', purchaseId, ticketUrl, revision, before, now };
    queue.send(JSON.stringify(message));
  };
  const venues = () => inbox.list().map(({ text = '' }) => /Venue: ([A-Z][a-z]+)/.exec(text)?.[1]);

  test('is told once a revision, beside the confirmation, whatever comes twice', async () => {
    const order = await checkout.confirmed(['A-1']);
    send(order);
    await poll(deliverEmail);
    inbox.clear();

    for (const [revision, venue] of [
      [2, 'North'],
      [2, 'North'],
      [3, 'South'],
      [3, 'South'],
    ] as const) {
      change(order, revision, venue);
      expect(await poll(deliverEmail)).toEqual({ batchItemFailures: [] });
    }

    expect(venues()).toEqual(['North', 'South']);
  });

  test('that is older than what the buyer knows is dropped: a queue keeps no order', async () => {
    const order = await checkout.confirmed(['A-1']);
    await checkout.purchases.noteEventRevision(order.purchaseId, 3);

    change(order, 2, 'North');

    expect(await poll(deliverEmail)).toEqual({ batchItemFailures: [] });
    expect(venues()).toEqual([]);
    change(order, 3, 'South');
    await poll(deliverEmail);
    expect(venues()).toEqual(['South']);
  });

  test('is not told of a sale that is cancelled meanwhile', async () => {
    const order = await checkout.confirmed(['A-1']);
    await checkout.cancelling(order);

    change(order, 2, 'North');

    expect(await poll(deliverEmail)).toEqual({ batchItemFailures: [] });
    expect(venues()).toEqual([]);
  });

  test('says nothing of the sale: a buyer whose confirmation is still due gets that, too', async () => {
    const order = await checkout.confirmed(['A-1']);

    change(order, 2, 'North');
    await poll(deliverEmail);

    expect(await checkout.purchases.find(order.purchaseId)).toMatchObject({
      changed_2_delivery_email: { state: 'SENT' },
      dueAt: expect.any(Number),
    });
  });

  test.each([
    ['sms', deliverSms],
    ['push', deliverPush],
  ] as const)('%s: in one line', async (channel, consumer) => {
    change(await checkout.confirmed(['A-1'], { buyer: EVERYWHERE }), 2, 'North');

    await poll(consumer);

    expect(inbox.list()).toMatchObject([{ channel, text: expect.stringContaining('has a new venue') }]);
  });
});

describe('the reminder of an event', () => {
  const remind = ({ purchaseId }: Order, startsAt = LAYOUT.startsAt) => {
    const { name, venue, timeZone } = LAYOUT;
    const ticketUrl = `https://api.example.com/purchases/${purchaseId}/ticket`;
    const event = { name, venue, startsAt, timeZone };
    queue.send(JSON.stringify({ type: 'EventReminder', purchaseId, ticketUrl, event }));
  };

  test('is sent once a start, and again when there is another one', async () => {
    const order = await checkout.confirmed(['A-1', 'A-2']);
    const later = '2100-03-27T19:00:00Z';

    for (const startsAt of [LAYOUT.startsAt, LAYOUT.startsAt, later, later]) {
      remind(order, startsAt);
      expect(await poll(deliverEmail)).toEqual({ batchItemFailures: [] });
    }

    const [first, second, ...others] = inbox
      .list()
      .toSorted((one, other) => (one.text! < other.text! ? -1 : 1));
    expect(others).toEqual([]);
    expect(first).toMatchObject({ to: 'ada@example.com', subject: `Soon: ${LAYOUT.name}` });
    expect(first!.text).toContain(`${LAYOUT.name} starts Sat, 20 March 2100 at 20:00 CET.`);
    expect(first!.text).toContain('Seats: A-1, A-2');
    expect(first!.text).toContain(`/purchases/${order.purchaseId}/ticket`);
    expect(second!.text).toContain('27 March 2100');
  });

  test('that has waited until the event has begun reminds nobody', async () => {
    remind(await checkout.confirmed(['A-1']), new Date(Date.now() - 1_000).toISOString());

    expect(await poll(deliverEmail)).toEqual({ batchItemFailures: [] });
    expect(inbox.list()).toEqual([]);
  });

  test('is not sent of a sale that is cancelled meanwhile', async () => {
    const order = await checkout.confirmed(['A-1']);
    await checkout.cancelling(order);

    remind(order);

    expect(await poll(deliverEmail)).toEqual({ batchItemFailures: [] });
    expect(inbox.list()).toEqual([]);
  });

  test('says nothing of the sale: a buyer whose confirmation is still due gets that, too', async () => {
    const order = await checkout.confirmed(['A-1']);

    remind(order);
    await poll(deliverEmail);

    expect(await checkout.purchases.find(order.purchaseId)).toMatchObject({
      [`reminder_${Date.parse(LAYOUT.startsAt) / 1000}_delivery_email`]: { state: 'SENT' },
      dueAt: expect.any(Number),
    });
  });

  test.each([
    ['sms', deliverSms],
    ['push', deliverPush],
  ] as const)('%s: in one line', async (channel, consumer) => {
    remind(await checkout.confirmed(['A-1'], { buyer: EVERYWHERE }));

    await poll(consumer);

    expect(inbox.list()).toMatchObject([
      { channel, text: expect.stringContaining(`${LAYOUT.name} starts Sat, 20 March 2100 at 20:00 CET`) },
    ]);
  });
});

describe('the thank-you after an event', () => {
  const agreeing = (more: object = {}) =>
    checkout.confirmed(['A-1'], {
      buyer: { name: 'Ada Lovelace', email: `${randomUUID()}@example.com`, marketing: true, ...more },
    });
  const thank = ({ purchaseId }: Order, startsAt = YESTERDAY) => {
    const { name, venue, timeZone } = LAYOUT;
    const event = { name, venue, startsAt, timeZone };
    const unsubscriptionsUrl = 'https://api.example.com/unsubscriptions';
    queue.send(JSON.stringify({ type: 'EventThanks', purchaseId, event, unsubscriptionsUrl }));
  };

  test('is sent once, with a link that unsubscribes its buyer, and the headers of RFC 8058', async () => {
    const order = await agreeing();
    for (let time = 0; time < 2; time++) {
      thank(order);
      expect(await poll(deliverEmail)).toEqual({ batchItemFailures: [] });
    }

    const [mail, ...others] = inbox.list();
    expect(others).toEqual([]);
    const url = `https://api.example.com/unsubscriptions/${await addresses.tokenOf(order.request.buyer.email)}`;
    expect(mail).toMatchObject({
      ...{ to: order.request.buyer.email, subject: `Thank you for coming to ${LAYOUT.name}` },
      headers: { 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' },
    });
    expect(mail!.text).toContain(`Unsubscribe: ${url}`);
    expect(mail!.html).toContain(`href="${url}"`);
  });

  test.each<[string, object, string[]]>([
    [
      'by e-mail alone, as was agreed, whatever the buyer is told by',
      { channels: ['sms'], phone: PHONE },
      ['email'],
    ],
    ['to nobody who has not agreed', { marketing: false }, []],
    ['to nobody who was not asked', { marketing: undefined }, []],
  ])('goes %s', async (_, more, channels) => {
    const order = await agreeing(more);
    for (const consumer of [deliverEmail, deliverSms, deliverPush]) {
      thank(order);
      expect(await poll(consumer)).toEqual({ batchItemFailures: [] });
    }

    expect(inbox.list().map(({ channel }) => channel)).toEqual(channels);
  });

  test('is not sent to whoever has unsubscribed since, by whichever purchase', async () => {
    const order = await agreeing({ email: 'Gone@example.com' });
    const unsubscriptions = new Unsubscriptions(tables.client, tables.purchaseTable, checkout.clock);
    await unsubscriptions.add((await addresses.hashOfToken(await addresses.tokenOf('gone@example.com')))!);

    thank(order);

    expect(await poll(deliverEmail)).toEqual({ batchItemFailures: [] });
    expect(inbox.list()).toEqual([]);
  });

  test('that has waited for a week in a dead-letter queue is not sent any more', async () => {
    thank(await agreeing(), new Date(Date.now() - 8 * 86_400_000).toISOString());

    expect(await poll(deliverEmail)).toEqual({ batchItemFailures: [] });
    expect(inbox.list()).toEqual([]);
  });
});

describe('what each channel delivers', () => {
  test('email: to the buyer, from the sender, as text and HTML, with the event and the ticket', async () => {
    const order = await checkout.confirmed(['A-1', 'A-2']);
    send(order);

    const response = await poll(deliverEmail);

    expect(response).toEqual({ batchItemFailures: [] });
    expect(inbox.list()).toMatchObject([
      {
        channel: 'email',
        to: 'ada@example.com',
        from: 'tickets@example.com',
        subject: `Your tickets for ${LAYOUT.name}`,
        text: expect.stringContaining(`/purchases/${order.purchaseId}/ticket`),
        html: expect.stringContaining('A-1, A-2'),
      },
    ]);
  });

  test('email: what the buyer typed is escaped in the HTML and plain in the text', async () => {
    const buyer = { name: '<b>Ada</b> & co', email: 'ada@example.com' };
    send(await checkout.confirmed(['A-1'], { buyer }));

    await poll(deliverEmail);

    const { text, html } = inbox.list()[0]!;
    expect(text).toContain('Hello <b>Ada</b> & co,');
    expect(html).toContain('Hello &lt;b&gt;Ada&lt;/b&gt; &amp; co,');
    expect(html).not.toContain('<b>Ada');
  });

  test.each([
    ['sms', deliverSms, PHONE],
    ['push', deliverPush, PUSH_ENDPOINT],
  ] as const)('%s: the seats and the ticket in one line', async (channel, consumer, to) => {
    const order = await checkout.confirmed(['A-1', 'A-2'], { buyer: EVERYWHERE });
    send(order);

    const response = await poll(consumer);

    expect(response).toEqual({ batchItemFailures: [] });
    const ticketUrl = `https://api.example.com/purchases/${order.purchaseId}/ticket`;
    const reference = referenceOf(order.purchaseId);
    const text = `EventPro: your purchase ${reference} is confirmed. Seats A-1, A-2. Ticket: ${ticketUrl}`;
    expect(inbox.list()).toMatchObject([{ channel, to, text }]);
  });

  test.each([
    ['sms', deliverSms],
    ['push', deliverPush],
  ] as const)('%s: nothing, and no failure, for a buyer who left no way', async (_, consumer) => {
    send(await checkout.confirmed(['A-1']));

    const response = await poll(consumer);

    expect(response).toEqual({ batchItemFailures: [] });
    expect(inbox.list()).toEqual([]);
  });

  test.each([
    ['email', deliverEmail, ['sms']],
    ['sms', deliverSms, ['email', 'push']],
    ['push', deliverPush, []],
  ] as const)('%s: nothing, and no failure, for a buyer who chose %j', async (_, consumer, channels) => {
    const order = await checkout.confirmed(['A-1'], { buyer: { ...EVERYWHERE, channels: [...channels] } });
    send(order);

    const response = await poll(consumer);

    expect(response).toEqual({ batchItemFailures: [] });
    expect(inbox.list()).toEqual([]);
  });
});

const received = async () => inbox.list().length;
/** Each channel's function, and how many deliveries have arrived. */
const CONSUMERS: Record<Channel, readonly [Consumer, () => Promise<number>]> = {
  email: [deliverEmail, received],
  sms: [deliverSms, received],
  push: [deliverPush, received],
};

describe.each(Object.entries(CONSUMERS))('%s', (channel, [consumer, delivered]) => {
  test('is delivered once for a message that comes three times', async () => {
    const order = await checkout.confirmed(['A-1'], { buyer: EVERYWHERE });

    send(order);
    await poll(consumer);
    const before = await checkout.purchases.find(order.purchaseId);
    send(order);
    send(order);
    const response = await poll(consumer);

    expect(response).toEqual({ batchItemFailures: [] });
    expect(await delivered()).toBe(1);
    expect(await checkout.purchases.find(order.purchaseId)).toEqual(before);
    expect(queue.counts()).toMatchObject({ visible: 0, inFlight: 0 });
  });

  test('is delivered once for a message that two consumers have at the same moment', async () => {
    const order = await checkout.confirmed(['A-1'], { buyer: EVERYWHERE });
    send(order);
    send(order);

    const { batchItemFailures } = await poll(consumer);

    // The one that found the delivery under way does not know how it ends: it asks for its message again.
    expect(batchItemFailures.length).toBeLessThanOrEqual(1);
    expect(await delivered()).toBe(1);
  });

  test('is noted on the purchase, which then owes its buyer nothing more', async () => {
    const order = await checkout.confirmed(['A-1'], { buyer: EVERYWHERE });
    send(order);

    await poll(consumer);

    const purchase = await checkout.purchases.find(order.purchaseId);
    expect(purchase).toMatchObject({ status: 'CONFIRMED', [`delivery_${channel}`]: { state: 'SENT' } });
    expect(purchase).not.toHaveProperty('dueShard');
  });

  test.each([
    ['PENDING', () => checkout.pending(['A-1'], { buyer: EVERYWHERE })],
    ['PAID', () => checkout.paid(['A-1'], { buyer: EVERYWHERE })],
    ['COMPENSATING', () => compensating()],
    ['not there', async () => checkout.order(['A-1'])],
  ])('tells nobody of a purchase that is %s, and reports the message', async (_, bring) => {
    const order = await bring();
    const before = await checkout.purchases.find(order.purchaseId);
    send(order);

    const { batchItemFailures } = await poll(consumer);

    expect(batchItemFailures).toHaveLength(1);
    expect(await delivered()).toBe(0);
    expect(await checkout.purchases.find(order.purchaseId)).toEqual(before);
  });

  async function compensating(): Promise<Order> {
    const order = await checkout.pending(['A-1'], { buyer: EVERYWHERE });
    await checkout.claim(order);
    return order;
  }

  test.each([
    ['is no JSON', 'hello'],
    ['is another message', '{"type":"SomethingElse"}'],
    ['names no purchase', '{"type":"PurchaseConfirmed","purchaseId":"1","ticketUrl":"https://x.example"}'],
  ])('reports a message that %s, and delivers the others of its batch', async (_, poison) => {
    queue.send(poison);
    send(await checkout.confirmed(['A-1'], { buyer: EVERYWHERE }));

    const { batchItemFailures } = await poll(consumer);

    expect(batchItemFailures).toHaveLength(1);
    expect(await delivered()).toBe(1);
    expect(queue.counts()).toMatchObject({ inFlight: 1 });
  });
});

describe.each([
  ['an e-mail to an address that SES refuses', deliverEmail, { ...EVERYWHERE, email: REFUSED_ADDRESS }],
  ['a push to an endpoint there is not', deliverPush, { ...EVERYWHERE, pushEndpoint: GONE_ENDPOINT }],
] as const)('%s', (_, consumer, buyer) => {
  test('ends in the dead-letter queue, once, after five receives, and holds up nobody', async () => {
    const [refused, good] = [
      await checkout.confirmed(['A-1'], { buyer }),
      await checkout.confirmed(['A-2'], { buyer: EVERYWHERE }),
    ];
    send(refused);
    send(good);

    const failures: number[] = [];
    for (let receive = 0; receive <= MAX_RECEIVES + 1; receive++) {
      failures.push((await poll(consumer)).batchItemFailures.length);
      if (receive === 0) expect(inbox.list()).toHaveLength(1);
      advance(6 * DELIVERY_SECONDS + 1);
    }

    expect(failures).toEqual([1, 1, 1, 1, 1, 0, 0]);
    expect(inbox.list()).toHaveLength(1);
    expect(queue.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
    const [letter, ...others] = await deadLetters.receive({ maxMessages: 10 });
    expect(others).toEqual([]);
    expect(JSON.parse(letter!.body)).toMatchObject({ purchaseId: refused.purchaseId });
    expect(await checkout.purchases.find(refused.purchaseId)).toMatchObject({ status: 'CONFIRMED' });
  });
});

describe('a delivery that fails', () => {
  test('is reported, comes again when its message is visible again, and is then delivered once', async () => {
    const order = await checkout.confirmed(['A-1']);
    send(order);
    refusedEmails = 1;

    const first = await poll(deliverEmail);
    const meanwhile = await poll(deliverEmail);
    advance(6 * DELIVERY_SECONDS);
    const second = await poll(deliverEmail);

    expect(first.batchItemFailures).toHaveLength(1);
    expect(meanwhile).toEqual({ batchItemFailures: [] });
    expect(second).toEqual({ batchItemFailures: [] });
    expect(inbox.list()).toHaveLength(1);
    expect(queue.counts()).toMatchObject({ visible: 0, inFlight: 0 });
  });

  test('fails alone: the others of its batch are delivered', async () => {
    const orders = [await checkout.confirmed(['A-1']), await checkout.confirmed(['A-2'])];
    orders.forEach(send);
    refusedEmails = 1;

    const { batchItemFailures } = await poll(deliverEmail);

    expect(batchItemFailures).toHaveLength(1);
    expect(inbox.list()).toHaveLength(1);
  });

  test('leaves the sale as it is, and the purchase listed as one that is owed its message', async () => {
    const order = await checkout.confirmed(['A-1']);
    send(order);
    refusedEmails = 1;

    await poll(deliverEmail);

    expect(await checkout.purchases.find(order.purchaseId)).toMatchObject({
      status: 'CONFIRMED',
      dueShard: expect.any(String),
    });
  });

  test('is logged by the reference and the name of the error: no address, no name', async () => {
    const logged = jest.spyOn(logger, 'error');
    const { purchaseId } = await checkout.confirmed(['A-1']);
    send({ purchaseId });
    refusedEmails = 1;

    await poll(deliverEmail);

    expect(logged).toHaveBeenCalledWith('Not delivered', {
      reference: referenceOf(purchaseId),
      messageId: expect.any(String),
      errorName: 'MessageRejected',
      causeName: undefined,
    });
    expect(JSON.stringify(logged.mock.calls)).not.toMatch(/Ada|ada@/);
  });
});

test.each([
  ['still counts in its last second', DELIVERY_SECONDS - 1, 1, 0],
  ['is over when its time is, so an attempt that died is made again', DELIVERY_SECONDS, 0, 1],
])('the lease of an attempt %s', async (_, age, failures, deliveries) => {
  const { purchaseId } = await checkout.confirmed(['A-1']);
  advance(0);
  const startedAt = Math.floor(Date.now() / 1000);
  await tables.client.send(
    new UpdateCommand({
      TableName: tables.purchaseTable,
      Key: { purchaseId },
      UpdateExpression: 'SET delivery_email = :sending',
      ExpressionAttributeValues: {
        ':sending': { state: 'SENDING', leaseUntil: startedAt - age + DELIVERY_SECONDS },
      },
    }),
  );
  send({ purchaseId });

  const { batchItemFailures } = await poll(deliverEmail);

  expect(batchItemFailures).toHaveLength(failures);
  expect(inbox.list()).toHaveLength(deliveries);
});

const SENDERS = CHANNEL_NAMES.map((channel) => [channel, CONSUMERS[channel][0]] as const);

/** Everything the queue will ever do with what is in it: five receives a message. */
async function exhaust(consumer: Consumer): Promise<void> {
  for (let receive = 0; receive <= MAX_RECEIVES; receive++) {
    await poll(consumer);
    advance(6 * DELIVERY_SECONDS + 1);
  }
  expect(queue.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
}

describe.each(SENDERS)('an answer that does not come: %s', (channel, consumer) => {
  const recordOf = async ({ purchaseId }: Order) =>
    (await checkout.purchases.find(purchaseId)) as unknown as Record<string, unknown>;

  test('is followed by one more attempt, whatever the queue does: then it is noted that nobody knows', async () => {
    const logged = jest.spyOn(logger, 'error').mockClear();
    const order = await checkout.confirmed(['A-1'], { buyer: EVERYWHERE });
    trouble = Array<'lost'>(MAX_RECEIVES + 1).fill('lost');
    send(order);

    await exhaust(consumer);

    expect(inbox.list()).toHaveLength(2);
    expect(deadLetters.counts()).toMatchObject({ visible: 0 });
    const record = await recordOf(order);
    expect(record).toMatchObject({ status: 'CONFIRMED', [`delivery_${channel}`]: { state: 'UNKNOWN' } });
    expect(record).not.toHaveProperty('dueShard');
    expect(logged).toHaveBeenCalledWith('Nobody knows whether it was delivered', expect.anything());
  });

  test('is not followed by a third attempt when the message comes again, from recovery or from people', async () => {
    const order = await checkout.confirmed(['A-1'], { buyer: EVERYWHERE });
    trouble = ['lost', 'lost'];
    send(order);
    await exhaust(consumer);

    send(order);
    const response = await poll(consumer);

    expect(response).toEqual({ batchItemFailures: [] });
    expect(inbox.list()).toHaveLength(2);
  });

  test('is followed by one more attempt that is answered: the buyer was told', async () => {
    const order = await checkout.confirmed(['A-1'], { buyer: EVERYWHERE });
    trouble = ['lost'];
    send(order);

    await exhaust(consumer);

    expect(inbox.list()).toHaveLength(2);
    expect(await recordOf(order)).toMatchObject({ [`delivery_${channel}`]: { state: 'SENT' } });
  });

  test('counts, and a refusal does not: five receives, two of them refused, are two messages at most', async () => {
    const order = await checkout.confirmed(['A-1'], { buyer: EVERYWHERE });
    trouble = ['refused', 'lost', 'refused', 'lost', 'lost'];
    send(order);

    await exhaust(consumer);

    expect(inbox.list()).toHaveLength(2);
    expect(await recordOf(order)).toMatchObject({ [`delivery_${channel}`]: { state: 'UNKNOWN' } });
  });

  test('that is refused for its haste is made again in the same receive: one message', async () => {
    const order = await checkout.confirmed(['A-1'], { buyer: EVERYWHERE });
    trouble = ['too fast', 'too fast'];
    send(order);

    const { batchItemFailures } = await poll(consumer);

    expect(batchItemFailures).toEqual([]);
    expect(inbox.list()).toHaveLength(1);
    expect(await recordOf(order)).toMatchObject({ [`delivery_${channel}`]: { state: 'SENT' } });
  });

  test('of five refusals leaves both attempts to whoever redrives, and nothing to recovery', async () => {
    const order = await checkout.confirmed(['A-1'], { buyer: EVERYWHERE });
    trouble = Array<'refused'>(MAX_RECEIVES).fill('refused');
    send(order);
    await exhaust(consumer);
    expect(await recordOf(order)).not.toHaveProperty('dueShard');
    const before = inbox.list().length;
    const [letter] = await deadLetters.receive();

    trouble = ['lost'];
    queue.send(letter!.body);
    await exhaust(consumer);

    expect(before).toBe(0);
    expect(inbox.list()).toHaveLength(2);
    expect(await recordOf(order)).toMatchObject({ [`delivery_${channel}`]: { state: 'SENT' } });
  });

  test('of four refusals leaves the purchase to recovery: there will be a fifth', async () => {
    const order = await checkout.confirmed(['A-1'], { buyer: EVERYWHERE });
    trouble = Array<'refused'>(MAX_RECEIVES).fill('refused');
    send(order);

    for (let receive = 1; receive < MAX_RECEIVES; receive++) {
      await poll(consumer);
      advance(6 * DELIVERY_SECONDS + 1);
    }

    expect(await recordOf(order)).toHaveProperty('dueShard');
  });

  test('of the last refusal leaves a sale that is being cancelled where it is found', async () => {
    const order = await checkout.confirmed(['A-1'], { buyer: EVERYWHERE });
    await checkout.cancelling(order);
    const before = await recordOf(order);

    await new DeliveryLog(tables.client, tables.purchaseTable, systemClock).leaveToPeople(order.purchaseId, {
      ...{ channel, by: 'request/message' },
    });

    expect(before).toHaveProperty('dueShard');
    expect(await recordOf(order)).toEqual(before);
  });

  test('because both functions died is as good as lost: nothing is sent a third time', async () => {
    const order = await checkout.confirmed(['A-1'], { buyer: EVERYWHERE });
    const log = new DeliveryLog(tables.client, tables.purchaseTable, systemClock);
    for (let death = 0; death < MAX_ATTEMPTS; death++) {
      await log.begin(order.purchaseId, { channel, by: `function ${death}` });
      advance(DELIVERY_SECONDS);
    }
    send(order);

    const response = await poll(consumer);

    expect(response).toEqual({ batchItemFailures: [] });
    expect(inbox.list()).toEqual([]);
    expect(await recordOf(order)).toMatchObject({ [`delivery_${channel}`]: { state: 'UNKNOWN' } });
  });

  test('is not risked where the function would end first: the message comes again, and nothing counts', async () => {
    const order = await checkout.confirmed(['A-1'], { buyer: EVERYWHERE });
    const before = await recordOf(order);
    send(order);
    const [message] = await queue.receive();

    const { batchItemFailures } = await consumer(
      {
        Records: [
          { messageId: message!.id, body: message!.body, attributes: { ApproximateReceiveCount: '1' } },
        ],
      } as SQSEvent,
      { ...CONTEXT, getRemainingTimeInMillis: () => 20_000 },
    );

    expect(batchItemFailures).toHaveLength(1);
    expect(inbox.list()).toEqual([]);
    expect(await recordOf(order)).toEqual(before);
  });
});

test('an attempt fits into its function’s time, its lease outlives it, and its message stays away longer', () => {
  const { requestTimeout } = REQUEST_TIMEOUTS.requestHandler;
  // The lease, the event's layout, the note; each with the SDK's two repeats and a pause before each, which is short.
  const tableCalls = 3 * (3 * requestTimeout + 300);
  const longest = tableCalls + SEND_SECONDS * 1_000;

  for (const channel of Object.values(CHANNELS)) {
    const { timeoutSeconds } = FUNCTIONS[channel.function];
    expect(timeoutSeconds).toBe(DELIVERY_SECONDS);
    expect(BEGINS_WITHIN + longest).toBeLessThanOrEqual(timeoutSeconds * 1_000);
  }
});

test('what an older version noted of a channel that there is no more stays, and is read', async () => {
  const order = await checkout.confirmed(['A-1'], { buyer: EVERYWHERE });
  const former = { state: 'SENT', sentAt: 1_790_000_000 } as const;
  await tables.client.send(
    new UpdateCommand({
      TableName: tables.purchaseTable,
      Key: { purchaseId: order.purchaseId },
      UpdateExpression: 'SET delivery_analytics = :sent',
      ExpressionAttributeValues: { ':sent': former },
    }),
  );
  send(order);

  await poll(deliverEmail);

  const purchase = (await checkout.purchases.find(order.purchaseId))!;
  expect(new Map(readDeliveries(purchase))).toEqual(
    new Map<string, unknown>([
      ['analytics', former],
      ['email', { state: 'SENT', sentAt: expect.any(Number) }],
    ]),
  );
});

test('a lease whose answer was lost is still that attempt’s, and nobody else’s', async () => {
  const { purchaseId } = await checkout.confirmed(['A-1']);
  const log = new DeliveryLog(tables.client, tables.purchaseTable, systemClock);
  const attempt = { channel: 'email', by: 'request/message' } as const;
  await log.begin(purchaseId, attempt);

  const repeated = await log.begin(purchaseId, attempt);
  const other = log.begin(purchaseId, { ...attempt, by: 'other/message' });

  expect(repeated).toMatchObject({ purchase: { purchaseId }, isLast: false });
  await expect(other).rejects.toThrow(DeliveryUnderWay);
});
