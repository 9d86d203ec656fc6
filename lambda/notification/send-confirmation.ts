import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import * as z from 'zod/mini';
import { CHECKOUT } from '../checkout/outcomes';
import { CHANNEL_NAMES } from '../purchase/channels';
import { purchaseIdSchema } from '../purchase/purchase';
import { connectPurchases } from '../purchase/connect-purchases';
import { type PurchaseRepository } from '../purchase/purchase-repository';
import { referenceOf } from '../shared/reference';
import { reservationSchema } from '../seat/reservation';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { step } from '../shared/step';
import { REQUEST_TIMEOUTS } from '../shared/request-timeouts';
import { CHANNELS_ATTRIBUTE, type Confirmation, ticketUrlOf } from './confirmation';

const inputSchema = z.object({
  purchaseId: purchaseIdSchema,
  /** Absent in recovery, which knows the purchase's id alone: then all, and each channel sees whether the buyer wants it. */
  channels: z.optional(reservationSchema.shape.channels),
});

const outputSchema = z.object({ channels: reservationSchema.shape.channels });

interface Dependencies {
  readonly client: SNSClient;
  readonly topicArn: string;
  readonly purchases: Pick<PurchaseRepository, 'noteConfirmationTold'>;
  /** Base URL of the public API, without a trailing slash. */
  readonly apiUrl: string;
}

/**
 * Tells the channels that the purchase is confirmed: one message, and each channel's subscription takes it or not.
 * Sent twice, it is delivered once: the channels deduplicate.
 *
 * The first channel that has told the buyer takes the purchase off the list of the unsettled. Where the buyer wants none, nobody
 * would: then it is done here, and the message is for operators.
 *
 * Only the channels' queues get the id. Other subscribers, such as operators by e-mail, get a text with the reference.
 */
export async function sendConfirmation(
  { purchaseId, channels = CHANNEL_NAMES }: z.output<typeof inputSchema>,
  { client, topicArn, apiUrl, purchases }: Dependencies,
): Promise<z.output<typeof outputSchema>> {
  const ticketUrl = ticketUrlOf(purchaseId, apiUrl);
  const message: Confirmation = { type: 'PurchaseConfirmed', purchaseId, ticketUrl };
  await client.send(
    new PublishCommand({
      TopicArn: topicArn,
      // A text for each protocol, and one for all others (Publish, SNS API reference, read November 2026).
      MessageStructure: 'json',
      Message: JSON.stringify({
        default: `Purchase ${referenceOf(purchaseId)} is confirmed.`,
        sqs: JSON.stringify(message),
      }),
      ...(channels.length > 0 && {
        MessageAttributes: {
          [CHANNELS_ATTRIBUTE]: { DataType: 'String.Array', StringValue: JSON.stringify(channels) },
        },
      }),
    }),
  );
  if (channels.length === 0) await purchases.noteConfirmationTold(purchaseId);
  return { channels };
}

export const handler = step(CHECKOUT, 'SendConfirmation', {
  input: inputSchema,
  output: outputSchema,
  connect: (): Dependencies => ({
    client: new SNSClient(REQUEST_TIMEOUTS),
    topicArn: requireEnvironment(ENVIRONMENT.confirmationTopic),
    purchases: connectPurchases(),
    apiUrl: requireEnvironment(ENVIRONMENT.apiUrl),
  }),
  run: sendConfirmation,
});
