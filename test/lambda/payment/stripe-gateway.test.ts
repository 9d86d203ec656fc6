import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { StripeGateway } from '../../../lambda/payment/stripe-gateway';
import { PROBLEMS } from '../../../lambda/shared/problem';
import { errorOf } from '../checkout';

// What a payment or a refund becomes is in `process-payment.test.ts` and `refund-payment.test.ts`; here is how Stripe's
// errors are sorted, those too that the local server does not act out.

const BUYER = 'Ada Lovelace';

/** As Stripe refuses: in its own words, and with what it knows of the payment method. */
const refused = (error: object) => ({
  error: {
    message: `No such thing for ${BUYER}`,
    ...error,
    payment_method: { id: 'pm_1', billing_details: { name: BUYER } },
  },
});

interface Answer {
  readonly status: number;
  /** A text is sent as it is. */
  readonly body: object | string;
}

/** The body of an answer that does not come. */
const NEVER = {};

type Call = 'create' | 'confirm' | 'read' | 'capture' | 'cancel' | 'refund' | 'list';

/** The answer to each call; `all` where it has none of its own. */
let answers: Partial<Record<Call | 'all', Answer>>;
/** The calls that came, with their parameters and keys. */
let calls: { readonly call: Call; readonly form: URLSearchParams; readonly key: string | undefined }[];
let server: Server;
let gateway: StripeGateway;
beforeEach((done) => {
  answers = {};
  calls = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const call = callOf(request.method!, request.url!);
      const form = new URLSearchParams(Buffer.concat(chunks).toString());
      calls.push({ call, form, key: request.headers['idempotency-key']?.toString() });
      const { status, body } = answers[call] ?? answers.all ?? { status: 500, body: {} };
      if (body === NEVER) return;
      response.writeHead(status, { 'Content-Type': 'application/json', 'Request-Id': 'req_1' });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  }).listen(0, '127.0.0.1', () => {
    gateway = new StripeGateway(
      'sk_test_local',
      'EventPro-test',
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    );
    done();
  });
});
afterEach((done) => {
  server.closeAllConnections();
  server.close(done);
});

function callOf(method: string, url: string): Call {
  if (url.startsWith('/v1/refunds')) return method === 'POST' ? 'refund' : 'list';
  if (/^\/v1\/payment_intents(\?|$)/.test(url)) return method === 'POST' ? 'create' : 'list';
  if (method === 'GET') return 'read';
  return /\/(confirm|capture|cancel)$/.exec(url)![1] as Call;
}

const INTENT = { purchaseId: 'p', paymentIntentId: 'pi_1', paymentMethod: 'pm_1', attempt: 1 };
const CHARGE = { purchaseId: 'p', amount: 100, currency: 'EUR' };

const intent = (status: string, more: object = {}): Answer => ({
  status: 200,
  body: { id: 'pi_1', object: 'payment_intent', status, ...more },
});
const error = (status: number, body: object): Answer => ({ status, body: refused(body) });
const invalid = (body: object, status = 400) => error(status, { type: 'invalid_request_error', ...body });

const MOVED = invalid({ code: 'payment_intent_unexpected_state' });

/** As Stripe puts it on the intent, with the type `invalid_request_error`. */
const UNAUTHENTICATED = { code: 'payment_intent_authentication_failure' };
const DECLINE = { code: 'card_declined', decline_code: 'insufficient_funds' };

/** The result, or the name of the error. */
const nameOf = <Result>(outcome: Promise<Result>): Promise<Result | string> =>
  outcome.catch((thrown: Error) => thrown.name);

async function listed(): Promise<void> {
  for await (const _ of gateway.listOpenIntents({ from: 0, to: 1 }));
}

const callsMade = () => calls.map(({ call }) => call);

