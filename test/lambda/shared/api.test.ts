import { json, route } from '../../../lambda/shared/api';
import { referenceOf } from '../../../lambda/shared/reference';
import { logger } from '../../../lambda/shared/logger';
import { Problem } from '../../../lambda/shared/problem';
import { answerOf, apiRequest, CONTEXT } from '../invocation';

const error = jest.spyOn(logger, 'error');
beforeEach(() => jest.clearAllMocks());

function routeThat(answer: () => Promise<never> | ReturnType<typeof json>) {
  const connect = jest.fn(() => ({}));
  return { connect, handler: route({ name: 'GetThing', connect, answer: async () => answer() }) };
}

test('an answer is JSON that nobody may cache', async () => {
  const { handler } = routeThat(() => json(200, { thing: 1 }));

  const result = await handler(apiRequest(), CONTEXT);

  expect(result).toEqual({
    statusCode: 200,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' },
    body: '{"thing":1}',
  });
});

test('a container connects once', async () => {
  const { handler, connect } = routeThat(() => json(200, {}));

  await handler(apiRequest(), CONTEXT);
  await handler(apiRequest(), CONTEXT);

  expect(connect).toHaveBeenCalledTimes(1);
});

test('a problem is answered with its status, as RFC 9457 has it, and with the purchase of the path', async () => {
  const { handler } = routeThat(async () => Promise.reject(new Problem('PurchaseInProgress', 'A moment.')));

  const answer = answerOf(await handler(apiRequest({ pathParameters: { purchaseId: 'p-1' } }), CONTEXT));

  expect(answer).toEqual({
    statusCode: 409,
    contentType: 'application/problem+json',
    body: {
      type: 'urn:eventpro:problem:purchase-in-progress',
      title: 'The purchase is still running',
      status: 409,
      detail: 'A moment.',
      code: 'PURCHASE_IN_PROGRESS',
      purchaseId: 'p-1',
    },
  });
  expect(error).not.toHaveBeenCalled();
});

test('a fault is a 500 that says nothing of its cause, and neither does the log', async () => {
  const fault = new Error('AccessDenied on arn:aws:dynamodb:eu-west-1:1:table/secret for Ada');
  const { handler } = routeThat(async () => Promise.reject(fault));

  const result = await handler(apiRequest(), CONTEXT);

  expect(answerOf(result)).toMatchObject({
    statusCode: 500,
    contentType: 'application/problem+json',
    body: { type: 'about:blank', status: 500, code: 'INTERNAL' },
  });
  expect(result.body).not.toMatch(/arn:|AccessDenied|Ada/);
  expect(error.mock.calls).toEqual([['GetThing failed', { errorName: 'Error' }]]);
});

test('a route that cannot connect answers 500 too, and tries again with the next request', async () => {
  const { handler, connect } = routeThat(() => json(200, {}));
  connect.mockImplementationOnce(() => {
    throw new Error('The environment variable X is not set');
  });

  const first = await handler(apiRequest(), CONTEXT);
  const second = await handler(apiRequest(), CONTEXT);

  expect([first.statusCode, second.statusCode]).toEqual([500, 200]);
});

test.each([
  [
    'an id',
    '0f5c9a52-6a0e-4d6e-9d2f-1b1b7f6f2a11',
    { reference: referenceOf('0f5c9a52-6a0e-4d6e-9d2f-1b1b7f6f2a11') },
  ],
  ['what a client typed instead of one', 'ann@example.com', {}],
])(
  'log lines carry the route and the request, and the reference alone for %s in the path',
  async (_, purchaseId, logged) => {
    const keys = jest.spyOn(logger, 'appendKeys');
    const { handler } = routeThat(() => json(200, {}));

    await handler(apiRequest({ pathParameters: { purchaseId } }), CONTEXT);

    expect(keys.mock.calls).toEqual([[{ route: 'GetThing', requestId: 'request', ...logged }]]);
  },
);
