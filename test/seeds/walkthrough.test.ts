import { type Json, type JsonObject } from '../../local/step-functions/asl/json';
import { SNS } from '../../local/sns/plugin';
import { SQS } from '../../local/sqs/plugin';
import { createResources, startPlugins } from '../local/plugin-fixture';
import { failing, type FakeFunction, machineOf } from '../local/step-functions/machine';
import { definition } from '../../conformance/seeds/definitions';

/** The walkthrough's sample input. */
const ORDER = { orderId: 'A1001', itemId: 'I201', qty: 2, amount: 499 };

/** What the walkthrough's functions, which are in Python, do: same checks, same words, same answers. */
const FUNCTIONS = {
  validateOrder(event: Json) {
    const order = event as JsonObject;
    const missing = ['orderId', 'itemId', 'qty', 'amount'].filter((field) => !(field in order));
    if (missing.length > 0) return valueError(`Missing required fields: ${missing.join(', ')}`);
    if (Math.trunc(Number(order.qty)) <= 0) return valueError('qty must be greater than 0');
    if (Number(order.amount) <= 0) return valueError('amount must be greater than 0');
    return { ...order, isValid: true };
  },

  checkInventory(event: Json) {
    const order = event as JsonObject;
    return { ...order, inStock: Number(order.qty ?? 0) <= 5 };
  },

  processPayment(event: Json) {
    const order = event as typeof ORDER;
    return {
      ...order,
      paymentStatus: 'SUCCESS',
      paymentId: `PAY-${order.orderId}`,
      paidAt: new Date().toISOString(),
    };
  },
} satisfies Record<string, FakeFunction>;

const valueError = (message: string): never => failing('ValueError', message)(null) as never;

/** The walkthrough's machine with its topic, whose messages a queue keeps. */
async function order(
  functions: Record<string, FakeFunction> = {},
  changed: (json: JsonObject) => void = () => undefined,
) {
  const plugins = await startPlugins(SNS, SQS);
  const { TopicArn } = await createResources(
    plugins,
    {
      Topic: { Type: 'AWS::SNS::Topic', Properties: {} },
      Queue: { Type: 'AWS::SQS::Queue', Properties: {} },
      Subscription: {
        Type: 'AWS::SNS::Subscription',
        Properties: {
          ...{ Protocol: 'sqs', TopicArn: { Ref: 'Topic' } },
          Endpoint: { 'Fn::GetAtt': ['Queue', 'Arn'] },
        },
      },
    },
    { TopicArn: { Value: { Ref: 'Topic' } } },
  );
  // "Paste definition (replace region/account/lambda ARNs)".
  const json = JSON.parse(
    JSON.stringify(definition('walkthrough', 'Step C: Create State Machine')).replaceAll(
      'arn:aws:sns:REGION:ACCOUNT_ID:order-notifications',
      TopicArn as string,
    ),
  ) as JsonObject;
  changed(json);
  const fixture = machineOf(
    json,
    { ...FUNCTIONS, ...functions },
    { type: 'STANDARD', waitScale: 0.001, integration: (name) => plugins.integrations.get(name) },
  );
  const notified = async () => {
    const messages = await plugins.get(SQS).list()[0]!.receive();
    return messages.map(({ body }) => JSON.parse(body) as { Subject: string; Message: string });
  };
  return { ...fixture, notified };
}

const PAID = ['ValidateOrder', 'CheckInventory', 'InventoryChoice', 'ProcessPayment'];
const FAILED = {
  status: 'FAILED',
  error: 'OrderFailed',
  cause: 'Inventory unavailable or downstream error',
};

test('in stock: the order is paid', async () => {
  const { machine, path, notified } = await order();

  const { status, output } = await machine.start(ORDER).finished;

  expect(path()).toEqual(PAID);
  expect({ status, output }).toEqual({
    status: 'SUCCEEDED',
    output: {
      ...ORDER,
      ...{ isValid: true, inStock: true, paymentStatus: 'SUCCESS', paymentId: 'PAY-A1001' },
      paidAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
    },
  });
  expect(await notified()).toEqual([]);
});

