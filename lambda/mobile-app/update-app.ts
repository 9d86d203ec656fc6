import {
  EndpointDisabledException,
  InvalidParameterException,
  PublishCommand,
  SNSClient,
} from '@aws-sdk/client-sns';
import { consumeEvents, type ConsumedEvent } from '../domain-event/consumed-event';
import { EVENT_EVENTS } from '../domain-event/event-events';
import { HandledEvents } from '../domain-event/handled-events';
import { channelsToTell } from '../purchase/buyer-channels';
import { PurchaseRepository } from '../purchase/purchase-repository';
import { systemClock } from '../shared/clock';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { logger } from '../shared/logger';
import { REQUEST_TIMEOUTS } from '../shared/request-timeouts';

interface Dependencies {
  readonly purchases: Pick<PurchaseRepository, 'findByReference'>;
  readonly handled: Pick<HandledEvents, 'begin' | 'end'>;
  /** To a device, or to a topic of devices. */
  readonly push: (to: string, event: ConsumedEvent) => Promise<void>;
  /** Every installation of the app is subscribed to it. */
  readonly topicArn: string;
}

/**
 * Tells the app that something has changed, so that it shows tickets and events as they are: what became of a purchase, its buyer's
 * device; what became of an event, every device. In silence: what a buyer is to read, the channels say (`lambda/notification`).
 *
 * An app that hears twice, or of something older, only asks once more than it needs; but it is a device's battery.
 */
export async function updateApp(
  event: ConsumedEvent,
  { purchases, handled, push, topicArn }: Dependencies,
): Promise<void> {
  const { reference } = event;
  const devices = event.type in EVENT_EVENTS ? [topicArn] : await devicesOf(reference);
  // Most buyers have no app: nothing is kept of their events.
  if (devices.length === 0) return;
  if (!(await handled.begin(event))) return logger.info('Known, or older than what is known', { reference });
  for (const device of devices) await push(device, event);
  await handled.end(event);

  /** Two purchases of a million have the same reference once in 2,000 times: then both are asked to look. */
  async function devicesOf(purchase: string): Promise<string[]> {
    const found = await purchases.findByReference(purchase);
    return found.flatMap(({ buyer }) =>
      buyer?.pushEndpoint !== undefined && channelsToTell(buyer).includes('push') ? [buyer.pushEndpoint] : [],
    );
  }
}

/**
 * Whether there is no such device any more: the app was removed from it, or the buyer's address never was one ("Common Amazon SNS
 * mobile push API errors" and "Publish", read November 2026). A device that does not hear is no fault to call people for.
 */
function isGone(error: unknown): boolean {
  if (error instanceof EndpointDisabledException) return true;
  return error instanceof InvalidParameterException && /\bTargetArn\b/.test(error.message);
}

/**
 * What the platforms send: data, and no words to show ("Publishing Amazon SNS notifications with platform-specific payloads", read
 * November 2026). Values are text, as FCM wants them.
 */
export function payloadOf({ type, reference, eventId, sequence }: ConsumedEvent): string {
  const data = { type, reference, eventId, sequence: String(sequence) };
  const apple = JSON.stringify({ aps: { 'content-available': 1 }, ...data });
  return JSON.stringify({
    // Must be there, and is for what is neither.
    default: JSON.stringify(data),
    GCM: JSON.stringify({ fcmV1Message: { message: { data } } }),
    ...{ APNS: apple, APNS_SANDBOX: apple },
  });
}

/** Apple's terms for what runs in the background ("Amazon SNS message attributes", reserved for mobile push, read November 2026). */
const IN_BACKGROUND = {
  'AWS.SNS.MOBILE.APNS.PUSH_TYPE': { DataType: 'String', StringValue: 'background' },
  'AWS.SNS.MOBILE.APNS.PRIORITY': { DataType: 'String', StringValue: '5' },
};

export const handler = consumeEvents({
  connect: (): Dependencies => {
    const database = documentClient();
    const tableName = requireEnvironment(ENVIRONMENT.purchaseTable);
    const sns = new SNSClient(REQUEST_TIMEOUTS);
    return {
      purchases: new PurchaseRepository(database, tableName),
      handled: new HandledEvents(database, tableName, 'app', systemClock),
      topicArn: requireEnvironment(ENVIRONMENT.appTopic),
      async push(to, event) {
        try {
          await sns.send(
            new PublishCommand({
              ...{ TargetArn: to, Message: payloadOf(event), MessageStructure: 'json' },
              MessageAttributes: IN_BACKGROUND,
            }),
          );
        } catch (error) {
          if (!isGone(error)) throw error;
          logger.info('The device takes no more', { reference: event.reference });
        }
      },
    };
  },
  handle: updateApp,
});
