import { postEventCancellation } from '../../../lambda/event-cancellation/post-event-cancellation';
import { OrderRepository } from '../../../lambda/order/order-repository';
import { useTables } from '../../support/tables';
import { Checkout, errorOf } from '../checkout';

const tables = useTables();
let checkout: Checkout;
/** Executions that were started, by their attempt. */
let started: number[];

const now = () => checkout.clock.nowSeconds();
const post = (eventId = checkout.eventId) =>
  postEventCancellation(eventId, 'Ill.', {
    ...{ eventCancellations: checkout.eventCancellations, clock: checkout.clock },
    ...{ seats: checkout.seats, purchases: checkout.purchases },
    orders: new OrderRepository(tables.client, tables.orderTable),
    executions: { start: async (_, attempt) => void started.push(await Promise.resolve(attempt)) },
    wait: () => Promise.resolve(),
  });

beforeEach(async () => {
  checkout = await Checkout.open(tables);
  started = [];
});

test('starts the first execution, and a repeat the same one, which is one by its name', async () => {
  await post();
  await post();

  expect(started).toEqual([1, 1]);
});

test('starts the present one where another was started since: never a second one beside it', async () => {
  await post();
  await checkout.eventCancellations.running.takeOver({ eventId: checkout.eventId, attempt: 1 }, now() + 300);

  await post();

  expect(started).toEqual([1, 2]);
});

test('starts none when all is done', async () => {
  await post();
  await checkout.eventCancellations.finish(checkout.eventId, now());

  await post();

  expect(started).toEqual([1]);
});

test.each(['nowhere', 'NO EVENT'])('an event that is not there is refused: %s', async (eventId) => {
  expect(await errorOf(post(eventId))).toMatchObject({ name: 'EventNotFound' });
  expect(started).toEqual([]);
});
