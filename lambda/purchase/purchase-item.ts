import { type Fields, itemOf, listOf, number, oneOf, optional, record, text } from '../shared/item';
import { type Cancellation, type CancellationReason, type RefundStatus } from './cancellation';
import { type NotedDispute } from './dispute';
import { type MarketingConsent } from './marketing-consent';
import { type Purchase, type PurchaseStatus } from './purchase';

/** What an audit asks of a record. */
export type PurchaseOutline = Pick<
  Purchase,
  | ('purchaseId' | 'status' | 'paymentIntentId' | 'createdAt' | 'dueAt' | 'cancellation' | 'refunded')
  | ('eventRevision' | 'marketingConsent')
>;

/** What the index of what is due has of a record, and that of older versions. */
type DueEntry = Required<Pick<Purchase, 'purchaseId' | 'dueAt'>>;
type UnsettledEntry = Pick<Purchase, 'purchaseId' | 'createdAt'>;

const STATUSES: Readonly<Record<PurchaseStatus, true>> = {
  PENDING: true,
  AWAITING_AUTHENTICATION: true,
  PAID: true,
  CONFIRMED: true,
  COMPENSATING: true,
  FAILED: true,
  CANCELLING: true,
  CANCELLED: true,
};

const REASONS: Readonly<Record<CancellationReason, true>> = {
  BUYER_REQUEST: true,
  ORGANISER: true,
  DISPUTE: true,
  FRAUD: true,
  REFUNDED: true,
  EVENT_CANCELLED: true,
};

const REFUND_STATUSES: Readonly<Record<RefundStatus, true>> = {
  NONE: true,
  PENDING: true,
  SUCCEEDED: true,
  FAILED: true,
};

const CANCELLATION = {
  reason: oneOf(REASONS),
  refund: record({ amount: number, status: oneOf(REFUND_STATUSES) } satisfies Fields<Cancellation['refund']>),
  at: number,
} satisfies Fields<Cancellation>;

const DISPUTE = {
  ...{ id: text, status: text, reason: text, amount: number, currency: text },
  ...{ dueBy: optional(number), tellingSince: optional(number) },
} satisfies Fields<NotedDispute>;

const MARKETING_CONSENT = { wording: text, at: number } satisfies Fields<MarketingConsent>;

const FIELDS: Fields<Purchase> = {
  purchaseId: text,
  reference: optional(text),
  status: oneOf(STATUSES),
  executionId: text,
  fingerprint: text,
  eventId: text,
  eventRevision: optional(number),
  seats: listOf(record({ seatId: text, section: text, tier: optional(text), price: optional(number) })),
  amount: number,
  currency: text,
  buyer: optional(record({ name: text, email: text })),
  marketingConsent: optional(record(MARKETING_CONSENT)),
  emailHash: optional(text),
  paymentIntentId: optional(text),
  paymentAttempts: optional(number),
  failure: optional(record({ code: text, detail: text })),
  cancellation: optional(record(CANCELLATION)),
  admitted: optional(number),
  refunded: optional(number),
  dispute: optional(record(DISPUTE)),
  createdAt: number,
  authenticateBy: optional(number),
  unpaidKey: optional(text),
  dueAt: optional(number),
  sendings: optional(number),
  keptUntil: optional(number),
  expiresAt: optional(number),
};

/** The purchase of an item. @throws ItemNotReadable for what is none */
export const purchaseOf = (item: object): Purchase => itemOf('purchase', FIELDS, item);

const { purchaseId, status, paymentIntentId, createdAt, dueAt, cancellation, refunded, eventRevision } =
  FIELDS;
const { marketingConsent } = FIELDS;

export const outlineOf = (item: object): PurchaseOutline =>
  itemOf<PurchaseOutline>(
    'purchase',
    {
      ...{ purchaseId, status, paymentIntentId, createdAt, dueAt, cancellation, refunded, eventRevision },
      marketingConsent,
    },
    item,
  );

export const dueEntryOf = (item: object): DueEntry =>
  itemOf<DueEntry>('purchase', { purchaseId, dueAt: number }, item);

export const unsettledEntryOf = (item: object): UnsettledEntry =>
  itemOf<UnsettledEntry>('purchase', { purchaseId, createdAt }, item);

/**
 * What to `REMOVE` of a purchase for which nothing is left to be done: its places in the index of what is due, in the old one,
 * and among the unpaid.
 */
export const OFF_THE_LISTS = 'dueAt, dueShard, unsettledShard, unpaidKey';