describe('what is our own doing', () => {
  const OURS: [string, Answer, string, string | undefined][] = [
    [
      'a revoked key',
      error(401, { code: 'api_key_expired' }),
      'StripeAuthenticationError',
      'api_key_expired',
    ],
    ['no such key', error(401, { type: 'invalid_request_error' }), 'StripeAuthenticationError', undefined],
    ['a key that may not', error(403, {}), 'StripePermissionError', undefined],
    [
      'an account that is not activated',
      invalid({ code: 'testmode_charges_only' }),
      ...(['StripeInvalidRequestError', 'testmode_charges_only'] as const),
    ],
    [
      'the same, said with 403',
      invalid({ code: 'testmode_charges_only' }, 403),
      ...(['StripePermissionError', 'testmode_charges_only'] as const),
    ],
    [
      'an amount it does not take',
      invalid({ code: 'amount_too_small', param: 'amount' }),
      ...(['StripeInvalidRequestError', 'amount_too_small'] as const),
    ],
    [
      'a parameter it does not know',
      invalid({ code: 'parameter_unknown', param: 'error_on_requires_action' }),
      ...(['StripeInvalidRequestError', 'parameter_unknown'] as const),
    ],
    [
      'parameters about methods in general',
      invalid({ code: 'parameter_unknown', param: 'payment_method_types' }),
      ...(['StripeInvalidRequestError', 'parameter_unknown'] as const),
    ],
    [
      'a method that the account has not activated',
      invalid({ code: 'payment_method_unactivated' }),
      ...(['StripeInvalidRequestError', 'payment_method_unactivated'] as const),
    ],
    [
      'an intent of another account',
      invalid({ code: 'resource_missing', param: 'intent' }, 404),
      ...(['StripeInvalidRequestError', 'resource_missing'] as const),
    ],
    ['something it does not say', invalid({}), 'StripeInvalidRequestError', undefined],
    [
      'a key used for another request',
      error(400, { type: 'idempotency_error' }),
      'StripeIdempotencyError',
      undefined,
    ],
  ];

  test.each(OURS)(
    '%s: the payment is not possible, and the log gets the codes alone',
    async (_, answer, stripeError, stripeCode) => {
      answers = { all: answer };

      const errors = await Promise.all([
        errorOf(gateway.createIntent(CHARGE)),
        errorOf(gateway.authoriseIntent(INTENT)),
        errorOf(gateway.authoriseIntent({ ...INTENT, attempt: 2 })),
        errorOf(gateway.readAuthorisation(INTENT)),
        errorOf(gateway.captureIntent(INTENT)),
        errorOf(gateway.cancelIntent({ ...INTENT, reason: 'abandoned' })),
      ]);

      for (const thrown of errors) {
        expect(thrown).toMatchObject({
          name: 'PaymentNotPossible',
          message: PROBLEMS.PaymentNotPossible.detail,
          facts: { stripeError, ...(stripeCode && { stripeCode }), stripeRequest: 'req_1' },
        });
        expect(`${thrown.stack} ${String(thrown.cause)} ${JSON.stringify(thrown)}`).not.toContain(BUYER);
      }
    },
  );

  test.each(OURS)(
    '%s: a payment that is to be undone, or a list, is an error by the name Stripe gives it, never settled',
    async (_, answer, name, message = name) => {
      answers = { all: answer };

      const errors = await Promise.all([
        errorOf(gateway.undoIntent(INTENT)),
        errorOf(listed()),
        errorOf(gateway.clientSecretOf('pi_1')),
      ]);

      for (const thrown of errors) {
        expect(thrown).toMatchObject({ name, message, facts: { stripeRequest: 'req_1' } });
        expect(`${thrown.stack} ${String(thrown.cause)} ${JSON.stringify(thrown)}`).not.toContain(BUYER);
      }
    },
  );

  test.each([
    ['refund', intent('succeeded', { latest_charge: null })],
    ['cancel', intent('requires_payment_method')],
  ] as const)('a key revoked between reading and the %s: not undone', async (_, read) => {
    answers = { read, all: error(401, { code: 'api_key_expired' }) };

    expect(await errorOf(gateway.undoIntent(INTENT))).toMatchObject({ name: 'StripeAuthenticationError' });
  });
});

