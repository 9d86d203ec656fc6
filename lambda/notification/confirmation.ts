import * as z from 'zod/mini';
import { type EventMessageKind } from '../event/event-message-times';
import { type Channel, CHANNEL_NAMES } from '../purchase/channels';
import { MARKETING_CHANNELS } from '../purchase/marketing-consent';
import { purchaseIdSchema } from '../purchase/purchase';

/** `PublicFacts`, as they are on the way. */
const factsSchema = z.object({
  ...{ name: z.string(), venue: z.string(), startsAt: z.string(), timeZone: z.string() },
  ...{ doorsOpenAt: z.optional(z.string()), endsAt: z.optional(z.string()) },
});

/** The messages to the channels' queues: the id, no personal data. Each channel reads the rest itself. */
export const messageSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('PurchaseConfirmed'),
    purchaseId: purchaseIdSchema,
    /** Where the buyer gets the ticket. */
    ticketUrl: z.url(),
  }),
  z.object({
    type: z.literal('PurchaseCancelled'),
    purchaseId: purchaseIdSchema,
    /** What the organiser says about it, where the whole event is cancelled. */
    words: z.optional(z.string()),
  }),
  z.object({
    type: z.literal('EventChanged'),
    purchaseId: purchaseIdSchema,
    ticketUrl: z.url(),
    /** Of the event. */
    revision: z.int().check(z.minimum(1)),
    /** What the buyer knew. */
    before: factsSchema,
    now: factsSchema,
  }),
  z.object({
    type: z.literal('EventReminder'),
    purchaseId: purchaseIdSchema,
    ticketUrl: z.url(),
    event: factsSchema,
  }),
  z.object({
    type: z.literal('EventThanks'),
    purchaseId: purchaseIdSchema,
    event: factsSchema,
    /** What the link begins with by which the buyer gets no more of it. */
    unsubscriptionsUrl: z.url(),
  }),
  z.object({
    type: z.literal('TicketsAgain'),
    purchaseId: purchaseIdSchema,
    ticketUrl: z.url(),
    /** Which time they are sent again. */
    sending: z.int().check(z.minimum(1)),
  }),
]);
export type Message = z.output<typeof messageSchema>;
export type Confirmation = Extract<Message, { type: 'PurchaseConfirmed' }>;
export type EventChange = Extract<Message, { type: 'EventChanged' }>;
export type TicketsAgain = Extract<Message, { type: 'TicketsAgain' }>;
export type EventReminder = Extract<Message, { type: 'EventReminder' }>;

export type EventThanks = Extract<Message, { type: 'EventThanks' }>;

/** The kinds of messages that are sent because the time of an event has come. */
export const EVENT_MESSAGE_KIND = {
  EventReminder: 'reminder',
  EventThanks: 'thanks',
} as const satisfies Record<(EventReminder | EventThanks)['type'], EventMessageKind>;

/** Whether it needs the buyer's consent. */
export const isMarketing = ({ type }: Pick<Message, 'type'>) => type === 'EventThanks';

/** The channels of a message: marketing goes by that alone which was agreed to. */
export function channelsFor(message: Pick<Message, 'type'>): readonly Channel[] {
  return isMarketing(message) ? MARKETING_CHANNELS : CHANNEL_NAMES;
}

/** Where the buyer of a purchase gets the ticket. @param apiUrl without a trailing slash */
export function ticketUrlOf(purchaseId: string, apiUrl: string): string {
  return `${apiUrl}/purchases/${purchaseId}/ticket`;
}

/** What the links begin with by which buyers get no more marketing. @param apiUrl without a trailing slash */
export function unsubscriptionsUrlOf(apiUrl: string): string {
  return `${apiUrl}/unsubscriptions`;
}

/** The message attribute by which a subscription takes its channel's messages. */
export const CHANNELS_ATTRIBUTE = 'channels';

/** The message attribute of what is told beside a sale, with its type: operators, who are told of sales, do not get it. */
export const BESIDE_SALE_ATTRIBUTE = 'besideSale';
