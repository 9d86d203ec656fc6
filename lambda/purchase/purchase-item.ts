import { type Fields, itemOf, listOf, number, oneOf, optional, record, text } from '../shared/item';
import { type Purchase, type PurchaseStatus } from './purchase';

/** What an audit asks of a record. */
export type PurchaseOutline = Pick<Purchase, 'purchaseId' | 'status' | 'paymentIntentId'>;

/** What the index of the unsettled has of a record. */
export type UnsettledPurchase = Pick<Purchase, 'purchaseId' | 'createdAt'>;

const STATUSES: Readonly<Record<PurchaseStatus, true>> = {
  PENDING: true,
  PAID: true,
  CONFIRMED: true,
  COMPENSATING: true,
  FAILED: true,
};

const FIELDS: Fields<Purchase> = {
  purchaseId: text,
  reference: optional(text),
  status: oneOf(STATUSES),
  executionId: text,
  fingerprint: text,
  eventId: text,
  seats: listOf(record({ seatId: text, section: text, tier: optional(text), price: optional(number) })),
  amount: number,
  currency: text,
  buyer: optional(record({ name: text, email: text })),
  paymentIntentId: optional(text),
  paymentAttempts: optional(number),
  failure: optional(record({ code: text, detail: text })),
  createdAt: number,
};

/** The purchase of an item. @throws ItemNotReadable for what is none */
export const purchaseOf = (item: object): Purchase => itemOf('purchase', FIELDS, item);

const { purchaseId, status, paymentIntentId, createdAt } = FIELDS;

export const outlineOf = (item: object): PurchaseOutline =>
  itemOf<PurchaseOutline>('purchase', { purchaseId, status, paymentIntentId }, item);

export const unsettledOf = (item: object): UnsettledPurchase =>
  itemOf<UnsettledPurchase>('purchase', { purchaseId, createdAt }, item);
