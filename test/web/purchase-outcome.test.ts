import { type Purchase } from '../../web/api.js';
import { begin, known, looked } from '../../web/attempt.js';
import { outcomeOf } from '../../web/outcome.js';
import { purchaseFacts, purchaseOutcomeOf } from '../../web/purchase-outcome.js';
import { money } from '../../web/wording.js';

const SALE: Purchase = {
  ...{ purchaseId: '9d586bbd-8301-4be1-807a-c28213f59f3b', reference: '5W2K9V8Z3Q', status: 'CONFIRMED' },
  ...{ eventId: 'demo', seats: ['A-1', 'A-2'], amount: 24_000, currency: 'EUR' },
};

/** The page of a purchase after the first answer of the server. */
function pageOf(change: Partial<Purchase>) {
  const sale = { ...SALE, ...change };
  return looked(known(sale, 0), { status: 200, body: sale }, 0);
}

function refund(amount: number, status: 'NONE' | 'PENDING' | 'SUCCEEDED' | 'FAILED') {
  return { status: 'CANCELLED', cancellation: { reason: 'ORGANISER', refund: { amount, status } } } as const;
}

test('what the server has is enough to go on with, and is what is kept', () => {
  expect(known(SALE, 7)).toEqual({
    ...{ of: 'purchase', key: SALE.purchaseId, phase: 'checking', sentAt: 7, answered: true },
    request: { eventId: 'demo', seats: SALE.seats, expectedTotal: { amount: 24_000, currency: 'EUR' } },
    ...{ seats: [], sale: SALE },
  });
});

test('a link alone is looked up; without a purchase the page says so, and nothing of money', () => {
  const request = { eventId: '', seats: [], expectedTotal: { amount: 0, currency: '' } };
  const wanted = { ...begin('key-1', { of: 'purchase' as const, request, seats: [] }, 0), answered: true };
  const asked = { ...wanted, phase: 'checking' as const };

  const unknown = looked(asked, { status: 404, body: { code: 'PURCHASE_NOT_FOUND' } }, 0);

  expect(purchaseOutcomeOf(asked).title).toBe('Looking up your purchase');
  expect(purchaseOutcomeOf(unknown)).toMatchObject({ title: 'There is no such purchase', next: 'nothing' });
  expect(purchaseOutcomeOf(unknown).text).not.toMatch(/charged/);
});

test('what is confirmed has the words of later; all else those of the shop', () => {
  const declined = pageOf({ status: 'FAILED', failure: { code: 'PAYMENT_DECLINED', detail: 'Declined.' } });

  expect(purchaseOutcomeOf(pageOf({}))).toMatchObject({
    next: 'get-ticket',
    text: expect.stringContaining('entrance'),
  });
  expect(purchaseOutcomeOf(declined)).toEqual(outcomeOf(declined));
});

test.each<[string, Partial<Purchase>, string[]]>([
  ['bought', {}, ['Paid: €240']],
  ['free', { amount: 0 }, ['Price: Free']],
  ['waiting', { status: 'PAID' }, ['Price: €240']],
  ['refused before it had a price', { status: 'FAILED', amount: 0, currency: 'XXX' }, []],
  ['given back', refund(24_000, 'SUCCEEDED'), ['Paid: €240', 'Given back: €240']],
  ['on its way back', refund(10_000, 'PENDING'), ['Paid: €240', 'Given back: €100, on its way']],
  ['refused by the bank for now', refund(10_000, 'FAILED'), ['Paid: €240', 'Given back: €100, on its way']],
  ['not given back', refund(0, 'NONE'), ['Paid: €240', 'Given back: nothing']],
])('of a purchase that is %s the money is told', (_, change, facts) => {
  const told = purchaseFacts(pageOf(change), money).map((fact) => fact.join(': '));

  expect(told).toEqual([...facts, 'Reference: 5W2K9V8Z3Q']);
});
