import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import {
  PURCHASE_EVENT_NAMES,
  PURCHASE_EVENTS,
  purchaseDetailSchema,
} from '../../../lambda/domain-event/purchase-events';
import { OUTBOX, type PurchaseEvent } from '../../../lambda/purchase/outbox';
import { MAX_SEATS_PER_PURCHASE } from '../../../lambda/purchase/purchase';
import { referenceOf } from '../../../lambda/shared/reference';
import { PURCHASE_TEMPLATE } from '../../../lib/event-bus/detail-template';
import { purchasePattern } from '../../../lib/event-bus/purchase-pattern';
import { compileEventPattern } from '../../../local/eventbridge/event-pattern';
import { pipeInput } from '../../../local/pipes/pipe-input';
import { type StreamRecord } from '../../../local/dynamodb/stream-record';
import { Checkout, type Order } from '../../lambda/checkout';
import { useTables } from '../../support/tables';

const patterns = PURCHASE_EVENT_NAMES.map(
  (event) => [event, compileEventPattern(purchasePattern(event), { operators: 'pipe' })] as const,
);
const detailOf = pipeInput(PURCHASE_TEMPLATE, { arn: '', name: '', source: '', target: '' });

const tables = useTables();
let checkout: Checkout;
beforeEach(async () => (checkout = await Checkout.open(tables)));

type Item = Record<string, unknown>;

async function itemOf({ purchaseId }: Pick<Order, 'purchaseId'>): Promise<Item | undefined> {
  const { Item } = await tables.client.send(
    new GetCommand({ TableName: tables.purchaseTable, Key: { purchaseId }, ConsistentRead: true }),
  );
  return Item;
}

/** The stream's record of a change. */
function recordOf(before: Item | undefined, after: Item | undefined): StreamRecord {
  const image = (item: Item | undefined) => item && marshall(item, { removeUndefinedValues: true });
  return {
    eventName: before ? (after ? 'MODIFY' : 'REMOVE') : 'INSERT',
    dynamodb: { OldImage: image(before), NewImage: image(after) },
  } as unknown as StreamRecord;
}

/** The records of what is done to a purchase, one for each step. */
async function recordsOf(order: Order, steps: readonly (() => Promise<unknown>)[]): Promise<StreamRecord[]> {
  const records: StreamRecord[] = [];
  for (const step of steps) {
    const before = await itemOf(order);
    await step();
    records.push(recordOf(before, await itemOf(order)));
  }
  return records;
}

const eventsIn = (record: StreamRecord): PurchaseEvent[] =>
  patterns.flatMap(([event, matches]) => (matches(record) ? [event] : []));

const admit = (order: Order, seatId: string) => () =>
  checkout.purchases.admit(order.purchaseId, seatId, { gate: 'North 1', at: checkout.clock.nowSeconds() });

/** A sale from its reservation to its cancellation: each write, and some that come after one that makes an event. */
async function lifeOf(seats: string[]): Promise<StreamRecord[]> {
  const order = checkout.order(seats);
  const { purchaseId } = order;
  return recordsOf(order, [
    () => checkout.reserve(order),
    () => checkout.purchases.recordPaymentIntent(purchaseId, 'pi_1'),
    () => checkout.purchases.recordPaid(purchaseId),
    () => checkout.purchases.confirm(purchaseId, []),
    () => checkout.purchases.noteConfirmationTold(purchaseId),
    ...seats.map((seatId) => admit(order, seatId)),
    () =>
      checkout.claimCancellation(order, 'cancellation-1', {
        reason: 'EVENT_CANCELLED',
        refund: { amount: 12_000, status: 'PENDING' },
      }),
    () => checkout.purchases.settleCancelled(purchaseId),
    () => checkout.purchases.noteRefund(purchaseId, 'SUCCEEDED'),
  ]);
}

async function failed(seats: string[]): Promise<StreamRecord[]> {
  const order = await checkout.paid(seats);
  return recordsOf(order, [
    () => checkout.claim(order, { code: 'PAYMENT_DECLINED', detail: 'The card was declined.' }),
    () => checkout.purchases.settleFailed(order.purchaseId),
  ]);
}

