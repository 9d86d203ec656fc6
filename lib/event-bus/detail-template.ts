import { type EventDetail } from '../../lambda/domain-event/event-events';
import { type PurchaseDetail } from '../../lambda/domain-event/purchase-events';
import { OUTBOX } from '../../lambda/purchase/outbox';

/** What stands for a field of the detail: JSON with paths into the stream's record. */
type Template<Detail> = { readonly [Field in keyof Detail]-?: string };

/**
 * A path in quotation marks is put in as text, one without as a list ("Amazon EventBridge Pipes input transformation", read November
 * 2026). What becomes of a path that leads nowhere the page does not say: each of these is in every item that a pattern lets through.
 */
const attribute = (name: string, type: 'S' | 'N') => `<$.dynamodb.NewImage.${name}.${type}>`;
const text = (name: string) => `"${attribute(name, 'S')}"`;
/** Stays text: a stream has numbers as text, and Pipes does not convert them. */
const number = (name: string) => `"${attribute(name, 'N')}"`;
const ofSeats = (name: string, type: 'S' | 'N') => `<$.dynamodb.NewImage.seats.L[*].M.${name}.${type}>`;

/** A field of the detail that has no line here does not compile, nor does a line without a field. */
const PURCHASE: Template<PurchaseDetail> = {
  version: '1',
  id: `"${attribute('reference', 'S')}-${attribute(OUTBOX.sequence, 'N')}"`,
  sequence: number(OUTBOX.sequence),
  reference: text('reference'),
  eventId: text('eventId'),
  status: text('status'),
  about: text(OUTBOX.about),
  seatIds: ofSeats('seatId', 'S'),
  sections: ofSeats('section', 'S'),
  tiers: ofSeats('tier', 'S'),
  prices: ofSeats('price', 'N'),
  amount: number('amount'),
  currency: text('currency'),
  openedAt: number('createdAt'),
};

const EVENT: Template<EventDetail> = {
  version: '1',
  id: `"${attribute('eventId', 'S')}-${attribute('revision', 'N')}"`,
  sequence: number('revision'),
  reference: text('eventId'),
  eventId: text('eventId'),
  name: text('name'),
  venue: text('venue'),
  startsAt: text('startsAt'),
  timeZone: text('timeZone'),
  changedAt: number('changedAt'),
};

export const PURCHASE_TEMPLATE = templateOf(PURCHASE);
export const EVENT_TEMPLATE = templateOf(EVENT);

function templateOf(fields: Readonly<Record<string, string>>): string {
  return `{${Object.entries(fields)
    .map(([name, value]) => `"${name}":${value}`)
    .join(',')}}`;
}
