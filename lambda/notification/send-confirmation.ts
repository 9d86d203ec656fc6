import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import * as z from 'zod/mini';
import { CHECKOUT } from '../checkout/outcomes';
import { CHANNEL_NAMES } from '../purchase/channels';
import { purchaseIdSchema } from '../purchase/purchase';
import { referenceOf } from '../shared/reference';
import { reservationSchema } from '../seat/reservation';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { step } from '../shared/step';
import { REQUEST_TIMEOUTS } from '../shared/request-timeouts';
import { CHANNELS_ATTRIBUTE, type Confirmation } from './confirmation';

const inputSchema = z.object({
  purchaseId: purchaseIdSchema,
  /** Absent in recovery, which knows the purchase's id alone: then all, and each channel sees whether the buyer wants it. */
  channels: z.optional(reservationSchema.shape.channels),
});

const outputSchema = z.object({ channels: reservationSchema.shape.channels });

interface Dependencies {
  readonly client: SNSClient;
  readonly topicArn: string;
  /** Base URL of the public API, without a trailing slash. */
  readonly apiUrl: string;
}

/**
 * Tells the channels that the purchase is confirmed: one message, and each channel's subscription takes it or not.
 * Sent twice, it is delivered once: the channels deduplicate.
 *
 * Only the channels' queues get the id. Other subscribers, such as operators by e-mail, get a text with the reference.
 */
export async function sendConfirmation(
  { purchaseId, channels = CHANNEL_NAMES }: z.output<typeof inputSchema>,
  { client, topicArn, apiUrl }: Dependencies,
): Promise<z.output<typeof outputSchema>> {
  const ticketUrl = `${apiUrl}/purchases/${purchaseId}/ticket`;
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
      MessageAttributes: {
        [CHANNELS_ATTRIBUTE]: { DataType: 'String.Array', StringValue: JSON.stringify(channels) },
      },
    }),
  );
  return { channels };
}

export const handler = step(CHECKOUT, 'SendConfirmation', {
  input: inputSchema,
  output: outputSchema,
  connect: (): Dependencies => ({
    client: new SNSClient(REQUEST_TIMEOUTS),
    topicArn: requireEnvironment(ENVIRONMENT.confirmationTopic),
    apiUrl: requireEnvironment(ENVIRONMENT.apiUrl),
  }),
  run: sendConfirmation,
});
