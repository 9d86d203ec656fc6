import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { LocalClock } from '../../../local/core/clock';
import { type EventReport } from '../../../local/stripe/event-destination';
import { REFUND_SETTLEMENT_SECONDS } from '../../../local/stripe/refund-settlement';
import { type StripeServer, startStripeServer } from '../../../local/stripe/stripe-server';
import { errorOf, pay, stripeClient } from './stripe-fixture';

const SECRETS = ['whsec_old', 'whsec_new'];

interface Received {
  readonly body: string;
  readonly signature: string;
  readonly type: string;
}

let endpoint: Server;
let received: Received[];
/** What the endpoint answers; 200 once there is nothing left. */
let answers: number[];
let clock: LocalClock;
let server: StripeServer;
let stripe: Stripe;

beforeEach(async () => {
  [received, answers] = [[], []];
  endpoint = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const { type } = JSON.parse(body) as { type: string };
      received.push({ body, type, signature: String(request.headers['stripe-signature']) });
      response.writeHead(answers.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/events`;
  clock = new LocalClock();
  server = await startStripeServer({ clock, endpoint: { url, secrets: SECRETS } });
  stripe = stripeClient(server);
});
afterEach(async () => {
  await server.close();
  endpoint.closeAllConnections();
  await new Promise((resolve) => endpoint.close(resolve));
});

const typesOf = (list: readonly { readonly type: string }[]) => list.map(({ type }) => type);

async function paid(card = 'pm_card_visa'): Promise<string> {
  return (await pay(stripe, card)).id;
}

test("a refund of the API's and one by hand are both told of, in the SDK's shape and with its signature", async () => {
  const intent = await paid();
  await stripe.refunds.create({ payment_intent: intent, amount: 1_000 });
  server.refundByHand(intent, 500);
  await server.events.idle();

  expect(typesOf(received).sort()).toEqual([
    ...['charge.refunded', 'charge.refunded', 'refund.created', 'refund.created'],
  ]);
  for (const { body, signature } of received) {
    for (const secret of SECRETS) {
      const event = stripe.webhooks.constructEvent(body, signature, secret);
      expect(event).toMatchObject({ object: 'event', api_version: Stripe.API_VERSION, livemode: false });
      expect(event.data.object).toMatchObject({ payment_intent: intent });
    }
  }
  const amounts = received.flatMap(({ body }) => {
    const { type, data } = JSON.parse(body) as Stripe.Event;
    return type === 'charge.refunded' ? [data.object.amount_refunded] : [];
  });
  expect(amounts.sort()).toEqual([1_000, 1_500]);
});

test('an event tells how it was then, whatever became of it later', async () => {
  const intent = await paid();
  server.events.setMode({ held: true });
  server.refundByHand(intent, 1_000);
  server.refundByHand(intent);

  server.events.setMode({});
  await server.events.idle();

  const refunded = received
    .map(({ body }) => JSON.parse(body) as Stripe.Event)
    .filter(({ type }) => type === 'charge.refunded')
    .map(({ data }) => (data.object as Stripe.Charge).refunded);
  expect(refunded.sort()).toEqual([false, true]);
});

test('a refund that the bank sends back is told of when it comes', async () => {
  const intent = await paid('pm_card_refundFail');
  server.refundByHand(intent);
  await server.events.idle();
  received = [];

  clock.advance(REFUND_SETTLEMENT_SECONDS);
  await server.events.idle();

  expect(typesOf(received).sort()).toEqual(['charge.refund.updated', 'refund.failed', 'refund.updated']);
});

test('a dispute is told of from its opening to its end; what is charged back cannot be refunded, what is won can', async () => {
  const intent = await paid();

  server.dispute(intent);
  const refused = await errorOf(stripe.refunds.create({ payment_intent: intent }));
  server.dispute(intent, 'under_review');
  const { data } = await stripe.disputes.list({ payment_intent: intent });
  server.dispute(intent, 'won');
  await server.events.idle();

  expect([refused.statusCode, refused.code]).toEqual([400, 'charge_disputed']);
  expect(data).toMatchObject([
    { object: 'dispute', status: 'under_review', payment_intent: intent, amount: 5000 },
  ]);
  expect(await stripe.disputes.retrieve(data[0]!.id)).toMatchObject({ status: 'won' });
  expect(typesOf(received).sort()).toEqual([
    ...['charge.dispute.closed', 'charge.dispute.created', 'charge.dispute.funds_reinstated'],
    ...['charge.dispute.funds_withdrawn', 'charge.dispute.updated'],
  ]);
  expect((await stripe.refunds.create({ payment_intent: intent })).status).toBe('succeeded');
});

test.each([
  ['what nobody has paid', undefined],
  ['what was given back', 'refund'],
  ['what is disputed', 'dispute'],
])('%s cannot be disputed', async (_, before) => {
  const intent = before
    ? await paid()
    : (await stripe.paymentIntents.create({ amount: 5_000, currency: 'eur' })).id;
  if (before === 'refund') server.refundByHand(intent);
  if (before === 'dispute') server.dispute(intent);

  expect(() => server.dispute(intent)).toThrow('nothing to dispute');
});

test('is sent again, signed anew, until it is taken', async () => {
  const intent = await paid();
  answers = [500, 409, 200];
  server.events.setMode({ held: true });
  server.refundByHand(intent);
  const [, charge] = server.events.reports();

  await server.events.sendAgain(charge!.id);
  await server.events.sendAgain(charge!.id);
  clock.advance(5);
  await server.events.sendAgain(charge!.id);

  expect(reportOf(charge!)).toMatchObject({ answers: [500, 409, 200], status: 'delivered' });
  expect(new Set(received.map(({ body }) => body)).size).toBe(1);
  expect(received[0]!.signature).not.toBe(received[2]!.signature);
});

test('by itself, and given up in the end', async () => {
  const intent = await paid();
  answers = Array(50).fill(503);

  server.refundByHand(intent);
  await server.events.idle();

  expect(server.events.reports()).toMatchObject([
    { answers: Array(10).fill(503), status: 'given up' },
    { answers: Array(10).fill(503), status: 'given up' },
  ]);
});

test('late, several times, the newest first', async () => {
  const intent = await paid();
  server.events.setMode({ held: true });
  server.refundByHand(intent, 1_000);
  server.refundByHand(intent);
  expect(received).toEqual([]);

  server.events.setMode({ copies: 3, reversed: true });
  await server.events.idle();

  expect(received).toHaveLength(12);
  expect(server.events.reports().every(({ answers: each }) => each.length === 3)).toBe(true);
});

test('a reset forgets what is under way: nothing is sent afterwards', async () => {
  const intent = await paid();
  answers = Array(50).fill(500);
  server.refundByHand(intent);

  server.reset();
  const before = received.length;
  clock.advance(3_600);
  await new Promise((resolve) => setTimeout(resolve, 50));

  expect([received.length, server.events.reports()]).toEqual([before, []]);
});

const reportOf = ({ id }: EventReport) => server.events.reports().find((report) => report.id === id);
