import { PROBLEMS, problemBody, type ProblemName } from '../../lambda/shared/problem';
import {
  answered,
  begin,
  isSettled,
  looked,
  resumed,
  sendAgain,
  unanswered,
} from '../../web/purchase-attempt.js';

const KEY = '9d586bbd-8301-4be1-807a-c28213f59f3b';
const NOW = 1_000_000;
const REQUEST = {
  eventId: 'demo',
  seats: ['A-1', 'A-2'],
  buyer: { name: 'Ann Lee', email: 'ann@example.com' },
  paymentMethod: 'pm_card_visa',
  expectedTotal: { amount: 24_000, currency: 'EUR' },
};
const SENT = begin(KEY, REQUEST, [], NOW);
const NOT_FOUND = {
  status: 404,
  body: problemBody('PurchaseNotFound', 'There is no purchase with this id.', KEY),
};

function problem(name: ProblemName) {
  return { status: PROBLEMS[name].status, body: problemBody(name, PROBLEMS[name].detail, KEY) };
}

function purchase(status: string, failure?: { code: string; detail: string }) {
  return {
    status: 200,
    body: {
      purchaseId: KEY,
      status,
      eventId: 'demo',
      seats: REQUEST.seats,
      amount: 24_000,
      currency: 'EUR',
      failure,
    },
  };
}

test('a 201 confirms the purchase', () => {
  const { body } = purchase('CONFIRMED');

  expect(answered(SENT, { status: 201, body })).toMatchObject({
    phase: 'confirmed',
    key: KEY,
    purchase: body,
  });
});

/** Every refusal of the API: which end the attempt. A new one must find its place here. */
const DEFINITE: Record<ProblemName, boolean> = {
  ValidationFailed: true,
  PaymentDeclined: true,
  PaymentActionRequired: true,
  AuthenticationFailed: true,
  EventNotFound: true,
  SeatNotFound: true,
  PurchaseNotFound: true,
  TicketNotFound: true,
  SaleClosed: true,
  SeatUnavailable: true,
  PriceChanged: true,
  EventChanged: true,
  NothingToAuthenticate: true,
  AlreadyConfirmed: true,
  AuthenticationExpired: true,
  Abandoned: true,
  PurchaseFailed: true,
  IdempotencyKeyReused: true,
  PurchaseInProgress: false,
  TooManyRequests: false,
  PaymentNotPossible: false,
  ReservationFailed: false,
  PaymentUnavailable: false,
  CheckoutInterrupted: false,
  TicketFailed: false,
  OutcomeUnknown: false,
};

test.each(Object.keys(PROBLEMS) as ProblemName[])(
  '%s ends the attempt only if it is a definite answer',
  (name) => {
    const attempt = answered(SENT, problem(name));

    expect(attempt.phase).toBe(DEFINITE[name] ? 'failed' : 'checking');
  },
);

test.each([
  ['a proxy between us failed', { status: 502, body: undefined }],
  ['a 201 without its body', { status: 201, body: undefined }],
  ['API Gateway failed inside', { status: 500, body: { code: 'INTERNAL' } }],
])('%s: the outcome is unknown', (_, answer) => {
  expect(answered(SENT, answer).phase).toBe('checking');
});

test.each([
  ['CONFIRMED', 'confirmed'],
  ['PENDING', 'checking'],
  ['PAID', 'checking'],
  ['COMPENSATING', 'checking'],
  ['FAILED', 'failed'],
])('a purchase that is %s is %s for whoever lost the answer', (status, phase) => {
  const attempt = looked(
    unanswered(SENT),
    purchase(status, { code: 'TICKET_FAILED', detail: 'Retry.' }),
    NOW,
  );

  expect(attempt.phase).toBe(phase);
});

test('a 503 whose purchase was sold after all is a sale', () => {
  const gaveUp = answered(SENT, problem('TicketFailed'));

  expect(looked(gaveUp, purchase('CONFIRMED'), NOW)).toMatchObject({
    phase: 'confirmed',
    problem: undefined,
  });
});

test('the failure is told in the words of the purchase', () => {
  const gaveUp = answered(SENT, problem('TicketFailed'));
  const failure = { code: 'TICKET_FAILED', detail: 'The payment is given back.' };

  const attempt = looked(gaveUp, purchase('FAILED', failure), NOW);

  expect(attempt.problem).toEqual({ title: 'The ticket could not be made', ...failure });
});

describe('a purchase the server does not know', () => {
  test.each([
    ['lost its connection just now', unanswered(SENT), 39_999, 'checking'],
    ['lost its connection long ago', unanswered(SENT), 40_000, 'unsent'],
    ['timed out behind the gateway just now', answered(SENT, problem('OutcomeUnknown')), 39_999, 'checking'],
    ['timed out behind the gateway long ago', answered(SENT, problem('OutcomeUnknown')), 40_000, 'unsent'],
    ['was throttled', answered(SENT, problem('TooManyRequests')), 0, 'unsent'],
    ['could not be held', answered(SENT, problem('ReservationFailed')), 0, 'unsent'],
    ['is still being sent', SENT, 40_000, 'sending'],
  ])('that %s after a while: %s', (_, attempt, elapsed, phase) => {
    expect(looked(attempt, NOT_FOUND, NOW + elapsed).phase).toBe(phase);
  });

  test('is sent again under its own key', () => {
    const unsent = looked(unanswered(SENT), NOT_FOUND, NOW + 60_000);

    const again = sendAgain(unsent, NOW + 61_000);

    expect(again).toEqual({ ...SENT, sentAt: NOW + 61_000 });
  });

  test('may turn up late: then it is not sent again', () => {
    const unsent = looked(unanswered(SENT), NOT_FOUND, NOW + 60_000);

    const late = looked(unsent, purchase('PENDING'), NOW + 61_000);

    expect([late.phase, sendAgain(late, NOW + 62_000)]).toEqual(['checking', late]);
  });
});

test.each([
  ['a 404 that is not ours', { status: 404, body: undefined }],
  ['a 403', { status: 403, body: { code: 'FORBIDDEN' } }],
  ['a 500', { status: 500, body: undefined }],
  [
    'the purchase of another',
    { status: 200, body: { ...purchase('CONFIRMED').body, purchaseId: 'another' } },
  ],
])('%s says nothing about the purchase', (_, answer) => {
  const checking = unanswered(SENT);

  expect(looked(checking, answer, NOW + 60_000)).toBe(checking);
});

test('a look while the request runs shows how far it is, and leaves the last word to the answer', () => {
  const paid = looked(SENT, purchase('PAID'), NOW);

  expect([paid.phase, paid.purchase?.status]).toEqual(['sending', 'PAID']);
});

test('a definite answer never changes', () => {
  const confirmed = answered(SENT, { status: 201, body: purchase('CONFIRMED').body });
  const failed = answered(SENT, problem('PaymentDeclined'));

  for (const settled of [confirmed, failed]) {
    expect(isSettled(settled)).toBe(true);
    expect(answered(settled, problem('TicketFailed'))).toBe(settled);
    expect(looked(settled, purchase('FAILED'), NOW)).toBe(settled);
    expect(unanswered(settled)).toBe(settled);
    expect(sendAgain(settled, NOW)).toBe(settled);
  }
});

test('after a reload what was being sent is asked for, not sent', () => {
  expect(resumed(SENT)).toEqual({ ...SENT, phase: 'checking' });
});
