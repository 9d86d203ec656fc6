import { randomUUID } from 'node:crypto';
import { eventually, type OrderBody } from '../../harness/eventpro-client';
import { useLocalRun } from '../support/local-run';
import { expectProblem } from '../support/problem';

const eventpro = useLocalRun();

const PROGRAMME = { extraId: 'programme', name: 'Programme', price: 500, stock: 3 };
const PARKING = { extraId: 'parking', name: 'Parking', price: 1_500, stock: 10 };
const BUYER = { name: 'Ann', email: 'ann@example.com' };

beforeEach(async () => {
  await eventpro.reset();
  await eventpro.putExtras([PROGRAMME, PARKING]);
});

const bodyOf = (changes: object = {}) => ({
  ...{ eventId: 'demo', items: [{ extraId: 'programme', quantity: 1 }], buyer: BUYER },
  ...{ paymentMethod: 'pm_card_visa', ...changes },
});

const post = (body: unknown, key: string = randomUUID()) =>
  eventpro.postOrder(typeof body === 'string' ? body : JSON.stringify(body), key);
const get = (orderId: string) => eventpro.orderAsItIs(orderId);
const until: (typeof eventpro)['orderThatIs'] = (...what) => eventpro.orderThatIs(...what);
const available = () => eventpro.availableExtras();
const paymentsOf = (orderId: string) => eventpro.paymentsOfOrder(orderId);
const answer = (orderId: string) => eventpro.resumeOrder(orderId);

async function ordered(changes: object = {}): Promise<OrderBody> {
  const { body } = await post(bodyOf(changes));
  return until(body.orderId, 'CONFIRMED', 'FAILED', 'AWAITING_AUTHENTICATION');
}

test('an order is accepted at once, and then is confirmed, paid for, and told', async () => {
  const key = randomUUID();
  const items = [
    { extraId: 'programme', quantity: 2 },
    { extraId: 'parking', quantity: 1 },
  ];

  const accepted = await post(bodyOf({ items }), key);

  expect([accepted.status, accepted.body]).toEqual([202, { orderId: key, status: 'PENDING' }]);
  const location = new URL(accepted.headers.get('location')!, `${eventpro.url}/api/orders`);
  expect(location.pathname).toBe(`/api/orders/${key}`);
  const order = await until(key, 'CONFIRMED');
  expect(order).toEqual({
    ...{ orderId: key, reference: order.reference, status: 'CONFIRMED', eventId: 'demo' },
    items: [
      { extraId: 'programme', quantity: 2, name: 'Programme', price: 500 },
      { extraId: 'parking', quantity: 1, name: 'Parking', price: 1_500 },
    ],
    ...{ amount: 2_500, currency: 'EUR' },
  });
  expect(await available()).toEqual({ programme: 1, parking: 9 });
  expect(await paymentsOf(key)).toMatchObject([
    { amount: 2_500, captured: 2_500, refunded: 0, metadata: { kind: 'order', stage: 'EventPro-dev' } },
  ]);
  const mail = await eventually(
    async () => (await eventpro.inbox()).find(({ text = '' }) => text.includes(order.reference)),
    'an e-mail about the order',
  );
  expect(mail).toMatchObject({
    subject: 'Your order is confirmed',
    text: expect.stringContaining('2 × Programme'),
  });
  expect(mail.text).not.toContain(key);
});

test('ten buyers of three programmes: three have one, seven are told that there are no more, nobody pays for nothing', async () => {
  const orders = await Promise.all(Array.from({ length: 10 }, () => ordered()));

  const confirmed = orders.filter(({ status }) => status === 'CONFIRMED');
  expect(confirmed).toHaveLength(3);
  for (const { status, failure } of orders) {
    if (status !== 'CONFIRMED') expect([status, failure?.code]).toEqual(['FAILED', 'OUT_OF_STOCK']);
  }
  expect(await available()).toMatchObject({ programme: 0 });
  const paid = (await eventpro.payments()).filter(({ captured }) => captured > 0);
  expect(paid).toHaveLength(3);
});

