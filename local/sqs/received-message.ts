import { md5OfAttributes, md5OfBody, type MessageAttributes } from './message';
import { type ReceivedMessage } from './queue';

/** AWS answers the unique id of the sending principal; locally there is one principal. */
const SENDER_ID = 'AIDALOCAL';

/** A message on the wire, with those attributes that the receiver asked for. */
export function receivedMessage(
  message: ReceivedMessage,
  systemNames: readonly string[],
  names: readonly string[],
): object {
  const attributes = selectAttributes(message.attributes, names);
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: md5OfBody(message.body),
    MD5OfMessageAttributes: md5OfAttributes(attributes),
    MessageAttributes: attributes,
    Attributes: selectSystemAttributes(systemAttributes(message), systemNames),
  };
}

/** `Attributes` of a message, in the API and in a Lambda event alike; all values are strings. */
export function systemAttributes(message: ReceivedMessage): Record<string, string> {
  return {
    SenderId: SENDER_ID,
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    ...(message.deadLetterSource && { DeadLetterQueueSourceArn: message.deadLetterSource }),
    ...(message.traceHeader && { AWSTraceHeader: message.traceHeader }),
  };
}

/** `All` and `.*` select every attribute, `order.*` those that start with `order.`. */
function selectAttributes(attributes: MessageAttributes, names: readonly string[]): MessageAttributes {
  const selected = (name: string) =>
    names.some((wanted) =>
      wanted === 'All'
        ? true
        : wanted.endsWith('.*')
          ? name.startsWith(wanted.slice(0, -2))
          : wanted === name,
    );
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => selected(name)));
}

function selectSystemAttributes(
  attributes: Record<string, string>,
  names: readonly string[],
): Record<string, string> {
  if (names.includes('All')) return attributes;
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => names.includes(name)));
}