test('out of stock: the customer is notified, then the order fails, and nothing is paid', async () => {
  const { machine, path, calls, notified } = await order();

  const record = await machine.start({ ...ORDER, qty: 6 }).finished;

  expect(path()).toEqual([
    'ValidateOrder',
    'CheckInventory',
    'InventoryChoice',
    'NotifyFailure',
    'FailState',
  ]);
  expect(record).toMatchObject(FAILED);
  expect(calls).toEqual(['validateOrder', 'checkInventory']);
  expect(await notified()).toMatchObject([
    { Subject: 'Order Processing Failed', Message: 'Order A1001 failed or out of stock' },
  ]);
});

test.each([
  ['of nothing', {}, 'Missing required fields: orderId, itemId, qty, amount'],
  ['without its amount', { orderId: 'A1001', itemId: 'I201', qty: 2 }, 'Missing required fields: amount'],
  ['for none', { ...ORDER, qty: 0 }, 'qty must be greater than 0'],
  ['for nothing to pay', { ...ORDER, amount: -1 }, 'amount must be greater than 0'],
])(
  'an order %s ends at its validation, with the function’s words as the cause',
  async (_, input, message) => {
    const { machine, path } = await order();

    const { status, error, cause } = await machine.start(input).finished;

    expect(path()).toEqual(['ValidateOrder']);
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'ValueError' });
    expect(JSON.parse(cause!)).toMatchObject({ errorMessage: message });
  },
);

// ProcessPayment has no Catch in the walkthrough: nobody is told. EventPro's orders undo what was done, and tell.
test('a payment that fails ends the order with the gateway’s error, and nobody is notified', async () => {
  const { machine, path, notified } = await order({ processPayment: failing('CardDeclined') });

  const { status, error } = await machine.start(ORDER).finished;

  expect(path()).toEqual(PAID);
  expect({ status, error }).toEqual({ status: 'FAILED', error: 'CardDeclined' });
  expect(await notified()).toEqual([]);
});

test.each(['Lambda.ServiceException', 'Lambda.TooManyRequestsException'])(
  'an inventory check that Lambda fails three times, by %s, is tried again after 2, 4 and 8 seconds, and the order paid',
  async (error) => {
    const { machine, path, history } = await order();
    machine.faults.set('CheckInventory', { mode: 'fail-before', error, times: 3 });

    const { status } = await machine.start(ORDER).finished;

    expect(status).toBe('SUCCEEDED');
    expect(path()).toEqual(PAID);
    expect(
      history.list()[0]!.events.flatMap(({ retry }) => (retry ? [retry.waitSeconds * 1000] : [])),
    ).toEqual([2, 4, 8]);
  },
);

describe('an inventory check that goes on failing', () => {
  const failed = { checkInventory: failing('InventoryDown') };
  const states = ['ValidateOrder', 'CheckInventory', 'NotifyFailure'];

  // The Catch has no ResultPath, so the error replaces the input, and the message cannot name the order.
  test('as the walkthrough catches it, is never told: the order’s id is gone', async () => {
    const { machine, path, notified } = await order(failed);

    const { status, error, cause } = await machine.start(ORDER).finished;

    expect(path()).toEqual(states);
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'States.Runtime' });
    expect(cause).toContain('$.orderId');
    expect(await notified()).toEqual([]);
  });

  test('with a ResultPath, as its theory part has it, is told, and the order fails', async () => {
    const { machine, path, notified } = await order(failed, (json) => {
      const { CheckInventory } = json.States as { CheckInventory: { Catch: JsonObject[] } };
      CheckInventory.Catch[0]!.ResultPath = '$.failure';
    });

    const record = await machine.start(ORDER).finished;

    expect(path()).toEqual([...states, 'FailState']);
    expect(record).toMatchObject(FAILED);
    expect(await notified()).toMatchObject([{ Message: 'Order A1001 failed or out of stock' }]);
  });
});
