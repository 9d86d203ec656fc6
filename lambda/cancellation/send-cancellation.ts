import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import * as z from 'zod/mini';
import { connectCancellations } from '../event/connect-cancellations';
import { type EventCancellations } from '../event/event-cancellations';
import { CHANNELS_ATTRIBUTE, type Message } from '../notification/confirmation';
import { CHANNEL_NAMES } from '../purchase/channels';
import { purchaseIdSchema } from '../purchase/purchase';
import { connectPurchases } from '../purchase/connect-purchases';
import { type PurchaseRepository } from '../purchase/purchase-repository';
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
  readonly eventCancellations: EventCancellations;
}

/**
 * Tells the buyer's channels that the purchase is cancelled, with the organiser's words where the whole event is, each of which sees whether the buyer wants it. Then nothing is due
 * any more: what the channels still owe waits in their queues. Sent twice, it is delivered once.
 */
export async function sendCancellation(
  { purchaseId }: z.output<typeof inputSchema>,
  { client, topicArn, purchases, eventCancellations }: Dependencies,
): Promise<Record<string, never>> {
  const words = await organisersWords();
  const message: Message = { type: 'PurchaseCancelled', purchaseId, ...(words && { words }) };
  await client.send(
    new PublishCommand({
      TopicArn: topicArn,
      MessageStructure: 'json',
      Message: JSON.stringify({
        default: `Purchase ${referenceOf(purchaseId)} is cancelled.`,
        sqs: JSON.stringify(message),
      }),
      MessageAttributes: {
        [CHANNELS_ATTRIBUTE]: { DataType: 'String.Array', StringValue: JSON.stringify(CHANNEL_NAMES) },
      },
    }),
  );
  await purchases.noteCancellationTold(purchaseId);
  return {};

  async function organisersWords(): Promise<string | undefined> {
    const purchase = await purchases.find(purchaseId);
    if (purchase?.cancellation?.reason !== 'EVENT_CANCELLED') return undefined;
    return (await eventCancellations.find(purchase.eventId))?.message;
  }
}

export const handler = step(CANCELLATION, 'SendCancellation', {
  input: inputSchema,
  output: z.object({}),
  connect: (): Dependencies => {
    const database = documentClient();
    return {
      client: new SNSClient(REQUEST_TIMEOUTS),
      topicArn: requireEnvironment(ENVIRONMENT.confirmationTopic),
      purchases: connectPurchases(database),
      eventCancellations: connectCancellations(database),
    };
  },
  run: sendCancellation,
});
