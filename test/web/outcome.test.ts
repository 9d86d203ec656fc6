import { PROBLEMS, problemBody, type ProblemName } from '../../lambda/shared/problem';
import { newPrice, outcomeOf, STAGES } from '../../web/outcome.js';
import { answered, atBank, begin, finished, finishing, looked, unanswered } from '../../web/attempt.js';

const KEY = '9d586bbd-8301-4be1-807a-c28213f59f3b';
const SENT = begin(
  KEY,
  {
    of: 'purchase',
    request: {
      eventId: 'demo',
      seats: ['A-1', 'A-12', 'B-2'],
      buyer: { name: 'Ann Lee', email: 'ann@example.com' },
      paymentMethod: 'pm_card_visa',
      expectedTotal: { amount: 12_000, currency: 'EUR' },
    },
    seats: [],
  },
  0,
);

function failedWith(name: ProblemName, detail: string = PROBLEMS[name].detail) {
  const refused = answered(SENT, { status: PROBLEMS[name].status, body: problemBody(name, detail, KEY) }, 0);
  return looked(refused, purchase('FAILED', { code: PROBLEMS[name].code, detail }), 0);
}

function purchase(status: string, failure?: { code: string; detail: string }) {
  return { status: 200, body: { purchaseId: KEY, status, failure } };
}

test.each([
  ['ValidationFailed', 'correct', 'Please check your details'],
  ['PaymentDeclined', 'other-card', 'Your card was declined'],
  ['PaymentActionRequired', 'other-card', 'Your bank wants to verify this card'],
  ['EventNotFound', 'other-seats', 'This event is no longer on sale'],
  ['SeatNotFound', 'other-seats', 'That seat does not exist'],
  ['ReservationFailed', 'try-again', 'We could not hold your seats'],
  ['PaymentUnavailable', 'try-again', 'Your payment did not go through'],
  ['PaymentNotPossible', 'come-back', 'These seats cannot be paid for at present'],
  ['CheckoutInterrupted', 'try-again', 'Your purchase was interrupted'],
  ['TicketFailed', 'try-again', 'We could not make your ticket'],
  ['IdempotencyKeyReused', 'try-again', 'The idempotency key was used before'],
] as const)('after %s the next step is to %s', (name, next, title) => {
  expect(outcomeOf(failedWith(name))).toMatchObject({ next, title, text: PROBLEMS[name].detail });
});

test.each([
  ['No longer available: A-12.', 'Row A, seat 12 has just been taken'],
  ['No longer available: A-1, A-12.', 'Row A, seats 1 and 12 have just been taken'],
  ['No longer available: A-1, B-2.', 'Row A, seat 1 and row B, seat 2 have just been taken'],
  ['A chosen seat is held or sold.', 'A seat has just been taken'],
])('"%s" is told as "%s"', (detail, title) => {
  expect(outcomeOf(failedWith('SeatUnavailable', detail))).toMatchObject({ next: 'other-seats', title });
});

describe('a price that has changed', () => {
  const { status, code } = PROBLEMS.PriceChanged;
  const now = { amount: 12_500, currency: 'EUR' };
  const detail = 'The price has changed.';
  const refused = answered(
    SENT,
    { status, body: { ...problemBody('PriceChanged', detail, KEY), ...now } },
    0,
  );
  const answer = purchase('FAILED', { code, detail });

  test.each([
    ['by the refusal', refused],
    ['by the purchase', looked(unanswered(SENT), { ...answer, body: { ...answer.body, ...now } }, 0)],
  ])('is told %s, beside the one that the buyer was shown', (_, attempt) => {
    expect(newPrice(attempt.problem)).toEqual(now);
    expect(outcomeOf(attempt)).toMatchObject({
      next: 'agree',
      title: 'The price has changed',
      text: 'These seats now cost €125, not €120. Nothing was charged, and no seat is held.',
    });
  });
});

test('a failure this page does not know is told in the words of the server', () => {
  const failure = { code: 'SOLD_OUT', detail: 'Everything is gone.' };
  const attempt = looked(unanswered(SENT), purchase('FAILED', failure), 0);

  expect(outcomeOf(attempt)).toMatchObject({
    tone: 'failure',
    title: 'Your purchase was not made',
    text: 'Everything is gone.',
    next: 'try-again',
  });
});

test('a confirmed purchase leads to the ticket', () => {
  const attempt = answered(SENT, { status: 201, body: purchase('CONFIRMED').body }, 0);

  expect(outcomeOf(attempt)).toMatchObject({ tone: 'success', next: 'get-ticket' });
});

test.each([
  ['PENDING', 'Taking the payment'],
  ['PAID', 'Making your ticket'],
])('while the purchase is %s the buyer sees: %s', (status, stage) => {
  const attempt = looked(SENT, purchase(status), 0);

  expect(STAGES[outcomeOf(attempt).stage!]).toBe(stage);
});

