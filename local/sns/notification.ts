import { type MessageAttributes } from '../sqs/message';
import { invalidParameter, type PublishInput } from './query-protocol';

/** A message that was published to a topic. */
export interface Notification extends PublishInput {
  readonly messageId: string;
  readonly topicArn: string;
  /** ISO 8601, by the local clock. */
  readonly timestamp: string;
}

export type NotificationAttributes = Readonly<
  Record<string, { readonly Type: string; readonly Value: string }>
>;

/**
 * The JSON document that wraps a message where delivery is not raw. It lacks the signature fields: they are SNS's
 * to sign, and no receiver behind a queue or a function checks them.
 */
export function envelope(notification: Notification, message: string): object {
  return {
    Type: 'Notification',
    MessageId: notification.messageId,
    TopicArn: notification.topicArn,
    ...(notification.subject && { Subject: notification.subject }),
    Message: message,
    Timestamp: notification.timestamp,
    ...(Object.keys(notification.attributes).length > 0 && {
      MessageAttributes: envelopeAttributes(notification.attributes),
    }),
  };
}

/** The event of a function that a topic invokes. Unlike the envelope, it has a null subject and no attributes as `{}`. */
export function lambdaEvent(notification: Notification, message: string, subscriptionArn: string): object {
  return {
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: subscriptionArn,
        Sns: {
          ...envelope(notification, message),
          Subject: notification.subject ?? null,
          MessageAttributes: envelopeAttributes(notification.attributes),
        },
      },
    ],
  };
}

/** The text for a protocol: the message itself or, where it is a JSON structure, the protocol's or the default text. */
export function messageFor(protocol: string, { message, messageStructure }: PublishInput): string {
  if (messageStructure === undefined) return message;
  const texts = messageStructure === 'json' ? parseTexts(message) : undefined;
  if (!texts) throw invalidParameter('Message Structure - JSON message body failed to parse');
  const byDefault = texts.default;
  if (byDefault === undefined)
    throw invalidParameter('Message Structure - No default entry in JSON message body');
  return texts[protocol] ?? byDefault;
}

function parseTexts(message: string): Partial<Record<string, string>> | undefined {
  try {
    const parsed = JSON.parse(message) as Record<string, unknown>;
    const texts = Object.entries(parsed).filter(([, text]) => typeof text === 'string');
    return Object.fromEntries(texts) as Record<string, string>;
  } catch {
    return undefined;
  }
}

function envelopeAttributes(attributes: MessageAttributes): NotificationAttributes {
  const entries = Object.entries(attributes);
  return Object.fromEntries(
    entries.map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      { Type: DataType, Value: StringValue ?? BinaryValue! },
    ]),
  );
}
