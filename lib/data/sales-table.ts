import { type PurchaseDetail } from '../../lambda/domain-event/purchase-events';

/** Where the sales are in their bucket. */
export const SALES_FOLDER = 'sales';

/** Where Firehose puts what it could not bring there: beside it, so that no query reads it. */
export const UNDELIVERED_FOLDER = 'undelivered';

/** The column that is not in the lines but in their key: `day=2027-03-20`, UTC. */
export const SALES_PARTITION = 'day';

/** A field of an event as Athena types it. Glue knows small letters alone, and the SerDe finds the field in any case. */
type ColumnType<Field> = Field extends readonly unknown[]
  ? 'array<string>'
  : Field extends number
    ? 'int'
    : 'string';

/**
 * The columns of the table `sales`: a line is the detail of a PurchaseConfirmed, and has nothing of who bought. Its lists are parallel:
 * a seat, its section, its tier, its price. Numbers are text, as they are in the event. A field without a column does not compile.
 */
export const SALE_COLUMNS = {
  version: 'int',
  id: 'string',
  sequence: 'string',
  /** Of the purchase. Its id would let people who analyse sales open it. */
  reference: 'string',
  eventid: 'string',
  status: 'string',
  about: 'string',
  seatids: 'array<string>',
  sections: 'array<string>',
  tiers: 'array<string>',
  /** Minor currency units. */
  prices: 'array<string>',
  amount: 'string',
  /** ISO 4217. */
  currency: 'string',
  /** Seconds since the epoch. */
  openedat: 'string',
} as const satisfies {
  [Field in keyof PurchaseDetail as Lowercase<Field>]-?: ColumnType<PurchaseDetail[Field]>;
};

/**
 * Columns of lines from before there were domain events: one a seat, with `reference` and `currency` as now. The oldest have no
 * reference, and the purchase's id. What is new leaves them empty.
 */
export const FORMER_COLUMNS = {
  event_id: 'string',
  seat_id: 'string',
  section: 'string',
  tier: 'string',
  price: 'bigint',
  /** ISO 8601, UTC. */
  sold_at: 'string',
  purchase_id: 'string',
} as const;
