import { PROBLEMS, problemBody, type ProblemName } from '../../lambda/shared/problem';
import {
  type Attempt,
  answered,
  atBank,
  begin,
  finished,
  finishing,
  givenUp,
  givingUp,
  isSettled,
  looked,
  resumed,
  sendAgain,
  unanswered,
} from '../../web/attempt.js';

const KEY = '9d586bbd-8301-4be1-807a-c28213f59f3b';
const NOW = 1_000_000;
const REQUEST = {
  eventId: 'demo',
  seats: ['A-1', 'A-2'],
  buyer: { name: 'Ann Lee', email: 'ann@example.com' },
  paymentMethod: 'pm_card_visa',
  expectedTotal: { amount: 24_000, currency: 'EUR' },
};
const SENT: Attempt = begin(KEY, { of: 'purchase', request: REQUEST, seats: [] }, NOW);
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

  expect(answered(SENT, { status: 201, body }, NOW)).toMatchObject({
    phase: 'confirmed',
    key: KEY,
    sale: body,
  });
});

/** Every refusal of the API: which end the attempt. A new one must find its place here. */
const DEFINITE: Record<ProblemName, boolean> = {
  TooManyUnpaidSeats: true,
  TooManyUnpaidExtras: true,
  NothingToAuthenticate: true,
  AlreadyConfirmed: true,
  AuthenticationExpired: false,
  Abandoned: false,
  PurchaseCancelled: false,
  NotCancellable: true,
  AlreadyAdmitted: true,
  OtherEvent: true,
  TicketNotValid: true,
  EventCancelled: true,
  OrderNotFound: true,
  ExtraNotFound: true,
  OutOfStock: true,
  StockTaken: true,
  OrderInterrupted: false,
  EventNotCancelled: true,
  ValidationFailed: true,
  SignatureInvalid: true,
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
    const attempt = answered(SENT, problem(name), NOW);

    expect(attempt.phase).toBe(DEFINITE[name] ? 'failed' : 'checking');
  },
);

test.each([
  ['a proxy between us failed', { status: 502, body: undefined }],
  ['a 201 without its body', { status: 201, body: undefined }],
  ['API Gateway failed inside', { status: 500, body: { code: 'INTERNAL' } }],
])('%s: the outcome is unknown', (_, answer) => {
  expect(answered(SENT, answer, NOW).phase).toBe('checking');
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
  const gaveUp = answered(SENT, problem('TicketFailed'), NOW);

  expect(looked(gaveUp, purchase('CONFIRMED'), NOW)).toMatchObject({
    phase: 'confirmed',
    problem: undefined,
  });
});

test('the failure is told in the words of the purchase', () => {
  const gaveUp = answered(SENT, problem('TicketFailed'), NOW);
  const failure = { code: 'TICKET_FAILED', detail: 'The payment is given back.' };

  const attempt = looked(gaveUp, purchase('FAILED', failure), NOW);

  expect(attempt.problem).toEqual({ title: 'The ticket could not be made', ...failure });
});