describe('what the client sent', () => {
  test.each([
    ['a method that there is not', { code: 'resource_missing', param: 'payment_method' }],
    ['a token that there is not', { code: 'resource_missing', param: 'confirmation_token' }],
    ['a token that was used', { param: 'confirmation_token' }],
    ['a token that was used, by its code', { code: 'token_already_used' }],
    ['a token that has expired', { code: 'parameter_invalid_string', param: 'confirmation_token' }],
    [
      'a field of its method',
      { code: 'email_invalid', param: 'payment_method_data[billing_details][email]' },
    ],
    ['a field of its token', { param: 'confirmation_token[payment_method]' }],
    ['a method in another state', { code: 'payment_method_unexpected_state' }],
    ['a method of another kind', { code: 'payment_intent_incompatible_payment_method' }],
    [
      'a method that was used before, in words alone',
      {
        message:
          'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment. It may not be used again.',
      },
    ],
  ])('%s is declined, and rings nothing', async (_, body) => {
    answers = { confirm: invalid(body) };

    const thrown = await errorOf(gateway.authoriseIntent(INTENT));

    expect(thrown.name).toBe('PaymentDeclined');
    expect(callsMade()).toEqual(['confirm']);
  });

  test.each(['payment_intent_authentication_failure', 'payment_intent_payment_attempt_expired'])(
    'a buyer whom the bank has refused at once is told so: %s',
    async (code) => {
      answers = { confirm: invalid({ code }) };

      expect((await errorOf(gateway.authoriseIntent(INTENT))).name).toBe('AuthenticationFailed');
    },
  );

  test.each([
    ['pm_card_visa', 'payment_method'],
    ['ctoken_1NnQUf2eZvKYlo2CIObdtbnb', 'confirmation_token'],
  ])(
    '%s is sent as %s, with the way to ask its buyer, and nothing else',
    async (paymentMethod, parameter) => {
      answers = { confirm: intent('requires_capture') };

      await gateway.authoriseIntent({ ...INTENT, paymentMethod });

      expect(calls.map(({ form }) => Object.fromEntries(form))).toEqual([
        { [parameter]: paymentMethod, use_stripe_sdk: 'true' },
      ]);
    },
  );
});

describe('what leaves the outcome open', () => {
  test.each([
    ['a conflict', invalid({ code: 'idempotency_key_in_use' }, 409)],
    ['a conflict without a code', invalid({}, 409)],
    ['a locked object', invalid({ code: 'lock_timeout' }, 429)],
    ['a locked object, said with 400', invalid({ code: 'lock_timeout', param: 'payment_method' })],
    ['a token in use', invalid({ code: 'token_in_use', param: 'confirmation_token' })],
    ['too many requests', invalid({ code: 'rate_limit' }, 429)],
    ['a dependency that failed', error(424, {})],
    ['a fault of its own', error(500, { type: 'api_error' })],
    ['a fault of its own, said with 400', error(400, { type: 'api_error' })],
    ['an answer that is none', { status: 200, body: '<h1>Bad gateway</h1>' }],
  ])('%s is a time-out, whatever was asked', async (_, answer) => {
    answers = { all: answer };

    const errors = await Promise.all([
      errorOf(gateway.authoriseIntent(INTENT)),
      errorOf(gateway.readAuthorisation(INTENT)),
      errorOf(gateway.captureIntent(INTENT)),
      errorOf(gateway.cancelIntent({ ...INTENT, reason: 'abandoned' })),
      errorOf(gateway.clientSecretOf('pi_1')),
      errorOf(gateway.undoIntent(INTENT)),
      errorOf(gateway.createIntent(CHARGE)),
      errorOf(listed()),
    ]);

    expect(errors.map(({ name }) => name)).toEqual(errors.map(() => 'PaymentGatewayTimeout'));
  });

  test.each([
    ['requires_capture', {}, 'authorised'],
    ['succeeded', {}, 'authorised'],
    ['requires_action', {}, 'authentication-required'],
    ['processing', {}, 'PaymentGatewayTimeout'],
    ['requires_payment_method', { last_payment_error: { code: 'expired_card' } }, 'PaymentDeclined'],
    ['requires_payment_method', { last_payment_error: UNAUTHENTICATED }, 'AuthenticationFailed'],
    ['requires_payment_method', {}, 'PaymentGatewayTimeout'],
    ['canceled', {}, 'SaleNotPossible'],
    ['canceled', { cancellation_reason: 'abandoned' }, 'PaymentActionRequired'],
    ['canceled', { last_payment_error: { code: 'expired_card' } }, 'PaymentDeclined'],
  ])('an intent in another state is asked itself: %s %j is %s', async (status, more, outcome) => {
    answers = { confirm: MOVED, read: intent(status, more) };

    expect(await nameOf(gateway.authoriseIntent(INTENT))).toBe(outcome);
    expect(callsMade()).toEqual(['confirm', 'read']);
  });
});

