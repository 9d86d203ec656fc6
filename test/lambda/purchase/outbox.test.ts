import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { OUTBOX } from '../../../lambda/purchase/outbox';
import { referenceOf } from '../../../lambda/shared/reference';
import { useTables } from '../../support/tables';
import { Checkout, type Order } from '../checkout';

const tables = useTables();
let checkout: Checkout;
beforeEach(async () => (checkout = await Checkout.open(tables)));

async function itemOf({ purchaseId }: Pick<Order, 'purchaseId'>): Promise<Record<string, unknown>> {
  const { Item = {} } = await tables.client.send(
    new GetCommand({ TableName: tables.purchaseTable, Key: { purchaseId }, ConsistentRead: true }),
  );
  return Item;
}

/** The event that the purchase's item holds, as `PurchaseConfirmed 1 NONE`. */
async function eventOf(order: Order): Promise<string | undefined> {
  const item = await itemOf(order);
  if (!(OUTBOX.event in item)) return undefined;
  return [OUTBOX.event, OUTBOX.sequence, OUTBOX.about].map((attribute) => String(item[attribute])).join(' ');
}

const admit = ({ purchaseId }: Order, seatId: string) =>
  checkout.purchases.admit(purchaseId, seatId, { gate: 'North 1', at: checkout.clock.nowSeconds() });

async function settleFailed(order: Order): Promise<void> {
  await checkout.claim(order, { code: 'PAYMENT_DECLINED', detail: 'The card was declined.' });
  await checkout.purchases.settleFailed(order.purchaseId);
}

test('a purchase on its way to its sale has made no event', async () => {
  expect(await eventOf(await checkout.pending(['A-1']))).toBeUndefined();
  expect(await eventOf(await checkout.paid(['A-2']))).toBeUndefined();
});

test('a sale, its admissions and its cancellation are numbered one after another', async () => {
  const order = await checkout.confirmed(['A-1', 'A-2']);
  const events = [await eventOf(order)];
  await admit(order, 'A-2');
  events.push(await eventOf(order));
  await admit(order, 'A-1');
  events.push(await eventOf(order));
  await checkout.claimCancellation(order, 'cancellation-1', {
    reason: 'EVENT_CANCELLED',
    refund: { amount: 24_000, status: 'PENDING' },
  });
  events.push(await eventOf(order));

  await checkout.purchases.settleCancelled(order.purchaseId);
  events.push(await eventOf(order));

  expect(events).toEqual([
    'PurchaseConfirmed 1 NONE',
    'TicketAdmitted 2 A-2',
    'TicketAdmitted 3 A-1',
    // To be claimed for a cancellation is no event.
    'TicketAdmitted 3 A-1',
    'PurchaseCancelled 4 EVENT_CANCELLED',
  ]);
});

test('what held seats and failed says why', async () => {
  const order = await checkout.paid(['A-1']);

  await settleFailed(order);

  expect(await eventOf(order)).toBe('PurchaseFailed 1 PAYMENT_DECLINED');
});

test('a write that comes twice makes one event', async () => {
  const order = await checkout.confirmed(['A-1']);
  const failed = await checkout.paid(['A-2']);

  await checkout.purchases.confirm(order.purchaseId, []);
  await admit(order, 'A-1');
  await admit(order, 'A-1');
  await settleFailed(failed);
  await checkout.purchases.settleFailed(failed.purchaseId);

  expect(await eventOf(order)).toBe('TicketAdmitted 2 A-1');
  expect(await eventOf(failed)).toBe('PurchaseFailed 1 PAYMENT_DECLINED');
});

test('of gates that let in at once, none takes the number of another', async () => {
  const seats = ['A-1', 'A-2', 'A-3', 'A-4'];
  const order = await checkout.confirmed(seats);

  await Promise.all(seats.map((seatId) => admit(order, seatId)));

  expect(await itemOf(order)).toMatchObject({ sequence: 5, admitted: 4 });
});

test('a sale of an older version begins at 1, and gets its reference', async () => {
  const order = await checkout.confirmed(['A-1']);
  await tables.client.send(
    new UpdateCommand({
      TableName: tables.purchaseTable,
      Key: { purchaseId: order.purchaseId },
      UpdateExpression: 'REMOVE #event, #about, #sequence, #reference',
      ExpressionAttributeNames: {
        ...{ '#event': OUTBOX.event, '#about': OUTBOX.about, '#sequence': OUTBOX.sequence },
        '#reference': 'reference',
      },
    }),
  );

  await admit(order, 'A-1');

  expect(await eventOf(order)).toBe('TicketAdmitted 1 A-1');
  expect(await itemOf(order)).toMatchObject({ reference: referenceOf(order.purchaseId) });
});
