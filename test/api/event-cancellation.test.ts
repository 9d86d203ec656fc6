import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import demoEvent from '../../web/demo-event.json';
import { type EventCancellationAnswer } from '../../lambda/event-cancellation/event-cancellation-answers';
import { eventually } from '../../harness/eventpro-client';
import { useLocalRun } from '../support/local-run';
import { expectProblem } from '../support/problem';

const eventpro = useLocalRun();
let eventId: string;
beforeEach(async () => {
  await eventpro.reset();
  eventId = `gala-${randomUUID()}`;
  expect((await eventpro.putEvent(eventId, demoEvent)).status).toBe(201);
});

const MESSAGE = 'The singer is ill. Your money is on its way back.';
const path = () => `/api/events/${eventId}/cancellation`;
const cancelEvent = (message = MESSAGE) =>
  eventpro.signed<EventCancellationAnswer>('POST', path(), { message });
const progress = () => eventpro.signed<EventCancellationAnswer>('GET', path(), undefined);
const buy = (seat: string, order: object = {}) => eventpro.buy({ eventId, seats: [seat], ...order });

/** Lets the time pass that the function waits, as the minutes of a real cancellation would. */
async function done(): Promise<EventCancellationAnswer> {
  for (let round = 0; round < 60; round++) {
    const { body } = await progress();
    if (body.status === 'DONE') return body;
    await eventpro.advanceClock(150);
    await delay(200);
  }
  throw new Error('The cancellation was not done within hours');
}

async function refundedOf(purchaseId: string): Promise<number> {
  return (await eventpro.payments(purchaseId)).reduce((sum, { refunded }) => sum + refunded, 0);
}

test('every purchase is cancelled once, its money given back, its buyer told in the words of the organiser', async () => {
  const sold = await Promise.all(['A-1', 'A-2', 'A-3'].map((seat) => buy(seat)));
  const other = await eventpro.buy({ seats: ['A-1'] });

  const closed = await cancelEvent();
  const end = await done();

  expect(closed.status).toBe(202);
  expect(closed.headers.get('location')).toBe('./cancellation');
  expect(end).toEqual({
    ...{ status: 'DONE', message: MESSAGE, at: expect.any(String) },
    ...{ purchases: 3, cancelled: 3, failed: 0, remaining: 0, failures: [] },
  });
  for (const { purchaseId, body } of sold) {
    const { amount } = body as { amount: number };
    expect(await eventpro.purchase(purchaseId)).toMatchObject({
      status: 'CANCELLED',
      cancellation: { reason: 'EVENT_CANCELLED', refund: { amount, status: 'SUCCEEDED' } },
    });
    expect(await refundedOf(purchaseId)).toBe(amount);
  }
  const told = (await eventpro.inbox()).filter(({ text = '' }) => text.includes(MESSAGE));
  expect(told.filter(({ channel }) => channel === 'email')).toHaveLength(3);
  expect(await eventpro.purchase(other.purchaseId)).toMatchObject({ status: 'CONFIRMED' });
});

test('from the answer on nobody buys, nothing brings the event back, and the first message stands', async () => {
  await cancelEvent();
  const late = await buy('A-1');
  const repeat = await cancelEvent('Another message.');

  expectProblem(late, { status: 409, code: 'SALE_CLOSED', purchaseId: late.purchaseId });
  expect(late.body).toMatchObject({ detail: 'The event is cancelled.' });
  expectProblem(await eventpro.putEvent(eventId, demoEvent), { status: 409, code: 'EVENT_CANCELLED' });
  expect([repeat.status, repeat.body.message]).toEqual([202, MESSAGE]);
  const { body } = await eventpro.request<{ events: { eventId: string; status: string }[] }>(
    'GET',
    '/api/events',
  );
  expect(body.events.find((each) => each.eventId === eventId)?.status).toBe('CANCELLED');
  expect(await eventpro.payments()).toEqual([]);
});

test('who was at the bank when the event was cancelled is not charged, whatever the bank says', async () => {
  const { purchaseId } = await buy('A-1', { paymentMethod: 'pm_card_authenticationRequired' });
  const [{ paymentIntentId } = { paymentIntentId: '' }] = await eventpro.payments(purchaseId);
  await cancelEvent();
  await eventpro.answerBank(paymentIntentId, 'succeeded');

  const resumed = await eventpro.resume(purchaseId);

  expectProblem(resumed, { status: 409, code: 'SALE_CLOSED', purchaseId });
  expect(await eventpro.payments(purchaseId)).toMatchObject([{ status: 'canceled', captured: 0 }]);
  expect(await done()).toMatchObject({ cancelled: 0, failed: 0, remaining: 0 });
});

