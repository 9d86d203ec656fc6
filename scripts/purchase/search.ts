import { type DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { EventRepository } from '../../lambda/event/event-repository';
import { findSeat } from '../../lambda/event/event-layout';
import { type Purchase } from '../../lambda/purchase/purchase';
import { purchaseOf } from '../../lambda/purchase/purchase-item';
import { type PurchaseRepository } from '../../lambda/purchase/purchase-repository';
import { SeatRepository } from '../../lambda/seat/seat-repository';
import { isSameAddress } from '../../lambda/shared/address-hash';

/** What a purchase is looked for by, if not by its reference. */
export type Wanted =
  | { readonly email: string }
  | { readonly payment: string }
  | { readonly seat: string; readonly event: string };

interface Tables {
  readonly client: DynamoDBDocumentClient;
  readonly purchases: PurchaseRepository;
  readonly purchaseTable: string;
  readonly seatTable: () => Promise<string>;
}

/**
 * Goes through the whole table for an address or a payment: half a read unit for 8 KB, some two cents a million purchases. So it finds also
 * what a version without the index has sold, and needs no key. A seat is two reads.
 */
export async function search(wanted: Wanted, tables: Tables): Promise<Purchase[]> {
  if ('seat' in wanted) return ownerOf(wanted, tables);
  const { client, purchaseTable: TableName } = tables;
  const isWanted =
    'email' in wanted
      ? ({ buyer }: Purchase) => buyer !== undefined && isSameAddress(buyer.email, wanted.email)
      : ({ paymentIntentId }: Purchase) => paymentIntentId === wanted.payment;
  const found: Purchase[] = [];
  // The table has items that are no purchases; those have no status.
  const pages = paginateScan(
    { client },
    {
      TableName,
      FilterExpression: 'attribute_exists(#status)',
      ExpressionAttributeNames: { '#status': 'status' },
    },
  );
  for await (const { Items = [] } of pages) found.push(...Items.map(purchaseOf).filter(isWanted));
  return found.toSorted((one, other) => one.createdAt - other.createdAt);
}

/** @throws Error when there is no such event, or it has no such seat */
async function ownerOf(
  { seat: seatId, event: eventId }: { readonly seat: string; readonly event: string },
  { client, purchases, seatTable }: Tables,
): Promise<Purchase[]> {
  const table = await seatTable();
  const layout = await new EventRepository(client, table).findLayout(eventId);
  if (!layout) throw new Error(`There is no event ${eventId}`);
  const seat = findSeat(layout, seatId);
  if (!seat) throw new Error(`The event ${eventId} has no seat ${seatId}`);
  const owner = await new SeatRepository(client, table).ownerOf(eventId, seat);
  const purchase = owner === undefined ? undefined : await purchases.find(owner);
  return purchase ? [purchase] : [];
}
