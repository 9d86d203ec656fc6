import { type Purchase } from '../purchase/purchase';
import { purchaseHash, referenceOf } from '../shared/reference';

/**
 * The columns of the table `sales` as Athena types them: a row a seat sold, and nothing of who bought it. The table
 * (`lib/data/sales-catalog.ts`) and the rows are made from this one list.
 */
export const SALE_COLUMNS = {
  /** Of the purchase. Its id would let people who analyse sales open it. */
  reference: 'string',
  event_id: 'string',
  seat_id: 'string',
  section: 'string',
  tier: 'string',
  /** Minor currency units. */
  price: 'bigint',
  /** ISO 4217. */
  currency: 'string',
  /** ISO 8601, UTC: `from_iso8601_timestamp(sold_at)`. */
  sold_at: 'string',
} as const;

/** Columns of rows from before, which later ones leave empty. Purchases had no reference, and their rows the id. */
export const FORMER_COLUMNS = { purchase_id: 'string' } as const;

type Row = { readonly [Column in keyof typeof SALE_COLUMNS]: string | number | undefined };

export const SALES_FOLDER = 'sales';

/** The column that is not in the rows but in their key: `day=2027-03-20`, UTC. */
export const SALES_PARTITION = 'day';

/**
 * The sale as an object of the bucket: a JSON line a seat, under the day of the sale. Derived from the purchase, so a
 * sale recorded twice is the same object, and counted once.
 */
export function saleObject({ purchaseId, eventId, seats, currency, createdAt }: Purchase) {
  const soldAt = new Date(createdAt * 1000).toISOString();
  const rows = seats.map(({ seatId, section, tier, price }): Row => ({
    ...{ reference: referenceOf(purchaseId), event_id: eventId, seat_id: seatId },
    ...{ section, tier, price, currency, sold_at: soldAt },
  }));
  return {
    key: `${SALES_FOLDER}/${SALES_PARTITION}=${soldAt.slice(0, 10)}/${purchaseHash(purchaseId)}.json`,
    body: rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
  };
}
