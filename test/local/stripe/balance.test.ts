import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalClock } from '../../../local/core/clock';
import { serveRoutes } from '../../../local/http/route';
import { balanceRoute } from '../../../local/stripe/balance-route';
import { REFUND_SETTLEMENT_SECONDS } from '../../../local/stripe/refund-settlement';
import { startStripeServer } from '../../../local/stripe/stripe-server';
import { errorOf, pay, stripeClient, useStripeServer } from './stripe-fixture';

const fixture = useStripeServer();

async function waiting(card = 'pm_card_visa') {
  const { id } = await pay(fixture.stripe, card);
  fixture.server.setBalance('empty');
  return fixture.stripe.refunds.create({ payment_intent: id });
}

const statusOf = async (id: string) => (await fixture.stripe.refunds.retrieve(id)).status;

test('a refund waits while the balance is empty, however long, and is made when it is topped up', async () => {
  const refund = await waiting();
  fixture.clock.advance(86_400);
  const before = await statusOf(refund.id);

  fixture.server.setBalance('sufficient');

  const after = await fixture.stripe.refunds.retrieve(refund.id);
  expect(refund).toMatchObject({ status: 'pending', pending_reason: 'insufficient_funds', amount: 5000 });
  expect([before, after.status]).toEqual(['pending', 'succeeded']);
  expect(after.pending_reason).toBeUndefined();
  expect(fixture.server.payments()).toMatchObject([{ captured: 5000, refunded: 5000 }]);
});

test.each([
  ['pm_card_pendingRefund', 'pending', 'succeeded'],
  ['pm_card_refundFail', 'succeeded', 'failed'],
])('one of %s is then what the card makes of it', async (card, atFirst, later) => {
  const refund = await waiting(card);

  fixture.server.setBalance('sufficient');
  const made = await statusOf(refund.id);
  fixture.clock.advance(REFUND_SETTLEMENT_SECONDS);

  expect([refund.status, made, await statusOf(refund.id)]).toEqual(['pending', atFirst, later]);
});

test('what waits counts as refunded: it is not refunded again', async () => {
  const { payment_intent: id } = await waiting();

  const again = await errorOf(fixture.stripe.refunds.create({ payment_intent: id as string }));

  expect(again.code).toBe('charge_already_refunded');
});

test('a dispute of a payment whose refund waits makes the refund fail', async () => {
  const refund = await waiting();

  const report = fixture.server.dispute(refund.payment_intent as string);
  fixture.server.setBalance('sufficient');

  expect(await fixture.stripe.refunds.retrieve(refund.id)).toMatchObject({
    ...{ status: 'failed', failure_reason: 'charge_for_pending_refund_disputed' },
  });
  expect(report).toMatchObject({ refunded: 0, disputes: [{ amount: 5000, status: 'needs_response' }] });
});

test('beyond what an account may owe, a refund is refused, and nothing is given back', async () => {
  const { id } = await pay(fixture.stripe, 'pm_card_visa');
  fixture.server.setBalance('overdrawn');

  const refused = await errorOf(fixture.stripe.refunds.create({ payment_intent: id }));

  expect(refused).toMatchObject({ statusCode: 400, rawType: 'invalid_request_error', code: undefined });
  expect(refused.raw).toMatchObject({ message_code: 'insufficient_balance_for_refund' });
  expect(fixture.server.payments()).toMatchObject([{ refunded: 0, refunds: [] }]);
});

test('payments are taken whatever the balance', async () => {
  fixture.server.setBalance('overdrawn');

  expect((await pay(fixture.stripe, 'pm_card_visa')).status).toBe('succeeded');
});

test('the balance and what waits for it outlive the process; a reset forgets both', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stripe-balance-'));
  const options = { journalFile: join(folder, 'stripe.jsonl'), clock: new LocalClock() };
  const before = await startStripeServer(options);
  const { id } = await pay(stripeClient(before), 'pm_card_visa');
  before.setBalance('empty');
  await stripeClient(before).refunds.create({ payment_intent: id });
  await before.close();

  const again = await startStripeServer(options);
  await again.close();
  const after = await startStripeServer(options);
  const kept = after.balance();
  after.setBalance('sufficient');
  const [payment] = after.payments();
  after.setBalance('empty');
  after.reset();

  expect([kept, after.balance()]).toEqual(['empty', 'sufficient']);
  expect(payment).toMatchObject({ refunds: [{ status: 'succeeded', pendingReason: null }] });
  await after.close();
  rmSync(folder, { recursive: true });
});

describe('/local/stripe-balance', () => {
  const ask = async (method: string, body = '') => {
    const response = await serveRoutes(balanceRoute(fixture.server))({
      ...{ method, path: '/local/stripe-balance', headers: {} },
      ...{ query: new URLSearchParams(), body: Buffer.from(body) },
    });
    return { status: response!.statusCode, body: JSON.parse(response!.body as string) as object };
  };

  test('sets what it tells', async () => {
    expect(await ask('GET')).toEqual({ status: 200, body: { balance: 'sufficient' } });
    expect(await ask('PUT', '{"balance":"empty"}')).toEqual({ status: 200, body: { balance: 'empty' } });
    expect(await ask('GET')).toEqual({ status: 200, body: { balance: 'empty' } });
  });

  test.each(['', '{}', '{"balance":0}', '{"balance":"full"}', '[]', 'empty'])(
    '%p is refused, and changes nothing',
    async (body) => {
      expect((await ask('PUT', body)).status).toBe(400);
      expect(fixture.server.balance()).toBe('sufficient');
    },
  );
});
