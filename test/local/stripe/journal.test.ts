import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { LocalClock } from '../../../local/core/clock';
import { REFUND_SETTLEMENT_SECONDS } from '../../../local/stripe/refund-settlement';
import { type StripeServer, startStripeServer } from '../../../local/stripe/stripe-server';
import { errorOf, ORDER, pay, stripeClient } from './stripe-fixture';

const KEY = { idempotencyKey: 'purchase-1' };
let folder: string;
let journalFile: string;
const running: StripeServer[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stripe-journal-'));
  journalFile = join(folder, 'stripe.jsonl');
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
  rmSync(folder, { recursive: true });
});

async function start(clock = new LocalClock()): Promise<StripeServer> {
  const server = await startStripeServer({ journalFile, clock });
  running.push(server);
  return server;
}

test('payments, refunds and keys are there again after a restart', async () => {
  const before = await start();
  const stripe = stripeClient(before);
  const paid = await pay(stripe, 'pm_card_visa');
  await stripe.refunds.create({ payment_intent: paid.id, amount: 1000 }, KEY);
  const declined = await errorOf(pay(stripe, 'pm_card_chargeDeclined'));
  const reports = before.payments();
  await before.close();
  running.pop();

  const after = await start();
  const restarted = stripeClient(after);
  const replayed = await restarted.refunds.create({ payment_intent: paid.id, amount: 1000 }, KEY);
  const found = await restarted.paymentIntents.retrieve(declined.payment_intent!.id);

  expect(replayed.lastResponse.headers['idempotent-replayed']).toBe('true');
  expect(after.payments()).toEqual(reports);
  expect(found.last_payment_error?.code).toBe('card_declined');
});

test('a pending refund settles after a restart, and stays settled', async () => {
  const before = await start();
  const paid = await pay(stripeClient(before), 'pm_card_pendingRefund');
  await stripeClient(before).refunds.create({ payment_intent: paid.id });
  const later = new LocalClock();
  later.advance(REFUND_SETTLEMENT_SECONDS);

  const [settled] = (await start(later)).payments();
  const [again] = (await start(new LocalClock())).payments();

  expect(settled?.refunds).toMatchObject([{ status: 'succeeded' }]);
  expect(again?.refunds).toMatchObject([{ status: 'succeeded' }]);
});

test('what a version wrote that knew no payment methods of their own is taken over', async () => {
  copyFileSync(join(__dirname, 'journal-of-an-older-version.jsonl'), journalFile);

  const server = await start();
  const stripe = stripeClient(server);
  const [declined, waiting, paid] = server.payments();
  const confirmed = await stripe.paymentIntents.confirm(waiting!.paymentIntentId);
  const refund = await stripe.refunds.create({ payment_intent: paid!.paymentIntentId });

  expect([declined, waiting, paid].map((payment) => payment!.paymentMethod)).toEqual([
    'pm_card_chargeDeclined',
    'pm_card_visa',
    'pm_card_pendingRefund',
  ]);
  expect(confirmed).toMatchObject({ status: 'succeeded', payment_method: 'pm_card_visa' });
  expect(refund.status).toBe('pending');
});

test('confirmation tokens, and what was used, are there again after a restart', async () => {
  const before = await start();
  const { testHelpers, paymentIntents } = stripeClient(before);
  const create = () => testHelpers.confirmationTokens.create({ payment_method: 'pm_card_visa' });
  const [used, fresh] = [await create(), await create()];
  const paid = await paymentIntents.create({ ...ORDER, confirm: true, confirmation_token: used.id });
  await before.close();
  running.pop();

  const after = stripeClient(await start());
  const confirm = (more: object) => after.paymentIntents.create({ ...ORDER, confirm: true, ...more });

  expect((await errorOf(confirm({ confirmation_token: used.id }))).message).toContain('already been used');
  expect((await errorOf(confirm({ payment_method: paid.payment_method }))).message).toContain(
    'previously used',
  );
  expect((await confirm({ confirmation_token: fresh.id })).status).toBe('succeeded');
});

test('a restart compacts the journal and drops expired keys', async () => {
  const stripe = stripeClient(await start());
  const intent = await stripe.paymentIntents.create(ORDER, KEY);
  await stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_visa' });
  await stripe.refunds.create({ payment_intent: intent.id });
  const lines = () => readFileSync(journalFile, 'utf8').trimEnd().split('\n').length;
  const written = lines();
  const nextDay = new LocalClock();
  nextDay.advance(25 * 60 * 60);

  await start(nextDay);

  expect(written).toBe(3);
  expect(lines()).toBe(1);
});

test('a reset is kept too', async () => {
  const before = await start();
  await pay(stripeClient(before), 'pm_card_visa');

  before.reset();

  expect((await start()).payments()).toEqual([]);
});

test('the journal holds neither card numbers nor API keys', async () => {
  await pay(stripeClient(await start(), 'sk_test_secret'), 'pm_card_visa');

  const journal = readFileSync(journalFile, 'utf8');

  expect(journal).not.toContain('sk_test');
  expect(journal).not.toMatch(/\b\d{14,19}\b/);
});

test('every payment that was acknowledged survives kill -9', async () => {
  const server = spawn(
    process.execPath,
    ['-r', 'tsx/cjs', join(__dirname, 'journal-server.ts'), journalFile],
    {
      cwd: resolve(__dirname, '../../..'),
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const [url] = (await once(server.stdout, 'data')) as [Buffer];
  const { hostname, port } = new URL(url.toString().trim());
  const stripe = stripeClient({ url: `http://${hostname}:${port}` } as StripeServer);
  const acknowledged: string[] = [];
  const buyer = async () => {
    for (;;) acknowledged.push((await pay(stripe, 'pm_card_visa')).id);
  };
  const buyers = Array.from({ length: 4 }, () => errorOf(buyer()));
  while (acknowledged.length < 40) await new Promise((wait) => setTimeout(wait, 10));

  server.kill('SIGKILL');
  await Promise.all([once(server, 'exit'), ...buyers]);

  const survivors = (await start()).payments().filter(({ captured }) => captured === 5000);
  expect(survivors.map(({ paymentIntentId }) => paymentIntentId)).toEqual(
    expect.arrayContaining(acknowledged),
  );
});
