import { invalidParameter } from './message';
import { type Queue } from './queue';

/** Attributes of a queue as GetQueueAttributes answers them: all values are strings, times in seconds. */
export function queueAttributes(queue: Queue, names: readonly string[]): Record<string, string> {
  const { attributes, createdAt } = queue;
  const { visible, inFlight, delayed } = queue.counts();
  const created = Math.floor(createdAt / 1000);
  const all: Record<string, string | undefined> = {
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: String(created),
    LastModifiedTimestamp: String(created),
    VisibilityTimeout: String(attributes.visibilityTimeout),
    DelaySeconds: String(attributes.delaySeconds),
    ReceiveMessageWaitTimeSeconds: String(attributes.receiveMessageWaitTimeSeconds),
    MessageRetentionPeriod: String(attributes.messageRetentionPeriod),
    MaximumMessageSize: String(attributes.maximumMessageSize),
    RedrivePolicy: attributes.redrivePolicy && JSON.stringify(attributes.redrivePolicy),
  };
  const unknown = names.find((name) => name !== 'All' && !(name in all));
  if (unknown) throw invalidParameter(`Unknown Attribute ${unknown}.`);
  const entries = Object.entries(all).filter(([name]) => names.includes('All') || names.includes(name));
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
