import { randomUUID } from 'node:crypto';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { type EventRepository } from '../../../lambda/event/event-repository';
import { type AuditState } from '../../../lambda/recovery/audit-log';
import { releaseOrphanHolds } from '../../../lambda/recovery/orphan-holds';
import { WithoutRecord } from '../../../lambda/recovery/without-record';
import { useTables } from '../../support/tables';
import { Checkout } from '../checkout';

const HOUR = 3_600;
const DAY = 86_400;

const tables = useTables();
let checkout: Checkout;
let state: AuditState;
/** Seconds since the epoch. */
let startsAt: number;
let outlines: jest.SpyInstance<unknown, [Iterable<string>]>;

beforeEach(async () => {
  checkout = await Checkout.open(tables);
  state = { tallies: [] };
  startsAt = checkout.clock.nowSeconds() + 90 * DAY;
  outlines = jest.spyOn(checkout.purchases, 'outlines');
});

/** Of the test's own event alone: others have left theirs. It goes on where the one before has come to. */
async function audit(hasTime = () => true) {
  const { events, eventId } = checkout;
  const listed = (await events.list()).filter((event) => event.eventId === eventId);
  const own: Pick<EventRepository, 'list' | 'findLayout'> = {
    list: () =>
      Promise.resolve(
        listed.map((event) => ({ ...event, startsAt: new Date(startsAt * 1000).toISOString() })),
      ),
    findLayout: (id) => events.findLayout(id),
  };
  const withoutRecord = new WithoutRecord({ purchases: 10, percent: 5 }, []);
  const look = await releaseOrphanHolds(
    { ...checkout, events: own as EventRepository },
    { state, hasTime, withoutRecord },
  );
  for (const { undo } of (await withoutRecord.unsold()).flat()) await undo!();
  state = { ...state, ...look.state() };
  return look.counts;
}

/** The purchases that were looked up since it was last asked. */
function lookedUp(): string[] {
  const ids = outlines.mock.calls.flatMap(([purchaseIds]) => [...purchaseIds]);
  outlines.mockClear();
  return ids;
}

/** A seat as only somebody who changes the table by hand leaves it. */
async function putSeat(seatId: string, status: 'HELD' | 'SOLD', fields: object = {}): Promise<string> {
  const { eventId, seats, clock } = checkout;
  const purchaseId = randomUUID();
  const hold = seats.hold(eventId, checkout.seat(seatId), purchaseId, clock.nowSeconds());
  const { TableName, Item } = hold.Put!;
  await tables.client.send(new PutCommand({ TableName, Item: { ...Item, status, ...fields } }));
  return purchaseId;
}

test('holds without a purchase, or of one that has failed, are given back; sold seats without a sale are reported and stay', async () => {
  await checkout.pending(['A-1']);
  await checkout.confirmed(['A-2']);
  const failed = await checkout.pending(['A-3', 'A-4']);
  await checkout.claim(failed);
  await checkout.purchases.settleFailed(failed.purchaseId);
  await putSeat('A-5', 'HELD');
  await putSeat('A-6', 'SOLD');

  const counts = await audit();

  expect(counts).toEqual({ looked: 6, released: 3, soldWithoutSale: 1 });
  expect(await checkout.seatStates()).toEqual(['A-1 HELD', 'A-2 SOLD', 'A-6 SOLD']);
});

test('a purchase is looked up once, however many seats it has in a section', async () => {
  const sold = await checkout.confirmed(['A-1', 'A-2', 'B-1']);
  const pending = await checkout.pending(['C-2']);

  const counts = await audit();

  expect(counts).toMatchObject({ looked: 4 });
  expect(lookedUp().toSorted()).toEqual([sold.purchaseId, pending.purchaseId].toSorted());
});

test('a sold seat is looked up in the round after its sale, and once more before its event', async () => {
  const first = await checkout.confirmed(['A-1']);
  checkout.clock.advance(2 * HOUR);
  await audit();
  const atFirst = lookedUp();
  checkout.clock.advance(20 * HOUR);
  await audit();
  const sameDay = lookedUp();
  const second = await checkout.confirmed(['A-2']);
  checkout.clock.advance(5 * HOUR);
  await audit();
  const nextDay = lookedUp();
  const between: string[] = [];
  while (checkout.clock.nowSeconds() < startsAt - 3 * DAY) {
    checkout.clock.advance(DAY);
    await audit();
    between.push(...lookedUp());
  }
  checkout.clock.advance(2 * DAY);
  await audit();

  expect(atFirst).toEqual([first.purchaseId]);
  expect(sameDay).toEqual([]);
  expect(nextDay).toEqual([second.purchaseId]);
  expect(between).toEqual([]);
  expect(lookedUp().toSorted()).toEqual([first.purchaseId, second.purchaseId].toSorted());
});

test('a seat without a sale is reported every hour until it is in order, and then no more', async () => {
  const purchaseId = await putSeat('A-1', 'SOLD');
  const reports = [];
  for (let hour = 0; hour < 3; hour++) {
    reports.push((await audit()).soldWithoutSale);
    checkout.clock.advance(HOUR);
  }
  await checkout.seats.release(checkout.eventId, checkout.seat('A-1'), purchaseId);

  const repaired = await audit();
  checkout.clock.advance(HOUR);
  await audit();

  expect(reports).toEqual([1, 1, 1]);
  expect(repaired).toMatchObject({ looked: 0, soldWithoutSale: 0 });
  // No round is due.
  expect(state.seats!.startedAt).toBe(checkout.clock.nowSeconds() - HOUR);
});

test('a seat that an older version sold does not say when: it is looked up in every round', async () => {
  const { purchaseId } = await checkout.confirmed(['A-1']);
  await putSeat('A-1', 'SOLD', { purchaseId, heldAt: undefined });
  await audit();
  lookedUp();

  checkout.clock.advance(DAY);
  await audit();

  expect(lookedUp()).toEqual([purchaseId]);
});

test('a run that has no time left is continued by the next, section by section, and the round looks at each once', async () => {
  const sold = [await checkout.confirmed(['A-1']), await checkout.confirmed(['C-1'])];
  let pages = 1;

  const first = await audit(() => pages-- > 0);
  const second = await audit();
  const third = await audit();

  expect([first, second, third].map(({ looked }) => looked)).toEqual([1, 1, 0]);
  expect(lookedUp().toSorted()).toEqual(sold.map(({ purchaseId }) => purchaseId).toSorted());
});

test.each([
  ['began six days ago is looked at', -6 * DAY, 1],
  ['is long over is not read any more', -8 * DAY, 0],
])('an event that %s', async (_, startsIn, released) => {
  await putSeat('A-1', 'HELD');
  startsAt = checkout.clock.nowSeconds() + startsIn;
  const reads = jest.spyOn(checkout.seats, 'auditPage');

  const counts = await audit();

  expect(counts).toMatchObject({ released });
  expect(reads).toHaveBeenCalledTimes(2 * released);
});
