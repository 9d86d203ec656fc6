import * as z from 'zod/mini';
import { purchaseIdSchema } from '../purchase/purchase';

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
]);
export type Message = z.output<typeof messageSchema>;
export type Confirmation = Extract<Message, { type: 'PurchaseConfirmed' }>;

/** The message attribute by which a subscription takes its channel's messages. */
export const CHANNELS_ATTRIBUTE = 'channels';
