import { randomUUID } from 'node:crypto';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { type EventRepository } from '../../../lambda/event/event-repository';
import { releaseOrphanHolds } from '../../../lambda/recovery/orphan-holds';
import { useTables } from '../../support/tables';
import { Checkout } from '../checkout';

const DAY = 86_400;

const tables = useTables();
let checkout: Checkout;

beforeEach(async () => {
  checkout = await Checkout.open(tables);
});

/** Of the test's own event alone: others have left theirs. @param startsIn seconds from now */
async function audit(startsIn = DAY) {
  const { events, eventId, clock } = checkout;
  const startsAt = new Date((clock.nowSeconds() + startsIn) * 1000).toISOString();
  const listed = (await events.list()).filter((event) => event.eventId === eventId);
  const own: Pick<EventRepository, 'list' | 'findLayout'> = {
    list: () => Promise.resolve(listed.map((event) => ({ ...event, startsAt }))),
    findLayout: (id) => events.findLayout(id),
  };
  return releaseOrphanHolds({ ...checkout, events: own as EventRepository });
}

/** A seat as only somebody who changes the table by hand leaves it. */
async function putSeat(seatId: string, status: 'HELD' | 'SOLD'): Promise<void> {
  const { eventId, seats, clock } = checkout;
  const hold = seats.hold(eventId, checkout.seat(seatId), randomUUID(), clock.nowSeconds());
  const { TableName, Item } = hold.Put!;
  await tables.client.send(new PutCommand({ TableName, Item: { ...Item, status } }));
}

test('holds without a purchase, or of one that has failed, are given back; sold seats without a sale are reported', async () => {
  await checkout.pending(['A-1']);
  await checkout.confirmed(['A-2']);
  const failed = await checkout.pending(['A-3', 'A-4']);
  await checkout.claim(failed);
  await checkout.purchases.settleFailed(failed.purchaseId);
  await putSeat('A-5', 'HELD');
  await putSeat('A-6', 'SOLD');

  const result = await audit();

  expect(result).toEqual({ looked: 6, released: 3, soldWithoutSale: 1 });
  expect(await checkout.seatStates()).toEqual(['A-1 HELD', 'A-2 SOLD', 'A-6 SOLD']);
});

test('a purchase is looked up once, however many seats it has and in how many sections', async () => {
  await checkout.confirmed(['A-1', 'A-2', 'B-1', 'C-1']);
  await checkout.pending(['C-2']);
  const lookups = jest.spyOn(checkout.purchases, 'find');

  const result = await audit();

  expect(result).toMatchObject({ looked: 5 });
  expect(lookups).toHaveBeenCalledTimes(2);
});

test.each([
  ['began six days ago is looked at', -6 * DAY, 1],
  ['is long over is not read any more', -8 * DAY, 0],
])('an event that %s', async (_, startsIn, released) => {
  await putSeat('A-1', 'HELD');
  const reads = jest.spyOn(checkout.seats, 'listTaken');

  const result = await audit(startsIn);

  expect(result).toMatchObject({ released });
  expect(reads).toHaveBeenCalledTimes(2 * released);
});
