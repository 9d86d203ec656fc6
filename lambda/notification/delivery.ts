import { type Channel } from '../purchase/channels';
import { type EventMessageKind } from '../event/event-message-times';
import { startOf } from '../event/event-times';
import { EVENT_MESSAGE_KIND, type Message } from './confirmation';
import { type Check, type Fields, itemOf, number, optional, text, variant } from '../shared/item';

/** What is noted of a delivery on its purchase; times in seconds since the epoch. */
export type Delivery =
  | { readonly state: 'SENDING'; readonly leaseUntil: number; readonly by?: string }
  | { readonly state: 'SENT'; readonly sentAt: number }
  /** Each attempt may have reached the buyer or not, and there will be no other. */
  | { readonly state: 'UNKNOWN'; readonly givenUpAt: number };

type Details = {
  readonly [State in Delivery['state']]: Fields<Omit<Extract<Delivery, { state: State }>, 'state'>>;
};

const DELIVERY = variant('state', {
  // Older items do not say whose attempt it is.
  SENDING: { leaseUntil: number, by: optional(text) },
  SENT: { sentAt: number },
  UNKNOWN: { givenUpAt: number },
} satisfies Details);

const PREFIX = 'delivery_';

/**
 * What the buyer is told of: each revision of an event, each start that there is a reminder or a thank-you for, and each time that the tickets
 * are sent again, is something to be told of by itself.
 *
 * @default PurchaseConfirmed
 */
export type About =
  | Exclude<Message['type'], 'EventChanged' | 'EventReminder' | 'EventThanks' | 'TicketsAgain'>
  | { readonly eventRevision: number }
  /** The start in seconds since the epoch. */
  | { readonly eventMessage: EventMessageKind; readonly startsAt: number }
  | { readonly sending: number };

export function aboutOf(message: Message): About {
  switch (message.type) {
    case 'EventChanged':
      return { eventRevision: message.revision };
    case 'EventReminder':
    case 'EventThanks':
      return { eventMessage: EVENT_MESSAGE_KIND[message.type], startsAt: startOf(message.event) };
    case 'TicketsAgain':
      return { sending: message.sending };
    default:
      return message.type;
  }
}

/** Whether it is about the sale itself. */
export const isOfSale = (about?: About) => typeof about !== 'object';

/** The revision that the buyer is told of; undefined when it is something else. */
export const revisionIn = (about?: About) =>
  typeof about === 'object' && 'eventRevision' in about ? about.eventRevision : undefined;

/** The attribute of the purchase with what is noted. */
export const deliveryOf = (channel: Channel, about?: About) => `${beforeOf(about)}${PREFIX}${channel}`;

/** The attribute of the purchase that counts the attempts that may have reached the buyer. */
export const attemptsOf = (channel: Channel, about?: About) => `${beforeOf(about)}attempts_${channel}`;

function beforeOf(about?: About): string {
  if (typeof about === 'object' && 'sending' in about) return `again_${about.sending}_`;
  if (typeof about === 'object')
    return 'eventRevision' in about
      ? `changed_${about.eventRevision}_`
      : `${about.eventMessage}_${about.startsAt}_`;
  return about === 'PurchaseCancelled' ? 'cancelled_' : '';
}

/** @throws ItemNotReadable, also where nothing is noted */
export function readDelivery(purchase: object, channel: Channel, about?: About): Delivery {
  return read(purchase, deliveryOf(channel, about), DELIVERY);
}

/** @throws ItemNotReadable, also where nothing is counted */
export function readAttempts(purchase: object, channel: Channel, about?: About): number {
  return read(purchase, attemptsOf(channel, about), number);
}

/**
 * Every delivery that is noted, by channel: also by one that only another version has.
 *
 * @throws ItemNotReadable
 */
export function readDeliveries(purchase: object): [channel: string, delivery: Delivery][] {
  return Object.keys(purchase)
    .filter((attribute) => attribute.startsWith(PREFIX))
    .map((attribute) => [attribute.slice(PREFIX.length), read(purchase, attribute, DELIVERY)]);
}

function read<Value>(purchase: object, attribute: string, check: Check): Value {
  return itemOf<Record<string, Value>>('purchase', { [attribute]: check }, purchase)[attribute]!;
}
