import * as z from 'zod/mini';
import { purchaseIdSchema } from '../purchase/purchase';

/** The message to the channels' queues: the id, no personal data. Each channel reads the rest itself. */
export const confirmationSchema = z.object({
  type: z.literal('PurchaseConfirmed'),
  purchaseId: purchaseIdSchema,
  /** Where the buyer gets the ticket. */
  ticketUrl: z.url(),
});
export type Confirmation = z.output<typeof confirmationSchema>;

/** The message attribute by which a subscription takes its channel's messages. */
export const CHANNELS_ATTRIBUTE = 'channels';
