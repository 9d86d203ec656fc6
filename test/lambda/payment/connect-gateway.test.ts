import { connectGateway } from '../../../lambda/payment/connect-gateway';
import { ENVIRONMENT } from '../../../lambda/shared/environment';
import { logger } from '../../../lambda/shared/logger';
import { AwsError } from '../../../local/aws/aws-error';
import { type AwsService } from '../../../local/aws/aws-service';
import { createSecretsManagerService } from '../../../local/secrets-manager/secrets-manager-service';
import { useStripeServer } from '../../local/stripe/stripe-fixture';
import { useAwsServices } from '../aws-services';
import { errorOf } from '../checkout';

const secrets = createSecretsManagerService();
const stripe = useStripeServer();
let outage: 'refuses' | 'throttles' | 'is silent' | undefined;
let asked = 0;
const service: AwsService = {
  signingName: secrets.signingName,
  handle: async (request) => {
    asked++;
    if (outage === 'is silent') return new Promise(() => undefined);
    if (outage === 'throttles') throw new AwsError('ThrottlingException', 'Not now.');
    if (outage) throw new AwsError('AccessDeniedException', 'No.');
    return secrets.handle(request);
  },
};
useAwsServices([service]);

let secretId: string;
let secretsMade = 0;

// The key is cached by the secret's name, so each test has a secret of its own.
beforeEach(() => {
  [outage, asked] = [undefined, 0];
  secretId = `eventpro/stripe-${secretsMade++}`;
  process.env[ENVIRONMENT.stripeSecret] = secretId;
  process.env[ENVIRONMENT.stripeApiBase] = stripe.server.url;
  process.env[ENVIRONMENT.serviceName] = 'EventPro-test';
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

const putKey = (value: string) => secrets.putSecret(secretId, `arn:${secretId}`, value);

test('the gateway pays with the key of the secret, for the stage of the function', async () => {
  putKey('sk_test_first');

  const gateway = await connectGateway();
  await gateway.createIntent({ purchaseId: 'p', amount: 100, currency: 'EUR' });

  expect(stripe.server.payments()).toMatchObject([{ amount: 100, metadata: { stage: 'EventPro-test' } }]);
});

test('a restricted key is a key too', async () => {
  putKey('rk_test_restricted');

  await expect(connectGateway()).resolves.toBeDefined();
});

test('a secret that is not there: the error names it', async () => {
  const error = await errorOf(connectGateway());

  expect(error.message).toBe(
    `Stripe's secret key cannot be read from the secret ${secretId}: ResourceNotFoundException`,
  );
});

test.each([
  ['an empty one', ' '],
  ['what the CDK made up for a new secret', 'x7$Kq-generated'],
  ['a publishable key', 'pk_test_123'],
  ['JSON', '{"key":"sk_test_123"}'],
  ['two keys', 'sk_test_123\nsk_live_123'],
])(
  'a secret that holds %s: the error names the secret, says what belongs there, and repeats nothing',
  async (_, value) => {
    putKey(value);

    const error = await errorOf(connectGateway());

    expect(error.message).toBe(
      `The secret ${secretId} holds no Stripe secret key: put one that begins with sk_ or rk_`,
    );
    expect(error).toMatchObject({ lasting: true });
  },
);

test.each([
  ['that refuses: only a person can change that', 'refuses', true],
  ['that has no time: the next attempt may find it again', 'throttles', false],
  ['that never answers: likewise', 'is silent', false],
] as const)('Secrets Manager %s', async (_, trouble, lasting) => {
  outage = trouble;

  expect(await errorOf(connectGateway())).toMatchObject({ name: 'SecretUnusable', lasting });
});

test('a function without the name of a secret: the error names the variable', async () => {
  delete process.env[ENVIRONMENT.stripeSecret];

  const error = await errorOf(connectGateway());

  expect(error.message).toBe(`The environment variable ${ENVIRONMENT.stripeSecret} is not set`);
});

/** Moves the time alone: the SDKs need their timers. */
function advanceClock(seconds: number): void {
  jest.useFakeTimers({
    doNotFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'nextTick', 'performance'],
    now: Date.now() + seconds * 1_000,
  });
}

test('a rotated key is in use after five minutes, without a new container', async () => {
  putKey('sk_test_old');
  const first = await connectGateway();
  putKey('sk_test_new');

  const soon = await connectGateway();
  advanceClock(301);
  const later = await connectGateway();

  expect(soon).toBe(first);
  expect(later).not.toBe(first);
});

test.each([
  ['Secrets Manager that refuses', () => (outage = 'refuses')],
  ['Secrets Manager that never answers', () => (outage = 'is silent')],
  ['a secret that now holds something else', () => putKey('pk_test_123')],
])('%s: payments go on with the key that is there, and the log says so', async (_, happens) => {
  const logged = jest.spyOn(logger, 'error');
  putKey('sk_test_first');
  const first = await connectGateway();
  happens();
  advanceClock(301);

  const later = await connectGateway();

  expect(later).toBe(first);
  expect(logged.mock.calls).toEqual([
    ["Stripe's key could not be read again", { errorName: 'SecretUnusable' }],
  ]);
});

test('Secrets Manager that refuses is asked again after five minutes, not for each payment', async () => {
  putKey('sk_test_old');
  const first = await connectGateway();
  outage = 'refuses';
  advanceClock(301);
  await connectGateway();
  const askedOnce = asked;
  const soon = await connectGateway();
  outage = undefined;
  putKey('sk_test_new');

  const meanwhile = await connectGateway();
  advanceClock(301);
  const later = await connectGateway();

  expect([soon, meanwhile]).toEqual([first, first]);
  expect(asked).toBe(askedOnce + 1);
  expect(later).not.toBe(first);
});