test.each([
  ['a declined card', { paymentMethod: 'pm_card_chargeDeclined' }, 'PAYMENT_DECLINED'],
  ['too many', { items: [{ extraId: 'programme', quantity: 4 }] }, 'OUT_OF_STOCK'],
  [
    'one that is short beside one that is not',
    {
      items: [
        { extraId: 'parking', quantity: 1 },
        { extraId: 'programme', quantity: 4 },
      ],
    },
    'OUT_OF_STOCK',
  ],
  ['an extra that there is not', { items: [{ extraId: 'scarf', quantity: 1 }] }, 'EXTRA_NOT_FOUND'],
  ['an event that there is not', { eventId: 'nowhere' }, 'EVENT_NOT_FOUND'],
  ['no card', { paymentMethod: undefined }, 'VALIDATION'],
  ['a purchase that there is not', { purchaseId: randomUUID() }, 'PURCHASE_NOT_FOUND'],
])('an order with %s fails, keeps nothing of the stock and takes no money', async (_, changes, code) => {
  const { orderId, status, failure } = await ordered(changes);

  expect([status, failure?.code]).toEqual(['FAILED', code]);
  expect(failure!.detail).not.toMatch(/seat/);
  expect(await available()).toEqual({ programme: 3, parking: 10 });
  expect((await paymentsOf(orderId)).filter(({ captured }) => captured > 0)).toEqual([]);
  const reference = (await get(orderId)).reference;
  const mail = await eventually(
    async () => (await eventpro.inbox()).find(({ text = '' }) => text.includes(reference)),
    'an e-mail about the order',
  );
  expect(mail.subject).toBe('Your order failed');
});

test('extras go with a purchase of the event, and outlive its cancellation', async () => {
  const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });
  const { orderId, status } = await ordered({ purchaseId });

  await eventpro.cancel(purchaseId, { reason: 'BUYER_REQUEST' });

  expect(status).toBe('CONFIRMED');
  expect(await get(orderId)).toMatchObject({ status: 'CONFIRMED' });
  expect(JSON.stringify(await get(orderId))).not.toContain(purchaseId);
});

test('the same key is one order, however often it is sent, and one payment', async () => {
  const key = randomUUID();

  const answers = await Promise.all([1, 2, 3, 4].map(() => post(bodyOf(), key)));
  await until(key, 'CONFIRMED');
  const repeat = await post(bodyOf(), key);

  expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
  expect([repeat.status, repeat.body]).toEqual([202, { orderId: key, status: 'CONFIRMED' }]);
  expectProblem(await post(bodyOf({ items: [{ extraId: 'parking', quantity: 1 }] }), key), {
    ...{ status: 422, code: 'IDEMPOTENCY_KEY_REUSED' },
  });
  expect(await paymentsOf(key)).toHaveLength(1);
  expect(await available()).toMatchObject({ programme: 2 });
});

test('one key for a purchase and an order: each is paid for', async () => {
  const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });
  await post(bodyOf(), purchaseId);

  expect(await until(purchaseId, 'CONFIRMED', 'FAILED')).toMatchObject({ status: 'CONFIRMED' });
  expect((await eventpro.payments()).filter(({ captured }) => captured > 0)).toHaveLength(2);
});

test.each([
  ['text', 'hello'],
  ['nothing in it', '{}'],
  ['no items', bodyOf({ items: [] })],
  [
    'too many items',
    bodyOf({ items: Array.from({ length: 11 }, (_, n) => ({ extraId: `e${n}`, quantity: 1 })) }),
  ],
  ['an extra twice', bodyOf({ items: [1, 2].map((quantity) => ({ extraId: 'programme', quantity })) })],
  ['none of an extra', bodyOf({ items: [{ extraId: 'programme', quantity: 0 }] })],
  ['less than none', bodyOf({ items: [{ extraId: 'programme', quantity: -1 }] })],
  ['a part of one', bodyOf({ items: [{ extraId: 'programme', quantity: 0.5 }] })],
  ['a card number', bodyOf({ paymentMethod: '4242424242424242' })],
  ['no buyer', bodyOf({ buyer: undefined })],
  ['a price of its own', bodyOf({ items: [{ extraId: 'programme', quantity: 1, price: 1 }] })],
  ['a purchase that can be none', bodyOf({ purchaseId: 'x' })],
])('a request with %s is refused, and there is no order', async (_, body) => {
  const key = randomUUID();

  expectProblem(await post(body, key), { status: 400, code: 'VALIDATION' });

  expectProblem(await eventpro.request('GET', `/api/orders/${key}`), {
    status: 404,
    code: 'ORDER_NOT_FOUND',
  });
});

