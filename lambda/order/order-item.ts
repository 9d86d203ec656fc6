import { type Fields, itemOf, listOf, number, oneOf, optional, record, text } from '../shared/item';
import { type Order, type OrderedItem, type OrderStatus, type Stock } from './order';

const STATUSES: Readonly<Record<OrderStatus, true>> = {
  PENDING: true,
  AWAITING_AUTHENTICATION: true,
  CONFIRMED: true,
  COMPENSATING: true,
  FAILED: true,
  CANCELLED: true,
};

const STOCK: Readonly<Record<Stock, true>> = { RESERVED: true, SOLD: true, RESTORED: true };

const ITEM: Fields<OrderedItem> = {
  ...{ extraId: text, quantity: number },
  ...{ price: optional(number), name: optional(text) },
};

const FIELDS: Fields<Order> = {
  orderId: text,
  status: oneOf(STATUSES),
  fingerprint: text,
  eventId: text,
  items: listOf(record(ITEM)),
  buyer: record({ name: text, email: text } satisfies Fields<Order['buyer']>),
  emailHash: optional(text),
  purchaseId: optional(text),
  paymentMethod: optional(text),
  executionId: optional(text),
  amount: optional(number),
  currency: optional(text),
  stock: optional(oneOf(STOCK)),
  unpaidKey: optional(text),
  paymentIntentId: optional(text),
  paymentAttempts: optional(number),
  taskToken: optional(text),
  authenticateBy: optional(number),
  failure: optional(record({ code: text, detail: text })),
  dispute: optional(record({ id: text, status: text } satisfies Fields<NonNullable<Order['dispute']>>)),
  refunded: optional(number),
  revokedAt: optional(number),
  refundFailed: optional((value) => value === true),
  createdAt: number,
  dueAt: optional(number),
  keptUntil: optional(number),
  ...{ toldAt: optional(number), tellings: optional(number) },
  ...{ tellingUntil: optional(number), tellingBy: optional(text), tellingUnknownAt: optional(number) },
};

/** The order of an item. @throws ItemNotReadable for what is none */
export const orderOf = (item: object): Order => itemOf('order', FIELDS, item);

interface DueOrder {
  readonly pk: string;
  readonly dueAt: number;
}

/** What the index of what is due has of an order, beside its place there. */
export const dueOrderOf = (item: object): DueOrder =>
  itemOf<DueOrder>('order', { pk: text, dueAt: number }, item);
