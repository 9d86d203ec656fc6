import { Api, ApiError } from '../../web/api.js';

const REQUEST = {
  eventId: 'demo',
  seats: ['A-1'],
  buyer: { name: 'Ann Lee', email: 'ann@example.com' },
  paymentMethod: 'pm_card_visa',
  expectedTotal: { amount: 12_000, currency: 'EUR' },
};

function apiThatAnswers(answer: () => Response) {
  const fetcher = jest.fn<Promise<Response>, Parameters<typeof fetch>>(async () => answer());
  return { api: new Api('/api', fetcher), fetcher };
}

test('a purchase carries its key', async () => {
  const { api, fetcher } = apiThatAnswers(() => Response.json({ status: 'CONFIRMED' }, { status: 201 }));

  const answer = await api.purchases.send('key-1', REQUEST);

  const [url, init] = fetcher.mock.calls[0]!;
  expect([url, init?.method, init?.body]).toEqual(['/api/purchases', 'POST', JSON.stringify(REQUEST)]);
  expect(init?.headers).toMatchObject({ 'Idempotency-Key': 'key-1', 'Content-Type': 'application/json' });
  expect(answer).toEqual({ status: 201, body: { status: 'CONFIRMED' } });
});

test('an order carries its key, too, and is followed like a purchase', async () => {
  const { api, fetcher } = apiThatAnswers(() => Response.json({ status: 'PENDING' }, { status: 202 }));
  const { buyer } = REQUEST;
  const request = { eventId: 'demo', items: [{ extraId: 'programme', quantity: 1 }], buyer };

  await api.orders.send('key-1', request);
  await api.orders.find('key-1');
  await api.orders.finishAuthentication('key-1');

  expect(fetcher.mock.calls.map(([url, init]) => [init?.method ?? 'GET', url])).toEqual([
    ['POST', '/api/orders'],
    ['GET', '/api/orders/key-1'],
    ['POST', '/api/orders/key-1/authentication'],
  ]);
  const [, init] = fetcher.mock.calls[0]!;
  expect([init?.body, init?.headers]).toMatchObject([
    JSON.stringify(request),
    { 'Idempotency-Key': 'key-1' },
  ]);
});

test.each([
  ['authentication', 'GET', 'authentication', undefined],
  ['finishAuthentication', 'POST', 'authentication', '{}'],
  ['abandon', 'POST', 'abandonment', '{}'],
] as const)('%s is %s /purchases/{id}/%s', async (call, method, path, body) => {
  const { api, fetcher } = apiThatAnswers(() => Response.json({}));

  await api.purchases[call]('key-1');

  const [url, init] = fetcher.mock.calls[0]!;
  expect([url, init?.method ?? 'GET', init?.body]).toEqual([`/api/purchases/key-1/${path}`, method, body]);
});

test.each([
  ['Mon, 30 Nov 2026 00:00:10 GMT', Date.UTC(2026, 10, 30, 0, 0, 10)],
  ['soon', undefined],
  [undefined, undefined],
])('the server’s clock is known when it tells it: %s', async (date, serverTime) => {
  const { api } = apiThatAnswers(() => Response.json({}, { headers: date ? { date } : {} }));

  expect((await api.purchases.find('key-1')).serverTime).toBe(serverTime);
});

test('a refusal is an answer, also one that is no JSON', async () => {
  const { api } = apiThatAnswers(() => new Response('<html>Bad gateway</html>', { status: 502 }));

  expect(await api.purchases.find('key-1')).toEqual({ status: 502, body: undefined });
});

test('an answer that breaks off is none', async () => {
  const { api } = apiThatAnswers(
    () =>
      new Response(
        new ReadableStream({
          start: (controller) => controller.error(new TypeError('The connection was reset')),
        }),
        { status: 201 },
      ),
  );

  await expect(api.purchases.send('key-1', REQUEST)).rejects.toThrow('The connection was reset');
});

test.each([
  [Response.json({ detail: 'There is no event nowhere.' }, { status: 404 }), 'There is no event nowhere.'],
  [new Response('Oops', { status: 500 }), 'The server answered 500.'],
  [new Response('<html>', { status: 200 }), 'The server answered 200.'],
])('a seat map that cannot be had is an error with words for the buyer', async (response, words) => {
  const { api } = apiThatAnswers(() => response);

  await expect(api.seatMap('nowhere')).rejects.toThrow(new ApiError(words));
});

test('a section that comes in several answers is one map', async () => {
  const pages = [
    { section: 'Field', seats: [{ seatId: 'A-1' }], nextCursor: '1' },
    { section: 'Field', seats: [{ seatId: 'A-2' }], nextCursor: '2' },
    { section: 'Field', seats: [{ seatId: 'A-3' }] },
  ];
  const { api, fetcher } = apiThatAnswers(() => Response.json(pages.shift()));

  const { seats } = await api.seatMap('gala', { section: 'Field' });

  expect(seats.map(({ seatId }) => seatId)).toEqual(['A-1', 'A-2', 'A-3']);
  expect(fetcher.mock.calls.map(([url]) => url)).toEqual([
    '/api/events/gala/seats?section=Field',
    '/api/events/gala/seats?section=Field&cursor=1',
    '/api/events/gala/seats?section=Field&cursor=2',
  ]);
});