test.each([
  ['none', undefined],
  ['no UUID', 'order-1'],
])('a key that is %s is refused', async (_, key) => {
  const headers = { 'content-type': 'application/json', ...(key && { 'idempotency-key': key }) };

  const refused = await eventpro.request('POST', '/api/orders', { headers, body: JSON.stringify(bodyOf()) });

  expectProblem(refused, { status: 400, code: 'VALIDATION' });
});

describe('a bank that wants the buyer', () => {
  const ASKING = { paymentMethod: 'pm_card_authenticationRequired' };

  async function asked() {
    const order = await ordered(ASKING);
    expect(order.status).toBe('AWAITING_AUTHENTICATION');
    const [payment] = await paymentsOf(order.orderId);
    return { ...order, paymentIntentId: payment!.paymentIntentId };
  }

  test('has ten minutes; the extras are kept, and once it agrees the order goes on', async () => {
    const { orderId, authenticateBy, paymentIntentId } = await asked();
    const { status, body } = await eventpro.request<{ clientSecret: string }>(
      'GET',
      `/api/orders/${orderId}/authentication`,
    );
    expect([status, body]).toMatchObject([200, { authenticateBy, clientSecret: expect.any(String) }]);
    expect(await available()).toMatchObject({ programme: 2 });

    expect((await answer(orderId)).body).toMatchObject({ status: 'AWAITING_AUTHENTICATION' });
    await eventpro.answerBank(paymentIntentId, 'succeeded');
    expect((await answer(orderId)).status).toBe(202);

    expect(await until(orderId, 'CONFIRMED')).not.toHaveProperty('authenticateBy');
    expect(await paymentsOf(orderId)).toMatchObject([{ captured: 500, refunded: 0 }]);
    expect((await answer(orderId)).status).toBe(201);
    expectProblem(await eventpro.request('GET', `/api/orders/${orderId}/authentication`), {
      ...{ status: 409, code: 'NOTHING_TO_AUTHENTICATE' },
    });
  });

  test('answered by ten tabs at once: one payment', async () => {
    const { orderId, paymentIntentId } = await asked();
    await eventpro.answerBank(paymentIntentId, 'succeeded');

    const answers = await Promise.all(Array.from({ length: 10 }, () => answer(orderId)));

    for (const { status } of answers) expect([201, 202]).toContain(status);
    await until(orderId, 'CONFIRMED');
    expect(await paymentsOf(orderId)).toMatchObject([{ captured: 500, refunded: 0 }]);
    expect(await available()).toMatchObject({ programme: 2 });
  });

  test('says no: the extras are free, nothing is charged', async () => {
    const { orderId, paymentIntentId } = await asked();
    await eventpro.answerBank(paymentIntentId, 'failed');

    await answer(orderId);

    expect(await until(orderId, 'FAILED')).toMatchObject({ failure: { code: 'AUTHENTICATION_FAILED' } });
    expectProblem(await answer(orderId), { status: 402, code: 'AUTHENTICATION_FAILED' });
    expect(await available()).toMatchObject({ programme: 3 });
  });

  test('is not answered in time: all is undone, and a late answer changes nothing', async () => {
    const { orderId, paymentIntentId } = await asked();

    await eventpro.advanceClock(601);
    const order = await until(orderId, 'FAILED');
    const late = await eventpro.answerBank(paymentIntentId, 'succeeded');

    expect(order).toMatchObject({ failure: { code: 'AUTHENTICATION_EXPIRED' } });
    expect(late.status).toBe(409);
    expectProblem(await answer(orderId), { status: 410, code: 'AUTHENTICATION_EXPIRED' });
    expect(await available()).toMatchObject({ programme: 3 });
    expect(await paymentsOf(orderId)).toMatchObject([{ captured: 0 }]);
  });
});
