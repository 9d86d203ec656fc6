import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import * as z from 'zod/mini';
import { CHANNELS_ATTRIBUTE, type Message } from '../notification/confirmation';
import { BUYER_CHANNELS } from '../purchase/channels';
import { purchaseIdSchema } from '../purchase/purchase';
import { PurchaseRepository } from '../purchase/purchase-repository';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { referenceOf } from '../shared/reference';
import { REQUEST_TIMEOUTS } from '../shared/request-timeouts';
import { step } from '../shared/step';
import { CANCELLATION } from './outcomes';

const inputSchema = z.object({ purchaseId: purchaseIdSchema });

interface Dependencies {
  readonly client: SNSClient;
  readonly topicArn: string;
  readonly purchases: PurchaseRepository;
}

/**
 * Tells the buyer's channels that the purchase is cancelled, each of which sees whether the buyer wants it. Then nothing is due
 * any more: what the channels still owe waits in their queues. Sent twice, it is delivered once.
 */
export async function sendCancellation(
  { purchaseId }: z.output<typeof inputSchema>,
  { client, topicArn, purchases }: Dependencies,
): Promise<Record<string, never>> {
  const message: Message = { type: 'PurchaseCancelled', purchaseId };
  await client.send(
    new PublishCommand({
      TopicArn: topicArn,
      MessageStructure: 'json',
      Message: JSON.stringify({
        default: `Purchase ${referenceOf(purchaseId)} is cancelled.`,
        sqs: JSON.stringify(message),
      }),
      MessageAttributes: {
        [CHANNELS_ATTRIBUTE]: { DataType: 'String.Array', StringValue: JSON.stringify(BUYER_CHANNELS) },
      },
    }),
  );
  await purchases.noteCancellationTold(purchaseId);
  return {};
}

export const handler = step(CANCELLATION, 'SendCancellation', {
  input: inputSchema,
  output: z.object({}),
  connect: (): Dependencies => ({
    client: new SNSClient(REQUEST_TIMEOUTS),
    topicArn: requireEnvironment(ENVIRONMENT.confirmationTopic),
    purchases: new PurchaseRepository(documentClient(), requireEnvironment(ENVIRONMENT.purchaseTable)),
  }),
  run: sendCancellation,
});