test('who never comes back from the bank is undone, and the cancellation waits for the hold to end', async () => {
  const { purchaseId } = await buy('A-1', { paymentMethod: 'pm_card_authenticationRequired' });
  await cancelEvent();

  expect(await done()).toMatchObject({ cancelled: 0, failed: 0, remaining: 0 });
  const { failure } = await eventually(async () => {
    const purchase = await eventpro.purchase(purchaseId);
    return purchase.status === 'FAILED' ? purchase : undefined;
  }, 'the end of the purchase');
  expect(failure?.code).toBe('AUTHENTICATION_EXPIRED');
  expect(await refundedOf(purchaseId)).toBe(0);
});

test('a purchase that was cancelled by hand meanwhile keeps its agreement', async () => {
  const { purchaseId } = await buy('A-1');
  await cancelEvent();
  await eventpro.cancel(purchaseId, { reason: 'ORGANISER', refund: { amount: 500 } });

  expect(await done()).toMatchObject({ failed: 0, remaining: 0 });
  expect(await eventpro.purchase(purchaseId)).toMatchObject({ status: 'CANCELLED' });
});

test('free tickets are cancelled too, with nothing to give back', async () => {
  await eventpro.putEvent(eventId, {
    ...demoEvent,
    tiers: demoEvent.tiers.map((tier) => ({ ...tier, price: 0 })),
  });
  const { purchaseId } = await buy('A-1');
  await cancelEvent();

  expect(await done()).toMatchObject({ cancelled: 1, failed: 0 });
  expect(await eventpro.purchase(purchaseId)).toMatchObject({
    cancellation: { reason: 'EVENT_CANCELLED', refund: { amount: 0, status: 'NONE' } },
  });
});

test('what the bank does not take back is listed and escalated, and mended by recovery', async () => {
  const { purchaseId } = await buy('A-1');
  const { reference } = await eventpro.purchase(purchaseId);
  await eventpro.setFault('RefundPayment', { mode: 'fail-before', error: 'RefundFailed', times: 100 });
  await cancelEvent();

  expect(await done()).toMatchObject({ failed: 1, failures: [{ reference, code: 'OUTCOME_UNKNOWN' }] });
  await eventpro.healFaults();
  await eventually(async () => {
    await eventpro.advanceClock(3_700);
    await delay(500);
    return (await eventpro.purchase(purchaseId)).status === 'CANCELLED' || undefined;
  }, 'a recovery that has ended the cancellation');
  expect((await progress()).body).toMatchObject({ cancelled: 1, failed: 0, failures: [] });
});