test.each([
  [{ amount: 24_000, status: 'PENDING' }, '€240 is on its way back to you.'],
  [
    { amount: 24_000, status: 'SUCCEEDED' },
    '€240 went back to you. It may take your bank some days to show it.',
  ],
  [
    { amount: 1_000, status: 'SUCCEEDED' },
    '€10 of €240 went back to you. It may take your bank some days to show it.',
  ],
  [{ amount: 24_000, status: 'FAILED' }, '€240 could not be given back yet. We are seeing to it.'],
  [{ amount: 0, status: 'NONE' }, 'No money is given back.'],
])('a cancelled purchase says what goes back: %j', (refund, words) => {
  const body = {
    purchaseId: KEY,
    status: 'CANCELLED',
    amount: 24_000,
    currency: 'EUR',
    cancellation: { refund },
  };

  const attempt = looked(SENT, { status: 200, body }, 0);

  expect(outcomeOf(attempt)).toEqual({
    ...{ tone: 'attention', title: 'This purchase is cancelled', next: 'other-seats' },
    text: `Its tickets are not valid any more. ${words}`,
  });
});

test('a purchase that is cancelled with its event has no other seats to choose', () => {
  const cancellation = { reason: 'EVENT_CANCELLED', refund: { amount: 24_000, status: 'SUCCEEDED' } };
  const body = { purchaseId: KEY, status: 'CANCELLED', amount: 24_000, currency: 'EUR', cancellation };

  expect(outcomeOf(looked(SENT, { status: 200, body }, 0))).toMatchObject({
    ...{ title: 'The event is cancelled, and your purchase with it', next: 'nothing' },
  });
});

test('a cancelled purchase that cost nothing gives nothing back', () => {
  const body = { purchaseId: KEY, status: 'CANCELLED', amount: 0, currency: 'EUR' };

  expect(outcomeOf(looked(SENT, { status: 200, body }, 0)).text).toContain('They cost nothing.');
});

test('before anything is known of it, the seats are being held', () => {
  expect(STAGES[outcomeOf(SENT).stage!]).toBe('Holding your seats');
});

test.each([
  ['the purchase says so', looked(SENT, purchase('COMPENSATING'), 0)],
  ['the saga gave up', answered(SENT, { status: 503, body: { code: 'PAYMENT_UNAVAILABLE' } }, 0)],
])('that it is being undone is told when %s', (_, attempt) => {
  expect(outcomeOf(attempt)).toMatchObject({
    tone: 'progress',
    title: 'Undoing your purchase',
    next: 'wait',
  });
});

describe('a purchase whose buyer the bank wants to see', () => {
  const authenticateBy = new Date(300_000).toISOString();
  const asked = answered(
    SENT,
    { status: 202, body: { status: 'AWAITING_AUTHENTICATION', authenticateBy } },
    0,
  );

  test.each([
    ['bank', 'wait', 'Your bank asks for you'],
    ['waiting', 'go-to-bank', 'Your bank has no answer from you yet'],
    ['unshown', 'go-to-bank', 'The window of your bank could not be opened'],
    ['elsewhere', 'go-to-bank', 'Your bank asks for you in another tab'],
  ] as const)('%s: the next step is to %s', (where, next, title) => {
    expect(outcomeOf(atBank(asked, where))).toMatchObject({ next, title });
  });

  test.each([
    ['AUTHENTICATION_EXPIRED', "The time for your bank's question ran out", 'try-again'],
    ['ABANDONED', 'You gave up this purchase', 'other-seats'],
  ])('%s: says first that the seats are being freed, then that they are free', (code, title, next) => {
    const undoing = finished(finishing(asked), { status: 410, body: { code } }, 0);
    const free = looked(undoing, purchase('FAILED', { code, detail: 'In the words of the API.' }), 0);

    expect(outcomeOf(undoing)).toMatchObject({ title, next: 'wait', tone: 'progress' });
    expect(outcomeOf(undoing).text).toMatch(/^Nothing was charged. The seats are being freed/);
    expect(outcomeOf(free)).toMatchObject({
      ...{ title, next, text: 'Nothing was charged and the seats are free again.' },
    });
  });

  test('a bank that says no leaves the seats to another card, in the words of the server', () => {
    const body = { code: 'AUTHENTICATION_FAILED', detail: 'Nothing was charged.' };

    expect(outcomeOf(finished(finishing(asked), { status: 402, body }, 0))).toMatchObject({
      ...{ next: 'other-card', title: 'Your bank did not approve the payment', text: body.detail },
    });
  });

  test('too many seats that nobody pays for are told, and nothing more is offered', () => {
    const body = { code: 'TOO_MANY_UNPAID_SEATS', detail: 'Pay for some first.' };

    expect(outcomeOf(answered(SENT, { status: 429, body }, 0))).toMatchObject({
      ...{ next: 'come-back', text: body.detail },
    });
  });
});

test('what never arrived can be sent again, and the reason is told if there is one', () => {
  const notFound = { status: 404, body: { code: 'PURCHASE_NOT_FOUND' } };
  const throttled = answered(
    SENT,
    {
      status: 429,
      body: problemBody('TooManyRequests', 'Too many requests.', KEY),
    },
    0,
  );

  const lost = outcomeOf(looked(unanswered(SENT), notFound, 60_000));
  const refused = outcomeOf(looked(throttled, notFound, 0));

  expect([lost.next, lost.title]).toEqual(['send-again', 'Your purchase did not reach us']);
  expect([refused.next, refused.text]).toEqual(['send-again', 'Too many requests.']);
});
