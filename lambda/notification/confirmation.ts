import * as z from 'zod/mini';
import { purchaseIdSchema } from '../purchase/purchase';

export const channelSchema = z.enum(['email', 'sms', 'push', 'analytics']);
export type Channel = z.output<typeof channelSchema>;

/** The message on the topic `ticket-confirmations`: ids, no personal data. Each channel reads the rest itself. */
export const confirmationSchema = z.object({
  type: z.literal('PurchaseConfirmed'),
  purchaseId: purchaseIdSchema,
  eventId: z.string(),
  /** Where the buyer gets the ticket. */
  ticketUrl: z.url(),
});
export type Confirmation = z.output<typeof confirmationSchema>;

/** The message attribute by which a subscription takes its channel's messages. */
export const CHANNELS_ATTRIBUTE = 'channels';
