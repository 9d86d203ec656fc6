import { connectGateway } from '../../../lambda/payment/connect-gateway';
import { ENVIRONMENT } from '../../../lambda/shared/environment';
import { createSecretsManagerService } from '../../../local/secrets-manager/secrets-manager-service';
import { useStripeServer } from '../../local/stripe/stripe-fixture';
import { useAwsServices } from '../aws-services';
import { errorOf } from '../checkout';

const secrets = createSecretsManagerService();
const stripe = useStripeServer();
useAwsServices([secrets]);

let secretId: string;
let secretsMade = 0;

// The key is cached by the secret's name, so each test has a secret of its own.
beforeEach(() => {
  secretId = `eventpro/stripe-${secretsMade++}`;
  process.env[ENVIRONMENT.stripeSecret] = secretId;
  process.env[ENVIRONMENT.stripeApiBase] = stripe.server.url;
});
afterEach(() => jest.useRealTimers());

const putKey = (value: string) => secrets.putSecret(secretId, `arn:${secretId}`, value);

test('the gateway pays with the key of the secret', async () => {
  putKey('sk_test_first');

  const gateway = await connectGateway();
  await gateway.createIntent({ purchaseId: 'p', amount: 100, currency: 'EUR' });

  expect(stripe.server.payments()).toMatchObject([{ amount: 100 }]);
});

test('a restricted key is a key too', async () => {
  putKey('rk_test_restricted');

  await expect(connectGateway()).resolves.toBeDefined();
});

test('a secret that is not there: the error names it', async () => {
  const error = await errorOf(connectGateway());

  expect(error.message).toBe(`Stripe's secret key cannot be read from the secret ${secretId}`);
});

test.each([
  ['an empty one', ' '],
  ['what the CDK made up for a new secret', 'x7$Kq-generated'],
  ['a publishable key', 'pk_test_123'],
  ['JSON', '{"key":"sk_test_123"}'],
])(
  'a secret that holds %s: the error names the secret, says what belongs there, and repeats nothing',
  async (_, value) => {
    putKey(value);

    const error = await errorOf(connectGateway());

    expect(error.message).toBe(
      `The secret ${secretId} holds no Stripe secret key: put one that begins with sk_ or rk_`,
    );
  },
);

test('a function without the name of a secret: the error names the variable', async () => {
  delete process.env[ENVIRONMENT.stripeSecret];

  const error = await errorOf(connectGateway());

  expect(error.message).toBe(`The environment variable ${ENVIRONMENT.stripeSecret} is not set`);
});

test('a rotated key is in use after five minutes, without a new container', async () => {
  // Time alone: the SDKs need their timers.
  jest.useFakeTimers({
    doNotFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'nextTick', 'performance'],
  });
  putKey('sk_test_old');
  const first = await connectGateway();
  putKey('sk_test_new');

  const soon = await connectGateway();
  jest.setSystemTime(Date.now() + 301_000);
  const later = await connectGateway();

  expect(soon).toBe(first);
  expect(later).not.toBe(first);
});
