import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import * as z from 'zod/mini';
import { purchaseIdSchema } from '../purchase/purchase';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { step } from '../shared/step';
import { REQUEST_TIMEOUTS } from '../shared/request-timeouts';
import { CHANNELS, CHANNELS_ATTRIBUTE, channelSchema, type Confirmation } from './confirmation';

const inputSchema = z.object({
  purchaseId: purchaseIdSchema,
  /** Absent in recovery, which knows the purchase's id alone: then all, and each channel sees whether the buyer wants it. */
  channels: z.optional(z.array(channelSchema).check(z.minLength(1))),
});

interface Dependencies {
  readonly client: SNSClient;
  readonly topicArn: string;
  /** Base URL of the public API, without a trailing slash. */
  readonly apiUrl: string;
}

/**
 * Tells the channels that the purchase is confirmed: one message, and each channel's subscription takes it or not.
 * Sent twice, it is delivered once: the channels deduplicate.
 */
export async function sendConfirmation(
  { purchaseId, channels = [...CHANNELS] }: z.output<typeof inputSchema>,
  { client, topicArn, apiUrl }: Dependencies,
): Promise<{ channels: readonly string[] }> {
  const ticketUrl = `${apiUrl}/purchases/${purchaseId}/ticket`;
  const message: Confirmation = { type: 'PurchaseConfirmed', purchaseId, ticketUrl };
  await client.send(
    new PublishCommand({
      TopicArn: topicArn,
      Message: JSON.stringify(message),
      MessageAttributes: {
        [CHANNELS_ATTRIBUTE]: { DataType: 'String.Array', StringValue: JSON.stringify(channels) },
      },
    }),
  );
  return { channels };
}

export const handler = step({
  name: 'SendConfirmation',
  input: inputSchema,
  connect: (): Dependencies => ({
    client: new SNSClient(REQUEST_TIMEOUTS),
    topicArn: requireEnvironment(ENVIRONMENT.confirmationTopic),
    apiUrl: requireEnvironment(ENVIRONMENT.apiUrl),
  }),
  run: sendConfirmation,
});
