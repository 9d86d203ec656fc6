import {
  isProblemName,
  Problem,
  problemBody,
  type ProblemName,
  PROBLEMS,
  problemType,
} from '../../../lambda/shared/problem';

const names = Object.keys(PROBLEMS) as ProblemName[];

describe('the table', () => {
  test.each([
    ['VALIDATION', 400],
    ['SIGNATURE_INVALID', 400],
    ['PAYMENT_DECLINED', 402],
    ['PAYMENT_ACTION_REQUIRED', 402],
    ['AUTHENTICATION_FAILED', 402],
    ['EVENT_NOT_FOUND', 404],
    ['SEAT_NOT_FOUND', 404],
    ['PURCHASE_NOT_FOUND', 404],
    ['TICKET_NOT_FOUND', 404],
    ['ORDER_NOT_FOUND', 404],
    ['EXTRA_NOT_FOUND', 404],
    ['EVENT_NOT_CANCELLED', 404],
    ['SALE_CLOSED', 409],
    ['SEAT_UNAVAILABLE', 409],
    ['PRICE_CHANGED', 409],
    ['PURCHASE_IN_PROGRESS', 409],
    ['NOTHING_TO_AUTHENTICATE', 409],
    ['ALREADY_CONFIRMED', 409],
    ['NOT_CANCELLABLE', 409],
    ['ALREADY_ADMITTED', 409],
    ['OTHER_EVENT', 409],
    ['PURCHASE_FAILED', 409],
    ['EVENT_CHANGED', 409],
    ['EVENT_CANCELLED', 409],
    ['OUT_OF_STOCK', 409],
    ['STOCK_TAKEN', 409],
    ['AUTHENTICATION_EXPIRED', 410],
    ['ABANDONED', 410],
    ['PURCHASE_CANCELLED', 410],
    ['IDEMPOTENCY_KEY_REUSED', 422],
    ['TICKET_NOT_VALID', 422],
    ['TOO_MANY_REQUESTS', 429],
    ['TOO_MANY_UNPAID_SEATS', 429],
    ['TOO_MANY_UNPAID_EXTRAS', 429],
    ['PAYMENT_NOT_POSSIBLE', 502],
    ['RESERVATION_FAILED', 503],
    ['PAYMENT_UNAVAILABLE', 503],
    ['TICKET_FAILED', 503],
    ['CHECKOUT_INTERRUPTED', 503],
    ['ORDER_INTERRUPTED', 503],
    ['OUTCOME_UNKNOWN', 504],
  ] as const)('answers %s with %d', (code, status) => {
    expect(Object.values(PROBLEMS).find((problem) => problem.code === code)).toMatchObject({ code, status });
  });

  test('has no problem beyond these', () => {
    expect(names).toHaveLength(41);
  });

  test('has a code of its own for each problem', () => {
    const codes = Object.values(PROBLEMS).map(({ code }) => code);

    expect(new Set(codes).size).toBe(names.length);
  });

  test.each(names)('has words for %s that a mapping template can carry', (name) => {
    const { title, detail } = PROBLEMS[name];

    // A quote, a backslash, `$` or `#` would end the string in VTL, or begin a reference.
    for (const words of [title, detail]) expect(words).toMatch(/^[^"\\$#\n]{10,}$/);
  });

  test.each(names)('gives %s a type that is a URI and names its code', (name) => {
    const type = problemType(PROBLEMS[name].code);

    expect(new URL(type).href).toBe(type);
    expect(type).toMatch(/^urn:eventpro:problem:[a-z]+(-[a-z]+)*$/);
  });
});

describe('a problem', () => {
  test('is an error by its name, with its code and the words of the table', () => {
    const problem = new Problem('SeatUnavailable');

    expect(problem).toBeInstanceOf(Error);
    expect(problem).toMatchObject({
      name: 'SeatUnavailable',
      code: 'SEAT_UNAVAILABLE',
      message: PROBLEMS.SeatUnavailable.detail,
    });
  });

  test('is told as RFC 9457 has it', () => {
    expect(problemBody('SeatUnavailable', 'No longer available: A-1.', 'p-1')).toEqual({
      type: 'urn:eventpro:problem:seat-unavailable',
      title: 'A seat is taken',
      status: 409,
      detail: 'No longer available: A-1.',
      code: 'SEAT_UNAVAILABLE',
      purchaseId: 'p-1',
    });
  });

  test.each(['toString', '__proto__', 'constructor', 'Error', ''])('is not what is named %j', (name) => {
    expect(isProblemName(name)).toBe(false);
  });
});