describe('what a stream shows', () => {
  test('each transition makes its event, and no other write makes one', async () => {
    const records = await lifeOf(['A-1', 'A-2']);

    expect(records.map(eventsIn)).toEqual([
      ...[[], [], []],
      ['PurchaseConfirmed'],
      [],
      ['TicketAdmitted'],
      ['TicketAdmitted'],
      [],
      ['PurchaseCancelled'],
      [],
    ]);
  });

  test(`each of ${MAX_SEATS_PER_PURCHASE} admissions of a purchase makes one`, async () => {
    const seats = Array.from({ length: MAX_SEATS_PER_PURCHASE }, (_, seat) => `A-${seat + 1}`);
    const order = await checkout.confirmed(seats);

    const records = await recordsOf(
      order,
      seats.map((seatId) => admit(order, seatId)),
    );

    expect(records.map(eventsIn)).toEqual(seats.map(() => ['TicketAdmitted']));
  });

  test('a purchase that held seats and is undone makes one', async () => {
    expect((await failed(['A-1'])).map(eventsIn)).toEqual([[], ['PurchaseFailed']]);
  });

  test('a refusal before a hold makes none, nor does what TTL deletes', async () => {
    const { purchaseId } = checkout.order(['A-1']);
    const refused = { purchaseId, status: 'FAILED', failure: { code: 'SEAT_UNAVAILABLE', detail: '' } };
    await tables.client.send(new PutCommand({ TableName: tables.purchaseTable, Item: refused }));
    const item = await itemOf({ purchaseId });
    const [sold] = (await lifeOf(['A-2'])).filter((record) => eventsIn(record).length > 0);

    expect(eventsIn(recordOf(undefined, item))).toEqual([]);
    expect(eventsIn(recordOf(item, undefined))).toEqual([]);
    expect(eventsIn({ ...sold!, dynamodb: { ...sold!.dynamodb, NewImage: undefined } })).toEqual([]);
  });

  test('a write of a version from before there were events makes none: it has no name to be told by', async () => {
    const before = { purchaseId: '1', status: 'PAID' };

    expect(eventsIn(recordOf(before, { ...before, status: 'CONFIRMED' }))).toEqual([]);
  });

  test('neither the name nor the transition makes one alone', async () => {
    const named = { [OUTBOX.event]: 'PurchaseConfirmed', status: 'CONFIRMED' };

    expect(eventsIn(recordOf(named, { ...named, delivery_email: 'SENT' }))).toEqual([]);
    expect(eventsIn(recordOf({ status: 'PAID' }, named))).toEqual(['PurchaseConfirmed']);
  });
});

describe('the details', () => {
  const detailsOf = async () =>
    [...(await lifeOf(['A-1', 'A-2'])), ...(await failed(['B-1']))].flatMap((record) =>
      eventsIn(record).map((event) => [event, detailOf(record, Date.now())] as const),
    );

  test('are as their schema has them, one after another', async () => {
    const details = await detailsOf();

    expect(details.map(([event]) => event)).toEqual([
      ...['PurchaseConfirmed', 'TicketAdmitted', 'TicketAdmitted', 'PurchaseCancelled', 'PurchaseFailed'],
    ]);
    for (const [event, detail] of details) {
      expect(z.safeParse(purchaseDetailSchema(event), JSON.parse(detail)).error?.issues).toBeUndefined();
    }
    expect(details.map(([, detail]) => (JSON.parse(detail) as { sequence: string }).sequence)).toEqual([
      ...['1', '2', '3', '4', '1'],
    ]);
  });

  test('say what was sold, by the reference', async () => {
    const order = await checkout.paid(['A-1', 'B-1']);
    const [record] = await recordsOf(order, [() => checkout.purchases.confirm(order.purchaseId, [])]);

    const reference = referenceOf(order.purchaseId);
    expect(JSON.parse(detailOf(record!, Date.now()))).toEqual({
      ...{ version: 1, id: `${reference}-1`, sequence: '1', reference, eventId: checkout.eventId },
      ...{ status: 'CONFIRMED', about: 'NONE', seatIds: ['A-1', 'B-1'], sections: ['Stalls', 'Stalls'] },
      ...{ tiers: ['premium', 'standard'], prices: ['12000', '8000'], amount: '20000', currency: 'EUR' },
      openedAt: String(checkout.clock.nowSeconds()),
    });
  });

  test('have nothing of the buyer or the payment, and not the id, which opens the purchase', async () => {
    const buyer = { name: 'Ada Lovelace', email: 'ada@example.com', phone: '+4915112345678' };
    const order = await checkout.paid(['A-1'], { buyer });
    const [record] = await recordsOf(order, [() => checkout.purchases.confirm(order.purchaseId, [])]);

    const detail = detailOf(record!, Date.now());

    // The record has all of it: what is left out is left out by the template.
    expect(JSON.stringify(record)).toMatch(/Ada.*ada@example/);
    expect(detail).not.toMatch(/Ada|ada@|4915|pi_1|192\.0\.2/);
    expect(detail).not.toContain(order.purchaseId);
  });

  test('take no other field: a schema refuses what nobody has allowed', async () => {
    const [[event, detail]] = (await detailsOf()) as [[PurchaseEvent, string]];

    const withMore = { ...(JSON.parse(detail) as object), email: 'ada@example.com' };

    expect(z.safeParse(purchaseDetailSchema(event), withMore).success).toBe(false);
  });
});

test('each event has its row, and a pipe takes its patterns', () => {
  expect(PURCHASE_EVENT_NAMES).toEqual(Object.keys(PURCHASE_EVENTS));
  expect(patterns.length).toBeLessThanOrEqual(5);
  for (const event of PURCHASE_EVENT_NAMES) {
    expect(JSON.stringify(purchasePattern(event)).length).toBeLessThanOrEqual(4_096);
  }
  expect(PURCHASE_TEMPLATE.length).toBeLessThanOrEqual(8_192);
});