describe('a purchase the server does not know', () => {
  test.each([
    ['lost its connection just now', unanswered(SENT), 39_999, 'checking'],
    ['lost its connection long ago', unanswered(SENT), 40_000, 'unsent'],
    [
      'timed out behind the gateway just now',
      answered(SENT, problem('OutcomeUnknown'), NOW),
      39_999,
      'checking',
    ],
    [
      'timed out behind the gateway long ago',
      answered(SENT, problem('OutcomeUnknown'), NOW),
      40_000,
      'unsent',
    ],
    ['was throttled', answered(SENT, problem('TooManyRequests'), NOW), 0, 'unsent'],
    ['could not be held', answered(SENT, problem('ReservationFailed'), NOW), 0, 'unsent'],
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

  expect([paid.phase, paid.sale?.status]).toEqual(['sending', 'PAID']);
});

/** As long as the buyer's bank is asked; the answer comes at `NOW` by the server's clock. */
function awaited(seconds = 300, status = 200) {
  const authenticateBy = new Date(NOW + seconds * 1000).toISOString();
  const { body } = purchase('AWAITING_AUTHENTICATION');
  return { status, serverTime: NOW, body: { ...body, authenticateBy } };
}
const ASKED = answered(SENT, awaited(300, 202), NOW);
const EXPIRED = { status: 410, body: { code: 'AUTHENTICATION_EXPIRED' } };

describe('a purchase whose buyer the bank wants to see', () => {
  test.each([
    ['by the answer', answered(SENT, awaited(300, 202), NOW), 'bank'],
    ['by a look that overtakes the answer', looked(SENT, awaited(), NOW), 'bank'],
    ['by a look after a reload', looked(resumed(SENT), awaited(), NOW), undefined],
  ])('is known %s', (_, attempt, where) => {
    expect(attempt).toMatchObject({ phase: 'authenticating', deadline: NOW + 300_000, answered: true });
    expect(attempt.where).toBe(where);
  });

  test.each([-300_000, 300_000])(
    'has the server’s time to answer, also where the buyer’s clock is %d ms off',
    (off) => {
      expect(answered(SENT, awaited(300, 202), NOW + off).deadline).toBe(NOW + off + 300_000);
    },
  );

  test('is over when its time is, before anybody has cleaned up', () => {
    const late = looked(ASKED, awaited(0), NOW);

    expect(late).toMatchObject({ phase: 'checking', problem: { code: 'AUTHENTICATION_EXPIRED' } });
    expect(looked(late, awaited(-60), NOW).phase).toBe('checking');
  });

  test.each([
    ['201', { status: 201, body: purchase('CONFIRMED').body }, 'confirmed'],
    ['202', awaited(240, 202), 'authenticating'],
    ['the bank says no', { status: 402, body: { code: 'AUTHENTICATION_FAILED' } }, 'failed'],
    ['the card is declined', { status: 402, body: { code: 'PAYMENT_DECLINED' } }, 'failed'],
    ['another run has it', { status: 409, body: { code: 'PURCHASE_IN_PROGRESS' } }, 'checking'],
    ['there is nothing to do', { status: 409, body: { code: 'NOTHING_TO_AUTHENTICATE' } }, 'checking'],
    ['it is too late', EXPIRED, 'checking'],
    ['it was given up', { status: 410, body: { code: 'ABANDONED' } }, 'checking'],
    ['the firewall stands in between', { status: 403, body: undefined }, 'checking'],
    ['it is unknown', NOT_FOUND, 'checking'],
    ['throttled', { status: 429, body: { code: 'TOO_MANY_REQUESTS' } }, 'checking'],
    ['the saga gave up', { status: 503, body: { code: 'TICKET_FAILED' } }, 'checking'],
    ['timed out', { status: 504, body: { code: 'OUTCOME_UNKNOWN' } }, 'checking'],
  ])('asked whether the bank has answered (%s): %s', (_, answer, phase) => {
    expect(finished(finishing(ASKED), answer, NOW).phase).toBe(phase);
  });

  test('goes on to wait when the bank has not answered, and is told so', () => {
    const waiting = finished(finishing(ASKED), awaited(240, 202), NOW);

    expect(waiting).toMatchObject({ where: 'waiting', deadline: NOW + 240_000 });
  });

  test('a window that could not be opened is remembered as such', () => {
    const unshown = finishing(atBank(ASKED, 'unshown'));

    expect(finished(unshown, awaited(240, 202), NOW).where).toBe('unshown');
  });

  test.each([
    ['PENDING', 'checking'],
    ['PAID', 'checking'],
    ['COMPENSATING', 'checking'],
    ['CONFIRMED', 'confirmed'],
    ['FAILED', 'failed'],
  ])('is seen %s, as another tab has been at work: %s', (status, phase) => {
    expect(looked(ASKED, purchase(status), NOW).phase).toBe(phase);
  });

  test.each([finishing(ASKED), givingUp(ASKED)])(
    'its record waits while a request decides: %#',
    (attempt) => {
      expect(looked(attempt, awaited(200), NOW).phase).toBe(attempt.phase);
      expect(unanswered(attempt).phase).toBe('checking');
    },
  );

  test.each([
    ['is', purchase('FAILED', { code: 'ABANDONED', detail: 'Given up.' }), 'failed'],
    ['is too late to be', { status: 409, body: { code: 'ALREADY_CONFIRMED' } }, 'checking'],
    ['cannot be for the moment', { status: 409, body: { code: 'PURCHASE_IN_PROGRESS' } }, 'checking'],
    ['may not be', { status: 503, body: undefined }, 'checking'],
  ])('%s given up', (_, answer, phase) => {
    expect(givenUp(givingUp(ASKED), answer, NOW).phase).toBe(phase);
  });

  test('that has expired is not failed before the seats are free', () => {
    const expired = finished(finishing(ASKED), EXPIRED, NOW);
    const undoing = looked(expired, purchase('COMPENSATING'), NOW);
    const failure = { code: 'AUTHENTICATION_EXPIRED', detail: 'Too late.' };

    expect(undoing).toMatchObject({ phase: 'checking', problem: { code: failure.code } });
    expect(looked(undoing, purchase('FAILED', failure), NOW)).toMatchObject({
      phase: 'failed',
      problem: failure,
    });
  });
});

test('what another tab sent, and the server does not know, can only be bought anew', () => {
  const { buyer: _, ...request } = REQUEST;
  const found = resumed(begin(KEY, { of: 'purchase', request, seats: [] }, NOW));

  expect(looked(found, NOT_FOUND, NOW + 39_999).phase).toBe('checking');
  expect(looked(found, NOT_FOUND, NOW + 40_000)).toMatchObject({
    phase: 'failed',
    problem: { code: 'PURCHASE_NOT_FOUND' },
  });
});

describe('a purchase that was cancelled', () => {
  const cancelled = (status: string) => ({
    status: 200,
    body: {
      ...purchase(status).body,
      cancellation: { reason: 'ORGANISER', refund: { amount: 24_000, status: 'PENDING' }, at: '' },
    },
  });

  test.each(['CANCELLING', 'CANCELLED'])(
    '%s: what was confirmed is so no more, and is remembered',
    (status) => {
      const confirmed = answered(SENT, { status: 201, body: purchase('CONFIRMED').body }, NOW);

      const attempt = looked(confirmed, cancelled(status), NOW);

      expect(attempt).toMatchObject({
        phase: 'cancelled',
        sale: { cancellation: { reason: 'ORGANISER' } },
      });
      expect(isSettled(attempt)).toBe(true);
    },
  );

  test('says so to a request that comes again, once it has been looked at', () => {
    const refused = answered(SENT, problem('PurchaseCancelled'), NOW);

    expect(refused.phase).toBe('checking');
    expect(looked(refused, cancelled('CANCELLED'), NOW).phase).toBe('cancelled');
  });

  test('of another key says nothing about this one', () => {
    const confirmed = answered(SENT, { status: 201, body: purchase('CONFIRMED').body }, NOW);
    const { status, body } = cancelled('CANCELLED');

    expect(looked(confirmed, { status, body: { ...body, purchaseId: 'other' } }, NOW)).toBe(confirmed);
  });
});

test('a definite answer never changes', () => {
  const confirmed = answered(SENT, { status: 201, body: purchase('CONFIRMED').body }, NOW);
  const failed = answered(SENT, problem('PaymentDeclined'), NOW);

  for (const settled of [confirmed, failed]) {
    expect(isSettled(settled)).toBe(true);
    expect(answered(settled, problem('TicketFailed'), NOW)).toBe(settled);
    expect(looked(settled, purchase('FAILED'), NOW)).toBe(settled);
    expect(unanswered(settled)).toBe(settled);
    expect(sendAgain(settled, NOW)).toBe(settled);
    expect(finished(settled, problem('TicketFailed'), NOW)).toBe(settled);
    expect(givenUp(settled, purchase('FAILED'), NOW)).toBe(settled);
    expect(answered(settled, awaited(300, 202), NOW)).toBe(settled);
  }
});

test.each([SENT, ASKED, finishing(ASKED), givingUp(ASKED)])(
  'after a reload what was under way is asked for, and nothing sent: %#',
  (attempt) => {
    expect(resumed(attempt)).toEqual({ ...attempt, phase: 'checking', where: undefined });
  },
);
