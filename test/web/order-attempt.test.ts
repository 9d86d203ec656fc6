import { PROBLEMS, problemBody, type ProblemName } from '../../lambda/shared/problem';
import {
  answered,
  begin,
  finished,
  finishing,
  looked,
  type OrderAttempt,
  resumed,
  unanswered,
} from '../../web/attempt.js';
import { ORDER_STAGES, orderOutcomeOf } from '../../web/order-outcome.js';

const KEY = '9d586bbd-8301-4be1-807a-c28213f59f3b';
const NOW = 1_000_000;
const EXTRAS = [
  { extraId: 'programme', name: 'Programme', price: 500, available: 10 },
  { extraId: 'parking', name: 'Parking, level 2', price: 1_500, available: 3 },
];
const SENT: OrderAttempt = begin(
  KEY,
  {
    of: 'order',
    request: {
      eventId: 'demo',
      items: [
        { extraId: 'programme', quantity: 1 },
        { extraId: 'parking', quantity: 3 },
      ],
      buyer: { name: 'Ann Lee', email: 'ann@example.com' },
      paymentMethod: 'pm_card_visa',
      purchaseId: 'b7f4d5de-0e53-4f9e-a6cf-1b51aa33e0b9',
    },
    extras: EXTRAS,
  },
  NOW,
);
const ACCEPTED = answered(SENT, { status: 202, body: { orderId: KEY, status: 'PENDING' } }, NOW);
const NOT_FOUND = { status: 404, body: { code: 'ORDER_NOT_FOUND' } };

function order(status: string, more: object = {}) {
  return { status: 200, serverTime: NOW, body: { orderId: KEY, status, ...more } };
}
const PRICED = { amount: 5_000, currency: 'EUR' };
const AWAITED = order('AWAITING_AUTHENTICATION', {
  ...PRICED,
  authenticateBy: new Date(NOW + 590_000).toISOString(),
});

function failedWith(name: ProblemName, detail: string = PROBLEMS[name].detail) {
  return looked(ACCEPTED, order('FAILED', { failure: { code: PROBLEMS[name].code, detail } }), NOW);
}

test('an order that is accepted goes on, and says how far it is', () => {
  const priced = looked(ACCEPTED, order('PENDING', PRICED), NOW);

  expect([ACCEPTED, priced].map((each) => [each.phase, each.answered])).toEqual([
    ['sending', true],
    ['sending', true],
  ]);
  expect([ACCEPTED, priced].map((each) => ORDER_STAGES[orderOutcomeOf(each).stage!])).toEqual(ORDER_STAGES);
});

test('a repeat that finds it waiting for its buyer asks until when', () => {
  const repeated = answered(
    SENT,
    { status: 202, body: { orderId: KEY, status: 'AWAITING_AUTHENTICATION' } },
    NOW,
  );

  expect([repeated.phase, looked(repeated, AWAITED, NOW)]).toMatchObject([
    'sending',
    { phase: 'authenticating', where: 'bank', deadline: NOW + 590_000 },
  ]);
});

test.each([
  ['CONFIRMED', 'confirmed'],
  ['FAILED', 'failed'],
  ['CANCELLED', 'cancelled'],
  ['PENDING', 'checking'],
  ['AWAITING_AUTHENTICATION', 'authenticating'],
])('found again %s it is %s', (status, phase) => {
  const found = resumed(SENT);

  expect(looked(found, { ...AWAITED, body: { ...AWAITED.body, status } }, NOW).phase).toBe(phase);
});

test('what never arrived can be sent again; what another tab sent, only ordered anew', () => {
  const { buyer: _, ...request } = SENT.request;
  const [ours, theirs] = [SENT, { ...SENT, request }].map((each) =>
    looked(unanswered(each), NOT_FOUND, NOW + 40_000),
  );

  expect([ours?.phase, theirs?.phase]).toEqual(['unsent', 'failed']);
  expect([ours, theirs].map((each) => orderOutcomeOf(each!).next)).toEqual(['send-again', 'try-again']);
});

test('a purchase with the same id says nothing about it', () => {
  const { status, body } = order('CONFIRMED');
  const other = { status, body: { ...body, orderId: undefined, purchaseId: KEY } };

  expect(looked(ACCEPTED, other, NOW)).toBe(ACCEPTED);
});

describe('once the bank was asked', () => {
  const finishingNow = finishing(looked(ACCEPTED, AWAITED, NOW));

  test.each([
    ['confirmed', { ...order('CONFIRMED'), status: 201 }, 'confirmed'],
    ['it goes on by itself', { ...order('PENDING', PRICED), status: 202 }, 'checking'],
    ['the bank has not answered', { ...AWAITED, status: 202 }, 'authenticating'],
    ['declined', { status: 402, body: { code: 'PAYMENT_DECLINED' } }, 'failed'],
    ['too late', { status: 410, body: { code: 'AUTHENTICATION_EXPIRED' } }, 'checking'],
    ['the event was cancelled', { status: 409, body: { code: 'SALE_CLOSED' } }, 'checking'],
  ])('%s: the buyer reads of it', (_, answer, phase) => {
    const attempt = finished(finishingNow, answer, NOW);

    expect(attempt.phase).toBe(phase);
    expect(orderOutcomeOf(attempt).title).not.toBe('Checking your order');
  });

  test('an order that is too late is told as such, before and after its extras are back', () => {
    const late = finished(
      finishingNow,
      { status: 410, body: problemBody('AuthenticationExpired', 'Too late.', KEY) },
      NOW,
    );

    const words = [late, looked(late, order('PENDING', PRICED), NOW), failedWith('AuthenticationExpired')];

    expect(words.map((each) => orderOutcomeOf(each).title)).toEqual(
      words.map(() => "The time for your bank's question ran out"),
    );
    expect(words.map((each) => orderOutcomeOf(each).next)).toEqual(['wait', 'wait', 'try-again']);
  });
});

test.each([
  ['ExtraNotFound', 'choose-again', 'Something you chose is not for sale any more'],
  ['ValidationFailed', 'choose-again', 'This cannot be ordered'],
  ['PaymentDeclined', 'other-card', 'Your card was declined'],
  ['AuthenticationFailed', 'other-card', 'Your bank did not approve the payment'],
  ['SaleClosed', 'nothing', 'This event is not on sale'],
  ['PurchaseCancelled', 'nothing', 'Your tickets are cancelled'],
  ['PaymentUnavailable', 'try-again', 'Your payment did not go through'],
  ['PaymentNotPossible', 'come-back', 'Extras cannot be paid for at present'],
  ['OrderInterrupted', 'try-again', 'Your order was interrupted'],
] as const)('after %s the next step is to %s', (name, next, title) => {
  expect(orderOutcomeOf(failedWith(name))).toMatchObject({ next, title });
});

test.each([
  ['Not enough left: parking. Nothing was charged.', 'Not enough left: Parking, level 2'],
  [
    'Not enough left: programme, parking. Nothing was charged.',
    'Not enough left: Programme and Parking, level 2',
  ],
  ['There is not enough left of an extra.', 'Not enough left of what you chose'],
])('"%s" is told as "%s"', (detail, title) => {
  expect(orderOutcomeOf(failedWith('OutOfStock', detail))).toMatchObject({ next: 'choose-again', title });
});

test('a failure this page does not know is told in the words of the server', () => {
  const failure = { code: 'NEW', detail: 'It is raining.' };

  expect(orderOutcomeOf(looked(ACCEPTED, order('FAILED', { failure }), NOW))).toMatchObject({
    ...{ tone: 'failure', title: 'Your order was not made', text: 'It is raining.', next: 'try-again' },
  });
});
