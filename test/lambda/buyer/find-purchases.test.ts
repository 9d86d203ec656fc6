import { findPurchases } from '../../../lambda/buyer/find-purchases';
import { referenceOf } from '../../../lambda/shared/reference';
import { useTables } from '../../support/tables';
import { Checkout, errorOf, type Order } from '../checkout';

const tables = useTables();
let checkout: Checkout;

beforeEach(async () => {
  checkout = await Checkout.open(tables);
});

const find = (query: Parameters<typeof findPurchases>[1] = {}) =>
  findPurchases(checkout.eventId, query, checkout);
const idsOf = async (query?: Parameters<typeof find>[0]) =>
  (await find(query)).found.map(({ purchaseId }) => purchaseId);
const boughtBy = (email: string) => ({ buyer: { name: 'Ann', email } });

async function failed(seats: string[], request?: Parameters<Checkout['pending']>[1]): Promise<Order> {
  const order = await checkout.pending(seats, request);
  await checkout.claim(order);
  await checkout.purchases.settleFailed(order.purchaseId);
  return order;
}

test('a purchase is found by its seat, its reference and its address, however that is written', async () => {
  const { purchaseId } = await checkout.confirmed(['A-1'], boughtBy('ann@example.com'));
  await checkout.confirmed(['A-2'], boughtBy('ben@example.com'));

  expect(await idsOf({ seat: 'A-1' })).toEqual([purchaseId]);
  expect(await idsOf({ reference: referenceOf(purchaseId) })).toEqual([purchaseId]);
  expect(await idsOf({ email: 'ANN@Example.com' })).toEqual([purchaseId]);
  expect(await idsOf({ email: 'nobody@example.com' })).toEqual([]);
});

test('a declined purchase is found by status and by address: its buyer may ask what became of the money', async () => {
  const { purchaseId } = await failed(['A-1'], boughtBy('ann@example.com'));
  await checkout.confirmed(['A-2'], boughtBy('ann@example.com'));

  expect(await idsOf({ status: 'FAILED' })).toEqual([purchaseId]);
  expect(await idsOf({ email: 'ann@example.com', status: 'FAILED' })).toEqual([purchaseId]);
  expect(await idsOf({ email: 'ann@example.com' })).toHaveLength(2);
});

test('what is asked for together must all be so', async () => {
  const { purchaseId } = await checkout.confirmed(['A-1'], boughtBy('ann@example.com'));

  expect(await idsOf({ seat: 'A-1', email: 'ben@example.com' })).toEqual([]);
  expect(await idsOf({ reference: referenceOf(purchaseId), status: 'CANCELLED' })).toEqual([]);
  expect(await idsOf({ reference: referenceOf(purchaseId), seat: 'A-1', status: 'CONFIRMED' })).toEqual([
    purchaseId,
  ]);
});

test('all purchases of an event come page by page, each once, and none of another; no cursor has an id in it', async () => {
  const sold = new Set<string>();
  for (let seat = 1; seat <= 12; seat++) sold.add((await checkout.confirmed([`A-${seat}`])).purchaseId);
  const other = await Checkout.open(tables);
  await other.confirmed(['A-1']);

  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const { found, next } = await find({ limit: '5', ...(cursor !== undefined && { cursor }) });
    pages.push(found.map(({ purchaseId }) => purchaseId));
    cursor = next;
    expect([...sold].some((id) => next?.includes(id))).toBe(false);
  } while (cursor !== undefined);

  expect(pages.flat()).toHaveLength(12);
  expect(new Set(pages.flat())).toEqual(sold);
  expect(Math.max(...pages.map(({ length }) => length))).toBe(5);
});

test('a seat of another event, a seat there is not, and an event there is not are said to be so', async () => {
  const other = await Checkout.open(tables);
  const { purchaseId } = await other.confirmed(['A-1']);

  expect(await idsOf({ reference: referenceOf(purchaseId) })).toEqual([]);
  expect((await errorOf(find({ seat: 'Z-1' }))).name).toBe('SeatNotFound');
  expect((await errorOf(findPurchases('no-event', {}, checkout))).name).toBe('EventNotFound');
});