describe('a buyer who was asked', () => {
  test.each([
    ['has passed', 'requires_capture', {}, 'authorised', ['read']],
    ['has passed, and the money was taken', 'succeeded', {}, 'authorised', ['read']],
    ['has not answered', 'requires_action', {}, 'authentication-required', ['read']],
    ['is being heard', 'processing', {}, 'PaymentGatewayTimeout', ['read']],
    ['was given up', 'canceled', { cancellation_reason: 'abandoned' }, 'SaleNotPossible', ['read']],
    [
      'has not passed',
      ...['requires_payment_method', { last_payment_error: UNAUTHENTICATED }, 'AuthenticationFailed'],
      ['read', 'cancel'],
    ],
    [
      'has passed, and the bank declines',
      ...['requires_payment_method', { last_payment_error: DECLINE }, 'PaymentDeclined'],
      ['read', 'cancel'],
    ],
  ] as [string, string, object, string, Call[]][])('%s', async (_, status, more, outcome, made) => {
    answers = { read: intent(status, more), cancel: intent('canceled') };

    expect(await nameOf(gateway.readAuthorisation(INTENT))).toBe(outcome);
    expect(callsMade()).toEqual(made);
  });

  test('and did not pass is told so again, once the intent is cancelled', async () => {
    const refused = { last_payment_error: UNAUTHENTICATED };
    answers = { cancel: MOVED, read: intent('canceled', refused) };

    expect(await nameOf(gateway.readAuthorisation(INTENT))).toBe('AuthenticationFailed');
  });

  test('and did not pass, and whose intent cannot be cancelled: nobody is told that nothing will be held', async () => {
    answers = {
      read: intent('requires_payment_method', { last_payment_error: UNAUTHENTICATED }),
      cancel: error(500, { type: 'api_error' }),
    };

    expect(await nameOf(gateway.readAuthorisation(INTENT))).toBe('PaymentGatewayTimeout');
  });

  test('gets the client secret as Stripe has it now', async () => {
    answers = { read: intent('requires_action', { client_secret: 'pi_1_secret_x' }) };

    expect(await gateway.clientSecretOf('pi_1')).toBe('pi_1_secret_x');
  });
});

describe('a capture', () => {
  test('is one call, each time under another key: Stripe itself captures once', async () => {
    answers = { capture: intent('succeeded') };

    await gateway.captureIntent(INTENT);
    await gateway.captureIntent(INTENT);

    expect(calls.map(({ call, form }) => [call, form.size])).toEqual([
      ['capture', 0],
      ['capture', 0],
    ]);
    expect(new Set(calls.map(({ key }) => key)).size).toBe(2);
  });

  const lost = (code: string) => invalid({ code });

  test.each([
    ['was made before', MOVED, 'succeeded', undefined],
    ['was made before, by its other code', lost('charge_already_captured'), 'succeeded', undefined],
    ['comes after the cancellation', MOVED, 'canceled', 'SaleNotPossible'],
    ['comes after the hold has ended', lost('charge_expired_for_capture'), 'canceled', 'SaleNotPossible'],
    [
      'comes after the bank has ended the hold',
      ...[lost('capture_charge_authorization_expired'), 'requires_capture', 'PaymentGatewayTimeout'],
    ],
    ['is still under way at Stripe', MOVED, 'processing', 'PaymentGatewayTimeout'],
    ['of what nobody has authorised', MOVED, 'requires_payment_method', 'PaymentGatewayTimeout'],
  ] as [string, Answer, string, string | undefined][])(
    'that %s: the intent is asked itself',
    async (_, capture, status, outcome) => {
      answers = { capture, read: intent(status) };

      expect(await nameOf(gateway.captureIntent(INTENT))).toBe(outcome);
      expect(callsMade()).toEqual(['capture', 'read']);
    },
  );

  test('that the bank declines is refused once the intent is cancelled', async () => {
    answers = { capture: error(402, { type: 'card_error', ...DECLINE }), cancel: intent('canceled') };

    expect(await errorOf(gateway.captureIntent(INTENT))).toMatchObject({
      name: 'PaymentDeclined',
      message: 'The card has insufficient funds. Nothing was charged and the seats are free again.',
    });
    expect(callsMade()).toEqual(['capture', 'cancel']);
  });
});

