import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { isLate } from '../event/event-message-times';
import { channelsToTell } from '../purchase/buyer-channels';
import { type Channel, DELIVERY_SECONDS, MAX_RECEIVES } from '../purchase/channels';
import { type Purchase } from '../purchase/purchase';
import { connected } from '../shared/connected';
import { referenceOf } from '../shared/reference';
import { systemClock } from '../shared/clock';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { correlate, logger } from '../shared/logger';
import { measure } from '../shared/measure';
import { parse } from '../shared/validation';
import { channelsFor, EVENT_MESSAGE_KIND, isMarketing, type Message, messageSchema } from './confirmation';
import { aboutOf } from './delivery';
import { type Attempt, DeliveryLog } from './delivery-log';
import { reportGivenUp } from './report-given-up';
import { hasTimeToSend, SendingUnknown } from './send-once';

/** Too little of the function's time is left for an attempt: cut off, it would count as one that may have reached the buyer. */
export class NoTimeLeft extends Error {
  override readonly name = 'NoTimeLeft';
}

/** Milliseconds after the function's start until which an attempt may begin: the time left is enough for the longest. */
export const BEGINS_WITHIN = 2_000;

export interface ChannelConsumer<Dependencies> {
  readonly channel: Channel;
  /** Makes the clients; called once a container. */
  readonly connect: () => Dependencies;
  /**
   * Tells a buyer who wants to be told here. It may be called again when it throws, or dies before its delivery was noted;
   * once at most after `SendingUnknown` or a death.
   */
  readonly deliver: (
    purchase: Purchase,
    message: Message,
    dependencies: Dependencies,
    hasTime: () => boolean,
  ) => Promise<void>;
}

interface Received {
  readonly messageId: string;
  /** The queue gives it to its dead-letter queue if it fails now. */
  readonly isLastReceive: boolean;
}

/**
 * The kernel of the channel consumers: each message of the batch is delivered once, and fails alone. A message that
 * keeps failing ends in the queue's dead-letter queue.
 */
export function consume<Dependencies>({ channel, connect, deliver }: ChannelConsumer<Dependencies>) {
  const services = connected(() => ({
    dependencies: connect(),
    log: new DeliveryLog(documentClient(), requireEnvironment(ENVIRONMENT.purchaseTable), systemClock),
  }));

  return async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    correlate(context, { channel });
    const { dependencies, log } = services();

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

    async function attempt({ messageId, body, attributes }: SQSRecord) {
      let reference: string | undefined;
      try {
        const message = parse(messageSchema, JSON.parse(body));
        const { purchaseId } = message;
        reference = referenceOf(purchaseId);
        const isLastReceive = Number(attributes.ApproximateReceiveCount) >= MAX_RECEIVES;
        const turn = (turns.get(purchaseId) ?? Promise.resolve()).then(() =>
          tell(message, { messageId, isLastReceive }),
        );
        turns.set(
          purchaseId,
          turn.catch(() => undefined),
        );
        await turn;
        return undefined;
      } catch (error) {
        const { name: errorName, cause } = error as Error;
        const causeName = cause instanceof Error ? cause.name : undefined;
        logger.error('Not delivered', { reference, messageId, errorName, causeName });
        return { itemIdentifier: messageId };
      }
    }

    async function tell(message: Message, { messageId, isLastReceive }: Received): Promise<void> {
      const { purchaseId } = message;
      const reference = referenceOf(purchaseId);
      if (context.getRemainingTimeInMillis() < DELIVERY_SECONDS * 1_000 - BEGINS_WITHIN)
        throw new NoTimeLeft();
      const attempt: Attempt = {
        channel,
        about: aboutOf(message),
        by: `${context.awsRequestId}/${messageId}`,
      };
      const begun = await log.begin(purchaseId, attempt);
      if (begun === 'TOLD') return logger.info('Delivered before', { reference, messageId });
      if (begun === 'CANCELLED') return logger.info('Cancelled meanwhile', { reference, messageId });
      if (begun === 'OVERTAKEN') return logger.info('Changed again meanwhile', { reference, messageId });
      if (begun === 'GIVEN_UP') return reportGivenUp(channel, { reference, messageId });
      const { purchase, isLast } = begun;
      try {
        if (isWanted(purchase, message) && !hasWaited(message))
          await deliver(purchase, message, dependencies, () => hasTimeToSend(context));
      } catch (error) {
        if (!(error instanceof SendingUnknown)) {
          // If that fails, too, the attempt counts as one that may have been made.
          await log.withdraw(purchaseId, attempt).catch(() => undefined);
          if (isLastReceive) await log.leaveToPeople(purchaseId, attempt);
          throw error;
        }
        // The lease stays: there is no hurry to send what may have been sent.
        if (!isLast) throw error;
        await log.giveUp(purchaseId, attempt);
        return reportGivenUp(channel, { reference, messageId });
      }
      await log.finish(purchaseId, attempt);
      delivered.push(reference);
    }
  };

  /** What has waited, as in a dead-letter queue, until nobody wants to hear it any more. */
  function hasWaited(message: Message): boolean {
    return (
      'event' in message && isLate(EVENT_MESSAGE_KIND[message.type], message.event, systemClock.nowSeconds())
    );
  }

  /** Recovery tells every channel, because it knows the purchase by its id alone: the buyer's choice counts here. */
  function isWanted({ buyer, marketingConsent }: Purchase, message: Message): boolean {
    if (isMarketing(message)) {
      // Whose data are erased has no address any more; the proof of consent may stay.
      return buyer !== undefined && marketingConsent !== undefined && channelsFor(message).includes(channel);
    }
    // Somebody has asked for it: also of a buyer who chose other channels.
    if (message.type === 'TicketsAgain') return channel === 'email' && buyer !== undefined;
    return channelsToTell(buyer).includes(channel);
  }
}
