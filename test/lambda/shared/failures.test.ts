import { CHECKOUT } from '../../../lambda/checkout/outcomes';
import { type Failures, failureOf as failureIn } from '../../../lambda/shared/failures';
import { PROBLEMS } from '../../../lambda/shared/problem';

const failureOf = (failures: Failures) => failureIn(CHECKOUT, failures);

const cause = (errorMessage: unknown) =>
  JSON.stringify({ errorType: 'E', errorMessage, trace: ['at /var/…'] });

test.each([
  ['a decline', { ProcessPayment: { Error: 'PaymentDeclined', Cause: cause('The card has expired.') } }],
  [
    'a decline, though the release after it failed too',
    {
      ProcessPayment: { Error: 'PaymentDeclined', Cause: cause('The card has expired.') },
      ReleaseSeat: { Error: 'Sandbox.Timedout' },
    },
  ],
])('%s is told in its own words', (_, failures) => {
  expect(failureOf(failures)).toEqual({ code: 'PAYMENT_DECLINED', detail: 'The card has expired.' });
});

test.each([
  ['ReserveSeat', 'RESERVATION_FAILED'],
  ['ProcessPayment', 'PAYMENT_UNAVAILABLE'],
  ['GenerateTicket', 'TICKET_FAILED'],
])('a fault of %s is %s, and its cause is kept to ourselves', (state, code) => {
  const failure = failureOf({ [state]: { Error: 'Error', Cause: cause('arn:aws:secret') } });

  expect(failure.code).toBe(code);
  expect(failure.detail).not.toContain('arn:aws');
});

test('the step that failed last decides', () => {
  const failures = {
    ProcessPayment: { Error: 'PaymentDeclined', Cause: cause('declined') },
    GenerateTicket: { Error: 'Error' },
  };

  expect(failureOf(failures).code).toBe('TICKET_FAILED');
});

test.each([undefined, '', 'not JSON', '{}', cause(7), '"text"'])(
  'a decline with the cause %j is told in the words of the table',
  (Cause) => {
    const failure = failureOf({ ProcessPayment: { Error: 'PaymentDeclined', Cause } });

    expect(failure).toEqual({ code: 'PAYMENT_DECLINED', detail: PROBLEMS.PaymentDeclined.detail });
  },
);

test('a payment that our fault makes impossible is told as such, and not to be tried again', () => {
  const { code, detail } = failureOf({ ProcessPayment: { Error: 'PaymentNotPossible' } });

  expect(code).toBe('PAYMENT_NOT_POSSIBLE');
  expect(detail).toContain('cannot be paid for at present');
  expect(detail).not.toMatch(/retry|try again/i);
});

test('a problem that a payment step cannot answer with is a fault', () => {
  const failures = {
    ProcessPayment: { Error: 'ValidationFailed', Cause: cause('purchaseId is not valid.') },
  };

  expect(failureOf(failures).code).toBe('PAYMENT_UNAVAILABLE');
});

test.each([undefined, {}, { SendConfirmation: { Error: 'Error' } }])(
  'when no step of the sale failed (%j), the execution died: the checkout was interrupted',
  (failures) => {
    expect(failureOf(failures).code).toBe('CHECKOUT_INTERRUPTED');
  },
);