describe('a cancellation', () => {
  test.each(['abandoned', 'requested_by_customer'] as const)('says why: %s', async (reason) => {
    answers = { cancel: intent('canceled') };

    await gateway.cancelIntent({ ...INTENT, reason });

    expect(calls.map(({ call, form }) => [call, Object.fromEntries(form)])).toEqual([
      ['cancel', { cancellation_reason: reason }],
    ]);
  });

  test.each([
    ['of a cancelled intent is done', MOVED, 'canceled', undefined],
    ['of a captured intent gives no money back', MOVED, 'succeeded', 'PaymentGatewayTimeout'],
    ['that is refused is our fault', error(401, { code: 'api_key_expired' }), '', 'PaymentNotPossible'],
    ['for want of what was sent, too', invalid({ param: 'payment_method' }), '', 'PaymentNotPossible'],
    ['that is not answered is open', error(500, { type: 'api_error' }), '', 'PaymentGatewayTimeout'],
  ])('%s', async (_, cancel, status, outcome) => {
    answers = { cancel, read: intent(status) };

    expect(await nameOf(gateway.cancelIntent({ ...INTENT, reason: 'abandoned' }))).toBe(outcome);
  });
});

describe('an attempt after one whose outcome nobody knows', () => {
  const AGAIN = { ...INTENT, attempt: 2 };
  const DECLINED = error(402, { type: 'card_error', code: 'card_declined' });

  test.each([
    ['requires_capture', 'authorised'],
    ['succeeded', 'authorised'],
    ['requires_action', 'authentication-required'],
  ])('reads the intent first: what is %s is not confirmed again', async (status, outcome) => {
    answers = { read: intent(status) };

    expect(await gateway.authoriseIntent(AGAIN)).toBe(outcome);
    expect(callsMade()).toEqual(['read']);
  });

  test('confirms one that nobody has tried to pay, under a key of its own', async () => {
    answers = { read: intent('requires_payment_method'), confirm: intent('requires_capture') };

    await gateway.authoriseIntent(AGAIN);

    expect(calls.map(({ call, key }) => [call, key])).toEqual([
      ['read', undefined],
      ['confirm', 'p:confirm:2'],
    ]);
  });

  test.each([
    [
      'was declined, as the intent says',
      { read: intent('requires_payment_method', { last_payment_error: { code: 'expired_card' } }) },
      ['read', 'cancel'],
      'The card has expired. Nothing was charged and the seats are free again.',
    ],
    [
      'is declined now',
      { read: intent('requires_payment_method'), confirm: DECLINED },
      ['read', 'confirm', 'cancel'],
      'The card was declined. Nothing was charged and the seats are free again.',
    ],
  ])(
    'that %s is refused once the intent is cancelled: the first request may still be on its way',
    async (_, given, made, message) => {
      answers = { ...given, cancel: intent('canceled') };

      expect(await errorOf(gateway.authoriseIntent(AGAIN))).toMatchObject({
        name: 'PaymentDeclined',
        message,
      });
      expect(callsMade()).toEqual(made);
    },
  );

  test('that is declined, and cannot be cancelled because it was captured meanwhile: nobody is told that nothing was charged', async () => {
    let reads = 0;
    answers = { confirm: DECLINED, cancel: invalid({ code: 'payment_intent_unexpected_state' }) };
    Object.defineProperty(answers, 'read', {
      get: () => intent(reads++ === 0 ? 'requires_payment_method' : 'succeeded'),
    });

    expect((await errorOf(gateway.authoriseIntent(AGAIN))).name).toBe('PaymentGatewayTimeout');
  });
});

