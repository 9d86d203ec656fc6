import type { APIGatewayProxyEvent } from 'aws-lambda';
import { PaymentGatewayTimeout } from '../../../lambda/shared/saga-errors';
import { logger } from '../../../lambda/shared/logger';
import {
  receiveStripeEvent,
  type StripeEventDependencies,
} from '../../../lambda/stripe-events/receive-stripe-event';
import { SigningSecrets } from '../../../lambda/stripe-events/signing-secrets';
import { signatureOf } from '../../../local/stripe/event-destination';
import { createSecretsManagerService } from '../../../local/secrets-manager/secrets-manager-service';
import { useAwsServices } from '../aws-services';
import { errorOf } from '../checkout';
import { apiRequest } from '../invocation';

const NOW = 1_795_992_000;
const BODY = JSON.stringify(
  {
    ...{ id: 'evt_1', object: 'event', type: 'refund.created', livemode: false },
    data: { object: { payment_intent: 'pi_1', description: 'Zoë – 5 €, 票' } },
  },
  null,
  2,
);

const manager = createSecretsManagerService();
useAwsServices([manager]);
const put = (value: string) => manager.putSecret('signing', 'arn:signing', value);

let now: number;
let asked: string[];
let readPayment: () => Promise<undefined>;
let dependencies: StripeEventDependencies;

beforeEach(() => {
  now = NOW;
  asked = [];
  readPayment = async () => undefined;
  put('whsec_present');
  dependencies = {
    secrets: new SigningSecrets('signing', undefined, { nowSeconds: () => now }),
    gateway: async () => ({
      readPayment: (id: string) => {
        asked.push(id);
        return readPayment();
      },
    }),
    clock: { nowSeconds: () => now },
  } as unknown as StripeEventDependencies;
});
afterEach(() => jest.restoreAllMocks());

function request(
  fields: Partial<APIGatewayProxyEvent> = {},
  header = signatureOf(BODY, ['whsec_present'], now),
): APIGatewayProxyEvent {
  return { ...apiRequest({ body: BODY }), headers: { 'Stripe-Signature': header }, ...fields };
}

const receive = (event: APIGatewayProxyEvent) => receiveStripeEvent(event, dependencies);

describe('the bytes that Stripe has signed arrive', () => {
  test('as text, with all its blanks and letters', async () => {
    expect(await receive(request())).toMatchObject({ statusCode: 200, body: '{}' });
    expect(asked).toEqual(['pi_1']);
  });

  test('in base64, where API Gateway has a binary media type', async () => {
    const body = Buffer.from(BODY).toString('base64');

    expect(await receive(request({ body, isBase64Encoded: true }))).toMatchObject({ statusCode: 200 });
  });

  test.each(['stripe-signature', 'STRIPE-SIGNATURE', 'Stripe-Signature'])(
    'under the header %s',
    async (name) => {
      const value = signatureOf(BODY, ['whsec_present'], now);

      expect(await receive(request({ headers: { [name]: value } }))).toMatchObject({ statusCode: 200 });
      expect(await receive(request({ headers: {}, multiValueHeaders: { [name]: [value] } }))).toMatchObject({
        statusCode: 200,
      });
    },
  );

  test.each([
    ['null for no headers', { headers: null, multiValueHeaders: null }],
    ['two headers', { multiValueHeaders: { 'Stripe-Signature': ['t=1,v1=a', 't=2,v1=b'] } }],
    ['a body that was parsed and written again', { body: JSON.stringify(JSON.parse(BODY)) }],
    ['no body', { body: null }],
  ])('%s is refused', async (_, fields) => {
    const error = await errorOf(receive(request(fields as unknown as Partial<APIGatewayProxyEvent>)));

    expect(error.name).toBe('SignatureInvalid');
    expect(asked).toEqual([]);
  });
});

describe('a secret', () => {
  test('that is rolled is known at once, though the container has kept the old one', async () => {
    await receive(request());
    put('whsec_next,whsec_present');
    now += 11;

    const header = signatureOf(BODY, ['whsec_next'], now);

    expect(await receive(request({}, header))).toMatchObject({ statusCode: 200 });
  });

  test('is read again every ten seconds at most, whoever sends signatures that are wrong', async () => {
    const read = jest.spyOn(manager, 'handle');
    const wrong = signatureOf(BODY, ['whsec_other'], now);
    await receive(request());
    const before = read.mock.calls.length;

    for (let attempt = 0; attempt < 20; attempt++) await errorOf(receive(request({}, wrong)));

    expect(read.mock.calls.length).toBe(before);
  });

  test.each(['a placeholder that CloudFormation has made', '', 'sk_test_mistaken'])(
    'that is none is said by name, and nothing of it: %j',
    async (value) => {
      put(value);

      const error = await errorOf(receive(request()));

      expect(error.name).toBe('SecretUnusable');
      expect(error.message).toContain('signing');
      if (value) expect(error.message).not.toContain(value);
    },
  );

  test('is in no log, and neither is a signature', async () => {
    const logged: unknown[] = [];
    for (const level of ['info', 'warn', 'error'] as const)
      jest.spyOn(logger, level).mockImplementation((...line) => void logged.push(line));

    await errorOf(receive(request({}, signatureOf(BODY, ['whsec_other'], now))));
    await receive(request());

    expect(JSON.stringify(logged)).not.toMatch(/whsec|v1=|pi_1/);
  });
});

test('an event of a payment that cannot be read is not lost: it fails, and Stripe sends it again', async () => {
  readPayment = async () => {
    throw new PaymentGatewayTimeout('Stripe does not answer');
  };

  expect((await errorOf(receive(request()))).name).toBe('PaymentGatewayTimeout');
});