describe('orders of extras', () => {
  const EXTRAS = [
    { extraId: 'programme', name: 'Programme', price: 500, stock: 3 },
    { extraId: 'map', name: 'Map', price: 0, stock: 3 },
  ];
  beforeEach(() => eventpro.signed('PUT', `/api/events/${eventId}/extras`, { extras: EXTRAS }));

  interface OrderBody {
    readonly orderId: string;
    readonly reference: string;
    readonly status: string;
    readonly failure?: { readonly code: string };
  }
  const getOrder = async (orderId: string) =>
    (await eventpro.request<OrderBody>('GET', `/api/orders/${orderId}`)).body;
  const until = (orderId: string, status: string) =>
    eventually(async () => {
      const order = await getOrder(orderId);
      return order.status === status ? order : undefined;
    }, `an order that is ${status}`);

  /** An order of one extra, once it is in this status. */
  async function ordered(extraId: string, status = 'CONFIRMED', paymentMethod = 'pm_card_visa') {
    const orderId = randomUUID();
    await eventpro.request('POST', '/api/orders', {
      headers: { 'content-type': 'application/json', 'idempotency-key': orderId },
      body: JSON.stringify({
        ...{ eventId, items: [{ extraId, quantity: 1 }], paymentMethod },
        buyer: { name: 'Ann', email: `${extraId}@example.com` },
      }),
    });
    return until(orderId, status);
  }
  const paymentOf = async (orderId: string) =>
    (await eventpro.payments()).find(({ metadata }) => metadata['orderId'] === orderId)!;
  const left = async () => {
    const path = `/api/events/${eventId}/extras`;
    const { body } = await eventpro.request<{ extras: { available: number }[] }>('GET', path);
    return body.extras.map(({ available }) => available);
  };

  test('are given back once, end CANCELLED, and their buyers are told in the words of the organiser', async () => {
    await buy('A-1');
    const [paid, free] = [await ordered('programme'), await ordered('map')];

    await cancelEvent();
    const end = await done();

    expect(end).toMatchObject({ purchases: 1, cancelled: 1, failed: 0, orders: { cancelled: 2, failed: 0 } });
    expect(end.failures).toEqual([]);
    expect(await getOrder(paid.orderId)).toMatchObject({ status: 'CANCELLED' });
    expect(await getOrder(free.orderId)).toMatchObject({ status: 'CANCELLED' });
    expect(await paymentOf(paid.orderId)).toMatchObject({ captured: 500, refunds: [{ amount: 500 }] });
    expect(await left()).toEqual([3, 3]);
    const mails = await eventually(async () => {
      const about = (await eventpro.inbox()).filter(({ subject }) => subject === 'Your order is cancelled');
      return about.length === 2 ? about : undefined;
    }, 'a mail for each order');
    const paidMail = mails.find(({ text = '' }) => text.includes(paid.reference))!;
    expect(paidMail.text).toContain(MESSAGE);
    expect(paidMail.text).toContain('Given back: ');
    expect(paidMail.text).not.toContain(paid.orderId);
  });

  test('whose buyer is at the bank fail, and nothing is charged, whatever the bank says', async () => {
    const { orderId } = await ordered(
      ...(['programme', 'AWAITING_AUTHENTICATION', 'pm_card_authenticationRequired'] as const),
    );
    await cancelEvent();
    await eventpro.answerBank((await paymentOf(orderId)).paymentIntentId, 'succeeded');
    await eventpro.request('POST', `/api/orders/${orderId}/authentication`, {
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });

    expect(await until(orderId, 'FAILED')).toMatchObject({ failure: { code: 'SALE_CLOSED' } });
    const end = await done();

    expect(end).not.toHaveProperty('orders');
    expect(await paymentOf(orderId)).toMatchObject({ captured: 0 });
    expect(await left()).toEqual([3, 3]);
  });

  test('that are given back by hand meanwhile are given back once', async () => {
    const { orderId } = await ordered('programme');
    const { paymentIntentId } = await paymentOf(orderId);
    await cancelEvent();
    await eventpro.refundByHand(paymentIntentId);

    expect(await done()).toMatchObject({ failures: [] });

    await until(orderId, 'CANCELLED');
    expect(await paymentOf(orderId)).toMatchObject({ captured: 500, refunded: 500 });
    expect(await left()).toEqual([3, 3]);
  });

  test('that cannot be given back are listed by their references, and mended by the reconciler', async () => {
    const { orderId, reference } = await ordered('programme');
    await eventpro.setFault('RefundPayment', { mode: 'fail-before', error: 'RefundFailed', times: 100 });
    await cancelEvent();

    expect(await done()).toMatchObject({
      ...{ purchases: 0, failed: 0, orders: { cancelled: 0, failed: 1 } },
      failures: [{ reference, code: 'OUTCOME_UNKNOWN' }],
    });
    await eventpro.healFaults();
    await eventually(async () => {
      await eventpro.advanceClock(3_700);
      await delay(500);
      return (await getOrder(orderId)).status === 'CANCELLED' || undefined;
    }, 'a reconciler that has ended the order');
    expect((await progress()).body).toMatchObject({ orders: { cancelled: 1, failed: 0 }, failures: [] });
    expect(await paymentOf(orderId)).toMatchObject({ captured: 500, refunded: 500 });
  });
});

describe('is refused', () => {
  test('without a signature', async () => {
    const init = {
      body: JSON.stringify({ message: MESSAGE }),
      headers: { 'content-type': 'application/json' },
    };
    expect((await eventpro.request('POST', path(), init)).status).toBe(403);
    expect((await eventpro.request('GET', path())).status).toBe(403);
  });

  test('of an event that is not there, and told of one that is not cancelled', async () => {
    expectProblem(await progress(), { status: 404, code: 'EVENT_NOT_CANCELLED' });
    eventId = 'nowhere';
    expectProblem(await cancelEvent(), { status: 404, code: 'EVENT_NOT_FOUND' });
  });

  test.each([
    ['without a message', {}],
    ['with an empty one', { message: ' ' }],
    ['with one that is too long for an SMS', { message: 'x'.repeat(501) }],
    ['with more than a message', { message: MESSAGE, refund: false }],
  ])('%s, and the event is on sale', async (_, body) => {
    expectProblem(await eventpro.signed('POST', path(), body), { status: 400, code: 'VALIDATION' });
    expect((await buy('A-1')).status).toBe(201);
  });
});
