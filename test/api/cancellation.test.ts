import { randomUUID } from 'node:crypto';
import { eventually } from '../../harness/eventpro-client';
import { referenceOf } from '../../lambda/shared/reference';
import { useLocalRun } from '../support/local-run';
import { expectProblem } from '../support/problem';
import { codesOf } from '../support/ticket-codes';

const eventpro = useLocalRun();
beforeEach(() => eventpro.reset());

const SEATS = ['A-1', 'A-2'];
const BUYER_REQUEST = { reason: 'BUYER_REQUEST' };

async function sold(): Promise<{ purchaseId: string; amount: number }> {
  const { purchaseId, body } = await eventpro.buy({ seats: SEATS });
  return { purchaseId, amount: (body as { amount: number }).amount };
}

const refundedOf = async (purchaseId: string) =>
  (await eventpro.payments(purchaseId)).reduce((sum, { refunded }) => sum + refunded, 0);

test('a cancelled purchase gives everything back, its seats sell again at once, and its old code is refused', async () => {
  const { purchaseId, amount } = await sold();
  const [code] = await codesOf(eventpro, purchaseId);

  const { status, body } = await eventpro.cancel(purchaseId, BUYER_REQUEST);

  expect(status).toBe(200);
  expect(body).toMatchObject({
    ...{ purchaseId, status: 'CANCELLED', seats: SEATS, amount },
    cancellation: { reason: 'BUYER_REQUEST', refund: { amount, status: 'SUCCEEDED' } },
  });
  expect(await eventpro.purchase(purchaseId)).toEqual(body);
  expect(await refundedOf(purchaseId)).toBe(amount);
  expectProblem(await eventpro.ticket(purchaseId), { status: 410, code: 'PURCHASE_CANCELLED', purchaseId });
  const check = await eventpro.signed('POST', '/api/ticket-checks', { code });
  expect(check.body).toMatchObject({ valid: false, reason: 'PURCHASE_CANCELLED' });
  expect((await eventpro.buy({ seats: SEATS })).status).toBe(201);
});

test('a part of the money, and a repeat with another body gets the first agreement', async () => {
  const { purchaseId } = await sold();

  const first = await eventpro.cancel(purchaseId, { reason: 'ORGANISER', refund: { amount: 1_000 } });
  const repeat = await eventpro.cancel(purchaseId, BUYER_REQUEST);

  expect(first.body).toMatchObject({ cancellation: { refund: { amount: 1_000, status: 'SUCCEEDED' } } });
  expect([repeat.status, repeat.body]).toEqual([200, first.body]);
  expect(await refundedOf(purchaseId)).toBe(1_000);
});

test('two at once cancel once', async () => {
  const { purchaseId } = await sold();

  const answers = await Promise.all(
    [500, 700, 900].map((amount) => eventpro.cancel(purchaseId, { reason: 'FRAUD', refund: { amount } })),
  );

  const { cancellation } = await eventpro.purchase(purchaseId);
  expect(await refundedOf(purchaseId)).toBe(cancellation!.refund.amount);
  for (const { status, text } of answers) {
    if (status !== 200)
      expect([status, text]).toEqual([409, expect.stringContaining('PURCHASE_IN_PROGRESS')]);
  }
  expect(answers.some(({ status }) => status === 200)).toBe(true);
});

test('the same purchase bought again is answered that it is cancelled', async () => {
  const key = randomUUID();
  await eventpro.buy({ key, seats: SEATS });
  await eventpro.cancel(key, BUYER_REQUEST);

  expectProblem(await eventpro.buy({ key, seats: SEATS }), {
    ...{ status: 410, code: 'PURCHASE_CANCELLED' },
    purchaseId: key,
  });
});

test('of a disputed payment nothing is given back', async () => {
  const { purchaseId } = await sold();

  const { body } = await eventpro.cancel(purchaseId, { reason: 'DISPUTE' });

  expect(body).toMatchObject({
    status: 'CANCELLED',
    cancellation: { refund: { amount: 0, status: 'NONE' } },
  });
  expect(await refundedOf(purchaseId)).toBe(0);
});

test('the buyer is told, with what is given back', async () => {
  const { purchaseId } = await sold();
  const { reference } = await eventpro.purchase(purchaseId);
  await eventpro.cancel(purchaseId, BUYER_REQUEST);

  const mail = await eventually(
    async () => (await eventpro.inbox()).find(({ text = '' }) => /is cancelled/.test(text)),
    'an e-mail about the cancellation',
  );

  expect(mail.text).toContain(reference);
  expect(mail.text).toContain('Given back:');
  expect(mail.text).toContain(`/#/purchases/${purchaseId}`);
  expect(mail.text).not.toContain('/ticket');
});

