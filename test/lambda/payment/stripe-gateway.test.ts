import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { StripeGateway } from '../../../lambda/payment/stripe-gateway';
import { errorOf } from '../checkout';

// What a payment or a refund becomes is in `process-payment.test.ts` and `refund-payment.test.ts`.

const BUYER = 'Ada Lovelace';

/** As Stripe refuses: in its own words, and with what it knows of the payment method. */
const refused = (error: object) => ({
  error: {
    ...error,
    message: `No such thing for ${BUYER}`,
    payment_method: { id: 'pm_1', billing_details: { name: BUYER } },
  },
});

let answer: { status: number; body: object };
let server: Server;
let gateway: StripeGateway;
beforeEach((done) => {
  server = createServer((_, response) => {
    response.writeHead(answer.status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(answer.body));
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

const INTENT = { purchaseId: 'p', paymentIntentId: 'pi_1', paymentMethod: 'pm_1' };

async function listed(): Promise<void> {
  for await (const _ of gateway.listOpenIntents({ from: 0, to: 1 }));
}

test.each([
  ['a revoked key', 401, { code: 'api_key_expired' }, 'StripeAuthenticationError', 'api_key_expired'],
  ['a key that may not', 403, {}, 'StripePermissionError', 'StripePermissionError'],
  [
    'a request it does not take',
    400,
    { type: 'invalid_request_error', code: 'amount_too_small', param: 'amount' },
    ...(['StripeInvalidRequestError', 'amount_too_small'] as const),
  ],
  ['a key used for another request', 400, { type: 'idempotency_error' }, 'StripeIdempotencyError', undefined],
])(
  '%s is an error by the name Stripe gives it, with its code, and nothing of the buyer',
  async (_, status, error, name, message = name) => {
    answer = { status, body: refused(error) };

    const errors = await Promise.all([
      errorOf(gateway.createIntent({ purchaseId: 'p', amount: 100, currency: 'EUR' })),
      errorOf(gateway.confirmIntent(INTENT)),
      errorOf(gateway.undoIntent(INTENT)),
      errorOf(listed()),
    ]);

    for (const thrown of errors) {
      expect(thrown).toMatchObject({ name, message });
      expect({ ...thrown }).toEqual({ name });
      expect(`${thrown.stack} ${String(thrown.cause)}`).not.toContain(BUYER);
    }
  },
);

test('a listing that Stripe breaks off is a time-out of the gateway, as any other request is', async () => {
  answer = { status: 500, body: refused({ type: 'api_error' }) };

  expect((await errorOf(listed())).name).toBe('PaymentGatewayTimeout');
});
