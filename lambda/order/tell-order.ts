import { setTimeout as delay } from 'node:timers/promises';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { SendEmailCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { connectCancellations } from '../event/connect-cancellations';
import { type EventCancellations } from '../event/event-cancellations';
import { REFERENCE_TAG } from '../notification/mail-event';
import { purchasePageOf } from '../notification/purchase-page';
import { reportGivenUp } from '../notification/report-given-up';
import { hasTimeToSend, SENDING, SendingUnknown, sendOnce } from '../notification/send-once';
import { connected } from '../shared/connected';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { correlate, logger } from '../shared/logger';
import { OwnError } from '../shared/own-error';
import { referenceOf } from '../shared/reference';
import { parse } from '../shared/validation';
import { connectOrders } from './connect-orders';
import { type Order, orderIdSchema, type OrderStatus } from './order';
import { orderEmail } from './order-email';
import { type OrderRepository } from './order-repository';

/** The order has no end yet: whoever told of it was faster than the write beside it. */
class OrderStillRunning extends OwnError {
  override readonly name = 'OrderStillRunning';
}

const LOOK_AGAIN_MS = 500;

const ENDS: ReadonlySet<OrderStatus> = new Set<OrderStatus>(['CONFIRMED', 'FAILED', 'CANCELLED']);

type TellingWrites = 'beginTelling' | 'endTelling' | 'giveUpTelling' | 'withdrawTelling';

interface Dependencies {
  readonly orders: Pick<OrderRepository, 'find' | TellingWrites>;
  readonly eventCancellations: Pick<EventCancellations, 'find'>;
  readonly send: (order: Order, words?: string) => Promise<void>;
  /** Whether the function has the time to look once more, to send and to note it. */
  readonly hasTime: () => boolean;
}

/**
 * Tells a buyer what has become of an order. The message names the order alone and is believed in nothing else: the record says
 * whether it is confirmed, has failed or is cancelled, so it does not matter how often, or how early, one is told.
 *
 * SES has no idempotency key. An attempt counts itself first and two at most may have reached the buyer, as with the channels of a
 * purchase; one that was refused takes itself off. After two of which nobody knows, people are told.
 *
 * @param by identifies the attempt, as `beginTelling` wants it
 * @throws OrderStillRunning, TellingUnderWay; what SES refuses
 */
export async function tellOrder(
  orderId: string,
  by: string,
  { orders, eventCancellations, send, hasTime }: Dependencies,
): Promise<void> {
  const order = await findEnded(orderId, orders, hasTime);
  if (!order) return;
  // Its buyer is erased.
  if (order.buyer.email === '') return;
  const isRevoked = order.status === 'CANCELLED' && order.revokedAt !== undefined;
  const event = isRevoked ? await eventCancellations.find(order.eventId) : undefined;
  const begun = await orders.beginTelling(order, by);
  if (begun === 'NOT_DUE') return;
  if (begun === 'GIVEN_UP') return reportGivenUp('email', { reference: referenceOf(orderId) });
  try {
    await send(order, event?.message);
  } catch (error) {
    const isUnknown = error instanceof SendingUnknown;
    if (!isUnknown) await orders.withdrawTelling(order, by);
    if (!isUnknown || !begun.isLast) throw error;
    await orders.giveUpTelling(order);
    return reportGivenUp('email', { reference: referenceOf(orderId) });
  }
  await orders.endTelling(order);
}

/**
 * FulfillOrder tells and writes side by side, so the message may be here first. The write is a moment behind it, and a queue that got
 * the message back would keep it from everybody for minutes: the record is looked at again, while there is time.
 */
async function findEnded(
  orderId: string,
  orders: Pick<OrderRepository, 'find'>,
  hasTime: () => boolean,
): Promise<Order | undefined> {
  for (;;) {
    const order = await orders.find(orderId);
    if (!order || ENDS.has(order.status)) return order;
    if (!hasTime()) throw new OrderStillRunning('The order has no end yet');
    await delay(LOOK_AGAIN_MS);
  }
}

const dependencies = connected(connect);

/** Each message of the batch fails alone; one that keeps failing ends in the dead-letter queue. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  correlate(context, { step: 'TellOrder' });
  const services = dependencies();
  const failed = await Promise.all(event.Records.map((record) => attempt(record, context, services)));
  return { batchItemFailures: failed.filter((each) => each !== undefined) };
}

async function attempt({ messageId, body }: SQSRecord, context: Context, services: Services) {
  let reference: string | undefined;
  try {
    const orderId = parse(orderIdSchema, body);
    reference = referenceOf(orderId);
    const hasTime = () => hasTimeToSend(context);
    await tellOrder(orderId, `${context.awsRequestId}/${messageId}`, {
      ...services,
      hasTime,
      send: (order, words) => services.send(order, words, hasTime),
    });
    return undefined;
  } catch (error) {
    logger.error('Not told', { reference, messageId, errorName: (error as Error).name });
    return { itemIdentifier: messageId };
  }
}

interface Services extends Omit<Dependencies, 'send' | 'hasTime'> {
  readonly send: (order: Order, words: string | undefined, hasTime: () => boolean) => Promise<void>;
}

function connect(): Services {
  const client = new SESv2Client(SENDING);
  const database = documentClient();
  return {
    orders: connectOrders(database),
    eventCancellations: connectCancellations(database),
    async send(order, words, hasTime) {
      const { subject, text, html } = orderEmail(order, { words, page: pageOf(order) });
      await sendOnce(
        () =>
          client.send(
            new SendEmailCommand({
              FromEmailAddress: requireEnvironment(ENVIRONMENT.emailSender),
              ConfigurationSetName: requireEnvironment(ENVIRONMENT.configurationSet),
              EmailTags: [{ Name: REFERENCE_TAG, Value: referenceOf(order.orderId) }],
              Destination: { ToAddresses: [order.buyer.email] },
              Content: {
                Simple: {
                  Subject: { Data: subject, Charset: 'UTF-8' },
                  Body: { Text: { Data: text, Charset: 'UTF-8' }, Html: { Data: html, Charset: 'UTF-8' } },
                },
              },
            }),
          ),
        hasTime,
      );
    },
  };
}

/** Extras that go with no tickets have no page. */
function pageOf({ orderId, purchaseId }: Order): string | undefined {
  return purchaseId === undefined ? undefined : purchasePageOf(purchaseId, orderId);
}