describe('is refused', () => {
  test.each([
    ['without a reason', {}],
    ['for another reason', { reason: 'WEATHER' }],
    ['with more than the price', { reason: 'FRAUD', refund: { amount: 10_000_000 } }],
    ['with less than nothing', { reason: 'FRAUD', refund: { amount: -1 } }],
    ['with a refund of a disputed payment', { reason: 'DISPUTE', refund: { amount: 1 } }],
    ['with a field that nobody knows', { reason: 'FRAUD', amount: 1 }],
  ])('%s, and the sale stands', async (_, body) => {
    const { purchaseId } = await sold();

    const { status, body: problem } = await eventpro.cancel(purchaseId, body);

    expect([status, problem]).toEqual([400, expect.objectContaining({ code: 'VALIDATION' })]);
    expect(await eventpro.purchase(purchaseId)).toMatchObject({ status: 'CONFIRMED' });
  });

  test.each(['no-id', randomUUID()])('for a purchase that there is not: %s', async (id) => {
    const answer = await eventpro.cancel(id, BUYER_REQUEST);

    expectProblem(answer, { status: 404, code: 'PURCHASE_NOT_FOUND', purchaseId: id });
  });

  test('for one that has failed', async () => {
    const { purchaseId } = await eventpro.buy({ seats: SEATS, paymentMethod: 'pm_card_chargeDeclined' });

    const answer = await eventpro.cancel(purchaseId, BUYER_REQUEST);

    expectProblem(answer, { status: 409, code: 'NOT_CANCELLABLE', purchaseId });
  });

  test('for one that waits for its bank', async () => {
    const { purchaseId } = await eventpro.buy({
      seats: SEATS,
      paymentMethod: 'pm_card_authenticationRequired',
    });

    const answer = await eventpro.cancel(purchaseId, BUYER_REQUEST);

    expectProblem(answer, { status: 409, code: 'PURCHASE_IN_PROGRESS', purchaseId });
  });

  test('from whoever does not sign', async () => {
    const { purchaseId } = await sold();

    const answer = await eventpro.request('POST', `/api/purchases/${purchaseId}/cancellation`, {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(BUYER_REQUEST),
    });

    expectProblem(answer, { status: 403, code: 'FORBIDDEN' });
  });
});

describe('an organiser, who is told the reference and no id,', () => {
  test('cancels by it and is not told the id; a repeat, as somebody has typed it, gets the same', async () => {
    const { purchaseId, amount } = await sold();
    const reference = referenceOf(purchaseId);

    const first = await eventpro.cancel(reference, { reason: 'ORGANISER' });
    const typed = `${reference.slice(0, 5)}-${reference.slice(5)}`.toLowerCase();
    const repeat = await eventpro.cancel(typed, BUYER_REQUEST);

    const { purchaseId: _, ...known } = await eventpro.purchase(purchaseId);
    expect(known).toMatchObject({ status: 'CANCELLED', cancellation: { reason: 'ORGANISER' } });
    expect([first.status, first.body]).toEqual([200, known]);
    expect([repeat.status, repeat.body]).toEqual([200, first.body]);
    expect(await refundedOf(purchaseId)).toBe(amount);
    expect((await eventpro.buy({ seats: SEATS })).status).toBe(201);
  });

  test('sends the tickets again by it', async () => {
    const { purchaseId } = await sold();
    const reference = referenceOf(purchaseId);

    expect(await eventpro.signed('POST', `/api/purchases/${reference}/messages`, {})).toMatchObject({
      ...{ status: 202, body: { reference, sending: 1 } },
    });
    await eventually(
      async () => ((await eventpro.emailsAbout(purchaseId)).length === 2 ? true : undefined),
      'a second e-mail',
    );
  });

  test.each(['0123456789', 'ann@example.com', 'x'])('is told that there is no %s', async (named) => {
    for (const [path, body] of [
      ['cancellation', BUYER_REQUEST],
      ['messages', {}],
    ] as const) {
      const answer = await eventpro.signed(
        'POST',
        `/api/purchases/${encodeURIComponent(named)}/${path}`,
        body,
      );
      expect(answer).toMatchObject({ status: 404, body: { code: 'PURCHASE_NOT_FOUND' } });
    }
  });

  test('opens nothing by it that only the buyer may see', async () => {
    const reference = referenceOf((await sold()).purchaseId);

    for (const path of ['', '/ticket', '/authentication']) {
      const answer = await eventpro.request('GET', `/api/purchases/${reference}${path}`);
      expect(answer).toMatchObject({ status: 404, body: { code: 'PURCHASE_NOT_FOUND' } });
    }
  });
});
