import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { channelsOf } from '../purchase/buyer-channels';
import { type Purchase } from '../purchase/purchase';
import { referenceOf } from '../purchase/reference';
import { systemClock } from '../shared/clock';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { correlate, logger } from '../shared/logger';
import { measure } from '../shared/measure';
import { parse } from '../shared/validation';
import { type Channel, type Confirmation, confirmationSchema } from './confirmation';
import { DeliveryLog } from './delivery-log';

export interface ChannelConsumer<Dependencies> {
  readonly channel: Channel;
  /** Makes the clients; called once a container. */
  readonly connect: () => Dependencies;
  /** Tells a buyer who wants to be told here. It may be called again when it throws, or dies before its delivery was noted. */
  readonly deliver: (
    purchase: Purchase,
    confirmation: Confirmation,
    dependencies: Dependencies,
  ) => Promise<void>;
}

/**
 * The kernel of the channel consumers: each message of the batch is delivered once, and fails alone. A message that
 * keeps failing ends in the queue's dead-letter queue.
 */
export function consume<Dependencies>({ channel, connect, deliver }: ChannelConsumer<Dependencies>) {
  let connected: { dependencies: Dependencies; log: DeliveryLog } | undefined;

  return async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    correlate(context, { channel });
    connected ??= {
      dependencies: connect(),
      log: new DeliveryLog(documentClient(), requireEnvironment(ENVIRONMENT.purchaseTable), systemClock),
    };
    const { dependencies, log } = connected;

    const delivered: string[] = [];
    // The messages of one purchase take turns, so that a second one finds what the first has done, whatever the clock says.
    const turns = new Map<string, Promise<void>>();
    const outcomes = await Promise.all(event.Records.map((record) => attempt(record)));
    const batchItemFailures = outcomes.filter((outcome) => outcome !== undefined);
    // One line a batch instead of one a delivery, so it names the purchases.
    measure(
      { NotificationsDelivered: delivered.length, NotificationsFailed: batchItemFailures.length },
      { channel },
      { references: delivered },
    );
    return { batchItemFailures };

    async function attempt({ messageId, body }: SQSRecord) {
      let reference: string | undefined;
      try {
        const confirmation = parse(confirmationSchema, JSON.parse(body));
        const { purchaseId } = confirmation;
        reference = referenceOf(purchaseId);
        const turn = (turns.get(purchaseId) ?? Promise.resolve()).then(() => tell(confirmation, messageId));
        turns.set(
          purchaseId,
          turn.catch(() => undefined),
        );
        await turn;
        return undefined;
      } catch (error) {
        logger.error('Not delivered', { reference, messageId, errorName: (error as Error).name });
        return { itemIdentifier: messageId };
      }
    }

    async function tell(confirmation: Confirmation, messageId: string): Promise<void> {
      const { purchaseId } = confirmation;
      const reference = referenceOf(purchaseId);
      const purchase = await log.begin(purchaseId, channel);
      if (!purchase) return logger.info('Delivered before', { reference, messageId });
      if (isWanted(purchase)) await deliver(purchase, confirmation, dependencies);
      await log.finish(purchaseId, channel);
      delivered.push(reference);
    }
  };

  /** Recovery tells every channel, because it knows the purchase by its id alone: the buyer's choice counts here. */
  function isWanted({ buyer }: Purchase): boolean {
    return channel === 'analytics' || (buyer !== undefined && channelsOf(buyer).includes(channel));
  }
}