describe('calls that share their time', () => {
  const late = () => ({ ...INTENT, deadline: Date.now() - 1 });

  test.each([
    ['authorise', () => gateway.authoriseIntent(late())],
    ['authorise again', () => gateway.authoriseIntent({ ...late(), attempt: 2 })],
    ['read', () => gateway.readAuthorisation(late())],
    ['capture', () => gateway.captureIntent(late())],
    ['cancel', () => gateway.cancelIntent({ ...late(), reason: 'abandoned' })],
  ])('%s: when none is left, nothing is asked', async (_, call) => {
    expect(await nameOf(call() as Promise<unknown>)).toBe('PaymentGatewayTimeout');
    expect(calls).toEqual([]);
  });

  test('a call that is not answered is given up when the time is over', async () => {
    answers = { capture: { status: 200, body: NEVER } };
    const startedAt = Date.now();

    const outcome = await nameOf(gateway.captureIntent({ ...INTENT, deadline: startedAt + 300 }));

    expect(outcome).toBe('PaymentGatewayTimeout');
    expect(Date.now() - startedAt).toBeLessThan(3_000);
  });

  test('what is refused in the last moment, and cannot be cancelled in time, is not called refused', async () => {
    answers = {
      read: intent('requires_payment_method', { last_payment_error: DECLINE }),
      cancel: { status: 200, body: NEVER },
    };

    const outcome = await nameOf(gateway.readAuthorisation({ ...INTENT, deadline: Date.now() + 500 }));

    expect(outcome).toBe('PaymentGatewayTimeout');
    expect(callsMade()).toEqual(['read', 'cancel']);
  });
});

describe('undoing', () => {
  test('an authorised intent is cancelled: that is free, and the hold ends', async () => {
    answers = { read: intent('requires_capture'), cancel: intent('canceled') };

    expect(await gateway.undoIntent(INTENT)).toBe('cancelled');
    expect(callsMade()).toEqual(['read', 'cancel']);
  });

  test('an intent that somebody else has cancelled meanwhile is cancelled', async () => {
    let reads = 0;
    answers = { cancel: invalid({ code: 'payment_intent_unexpected_state' }) };
    Object.defineProperty(answers, 'read', {
      get: () => intent(reads++ === 0 ? 'requires_payment_method' : 'canceled'),
    });

    expect(await gateway.undoIntent(INTENT)).toBe('cancelled');
  });

  test('an intent that was paid meanwhile is tried again', async () => {
    let reads = 0;
    answers = { cancel: invalid({ code: 'payment_intent_unexpected_state' }) };
    Object.defineProperty(answers, 'read', {
      get: () => intent(reads++ === 0 ? 'requires_payment_method' : 'succeeded'),
    });

    expect((await errorOf(gateway.undoIntent(INTENT))).name).toBe('PaymentGatewayTimeout');
  });

  test.each([
    ['was refunded already', invalid({ code: 'charge_already_refunded' }), 'refunded'],
    ['is disputed: the bank has the money', invalid({ code: 'charge_disputed' }), 'RefundFailed'],
    ['is refused by the card', error(402, { type: 'card_error', code: 'card_declined' }), 'StripeCardError'],
    ['is refused for want of a balance', invalid({ code: 'balance_insufficient' }), 'BalanceEmpty'],
    [
      'is beyond what the account may owe',
      invalid({ message_code: 'insufficient_balance_for_refund' }),
      'BalanceEmpty',
    ],
    [
      'fails at once for want of a balance, as that of a method other than a card does',
      { status: 200, body: { id: 're_1', status: 'failed', failure_reason: 'insufficient_funds' } },
      'BalanceEmpty',
    ],
  ])('a payment that %s', async (_, refund, outcome) => {
    answers = { read: intent('succeeded', { latest_charge: null }), refund };

    const undone = gateway.undoIntent(INTENT).catch((thrown: Error) => thrown.name);

    expect(await undone).toBe(outcome);
  });
});
