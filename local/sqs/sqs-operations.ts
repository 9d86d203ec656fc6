import { AwsError } from '../aws/aws-error';
import { LOCAL_ACCOUNT, UnsupportedLocally } from '../aws/aws-service';
import { type JsonOperation } from '../aws/json-protocol';
import {
  invalidParameter,
  md5OfAttributes,
  md5OfBody,
  type MessageAttributes,
  messageBytes,
} from './message';
import { queueAttributes } from './queue-description';
import { type Queue } from './queue';
import { type Queues } from './queues';
import { receivedMessage } from './received-message';

/** The members of all operations' inputs that are read here, by their names on the wire. */
interface SqsInput {
  readonly QueueUrl?: string;
  readonly QueueName?: string;
  readonly QueueNamePrefix?: string;
  readonly QueueOwnerAWSAccountId?: string;
  readonly AttributeNames?: readonly string[];
  readonly MessageSystemAttributeNames?: readonly string[];
  readonly MessageAttributeNames?: readonly string[];
  readonly MaxNumberOfMessages?: number;
  readonly WaitTimeSeconds?: number;
  readonly VisibilityTimeout?: number;
  readonly ReceiptHandle?: string;
  readonly Entries?: readonly BatchEntry[];
  readonly SourceArn?: string;
  readonly DestinationArn?: string;
  readonly MaxNumberOfMessagesPerSecond?: number;
  readonly NextToken?: string;
  readonly MaxResults?: number;
}

interface SendInput {
  readonly MessageBody?: string;
  readonly MessageAttributes?: MessageAttributes;
  readonly MessageSystemAttributes?: MessageAttributes;
  readonly DelaySeconds?: number;
  readonly MessageGroupId?: string;
  readonly MessageDeduplicationId?: string;
}

interface BatchEntry extends SendInput {
  readonly Id: string;
  readonly ReceiptHandle?: string;
  readonly VisibilityTimeout?: number;
}

/** By name: what each does with the queues. */
export const sqsOperations = (
  sqs: Queues,
): Readonly<Record<string, JsonOperation<SqsInput & SendInput>>> => ({
  SendMessage: (input) => send(queueOf(sqs, input), input),
  SendMessageBatch: (input) => sendBatch(sqs, input),
  ReceiveMessage: (input) => receive(sqs, input),
  DeleteMessage(input) {
    queueOf(sqs, input).delete(required(input, 'ReceiptHandle'));
    return {};
  },
  DeleteMessageBatch(input) {
    const queue = queueOf(sqs, input);
    return batch(input, (entry) => queue.delete(required(entry, 'ReceiptHandle')));
  },
  ChangeMessageVisibility(input) {
    changeVisibility(queueOf(sqs, input), input);
    return {};
  },
  ChangeMessageVisibilityBatch(input) {
    const queue = queueOf(sqs, input);
    return batch(input, (entry) => changeVisibility(queue, entry));
  },
  GetQueueAttributes: (input) => ({
    Attributes: queueAttributes(queueOf(sqs, input), input.AttributeNames ?? []),
  }),
  GetQueueUrl: (input) => getQueueUrl(sqs, input),
  ListQueues: (input) => listQueues(sqs, input),
  ListQueueTags: (input) => ({ Tags: Object.fromEntries(queueOf(sqs, input).tags) }),
  PurgeQueue(input) {
    queueOf(sqs, input).purge();
    return {};
  },
  ListDeadLetterSourceQueues: (input) => listDeadLetterSourceQueues(sqs, input),
  StartMessageMoveTask: (input) => startMessageMoveTask(sqs, input),
  ListMessageMoveTasks: (input) => listMessageMoveTasks(sqs, input),
});

function send(queue: Queue, input: SendInput): object {
  if (input.MessageGroupId ?? input.MessageDeduplicationId) {
    throw new UnsupportedLocally('An SQS message with a group or deduplication id');
  }
  const { AWSTraceHeader: trace, ...otherSystemAttributes } = input.MessageSystemAttributes ?? {};
  const [unknown] = Object.keys(otherSystemAttributes);
  if (unknown) throw invalidParameter(`Message system attribute name '${unknown}' is invalid.`);
  const { id, body, attributes } = queue.send(input.MessageBody, {
    attributes: input.MessageAttributes,
    delaySeconds: input.DelaySeconds,
    traceHeader: trace?.StringValue,
  });
  return {
    MessageId: id,
    MD5OfMessageBody: md5OfBody(body),
    MD5OfMessageAttributes: md5OfAttributes(attributes),
    MD5OfMessageSystemAttributes: trace && md5OfAttributes({ AWSTraceHeader: trace }),
  };
}

const MAX_BATCH_BYTES = 1_048_576;

function sendBatch(sqs: Queues, input: SqsInput): object {
  const queue = queueOf(sqs, input);
  const sizes = input.Entries?.map(({ MessageBody = '', MessageAttributes = {} }) =>
    messageBytes(MessageBody, MessageAttributes),
  );
  if ((sizes ?? []).reduce((sum, bytes) => sum + bytes, 0) > MAX_BATCH_BYTES) {
    throw batchError('BatchRequestTooLong', `Batch requests cannot be longer than ${MAX_BATCH_BYTES} bytes.`);
  }
  return batch(input, (entry) => send(queue, entry));
}

async function receive(sqs: Queues, input: SqsInput): Promise<object> {
  const messages = await queueOf(sqs, input).receive({
    maxMessages: input.MaxNumberOfMessages,
    waitSeconds: input.WaitTimeSeconds,
    visibilityTimeout: input.VisibilityTimeout,
  });
  const systemNames = [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])];
  const names = input.MessageAttributeNames ?? [];
  return { Messages: messages.map((message) => receivedMessage(message, systemNames, names)) };
}

function changeVisibility(queue: Queue, input: { ReceiptHandle?: string; VisibilityTimeout?: number }): void {
  queue.changeVisibility(required(input, 'ReceiptHandle'), required(input, 'VisibilityTimeout'));
}

function getQueueUrl(sqs: Queues, input: SqsInput): object {
  const mine = (input.QueueOwnerAWSAccountId ?? LOCAL_ACCOUNT) === LOCAL_ACCOUNT;
  return { QueueUrl: sqs.queueNamed(required(input, 'QueueName'), () => mine).url };
}

function listQueues(sqs: Queues, { QueueNamePrefix = '', NextToken }: SqsInput): object {
  if (NextToken) throw invalidParameter('NextToken is not one that this service gave out');
  return {
    QueueUrls: sqs
      .list()
      .filter(({ name }) => name.startsWith(QueueNamePrefix))
      .map(({ url }) => url),
  };
}

/** The queues whose redrive policy names this one, all on one page. */
function listDeadLetterSourceQueues(sqs: Queues, input: SqsInput): object {
  if (input.NextToken) throw invalidParameter('NextToken is not one that this service gave out');
  return { queueUrls: sqs.sourcesOf(queueOf(sqs, input)).map(({ url }) => url) };
}

/** Redrives a dead-letter queue at once, not in the background; the handle is that of a finished task. */
function startMessageMoveTask(sqs: Queues, input: SqsInput): object {
  if (input.MaxNumberOfMessagesPerSecond)
    throw new UnsupportedLocally('MaxNumberOfMessagesPerSecond of a move task');
  const source = resource(sqs, required(input, 'SourceArn'));
  const { taskHandle } = sqs.moveMessages(
    source,
    input.DestinationArn === undefined ? undefined : resource(sqs, input.DestinationArn),
  );
  return { TaskHandle: taskHandle };
}

/** Newest first, one unless `MaxResults` asks for up to 10. A finished task has no handle, as in SQS. */
function listMessageMoveTasks(sqs: Queues, input: SqsInput): object {
  const { MaxResults = 1 } = input;
  if (!Number.isInteger(MaxResults) || MaxResults < 1 || MaxResults > 10) {
    throw invalidParameter('Value for parameter MaxResults is invalid. Reason: Must be between 1 and 10.');
  }
  const tasks = sqs.moveTasksOf(resource(sqs, required(input, 'SourceArn')));
  return {
    Results: tasks.slice(0, MaxResults).map(({ sourceArn, destinationArn, startedAt, moved }) => ({
      Status: 'COMPLETED',
      SourceArn: sourceArn,
      DestinationArn: destinationArn,
      StartedTimestamp: startedAt,
      ApproximateNumberOfMessagesMoved: moved,
      ApproximateNumberOfMessagesToMove: moved,
    })),
  };
}

/** Runs each entry on its own: one that fails is reported beside those that did not. */
function batch(input: SqsInput, run: (entry: BatchEntry) => object | void): object {
  const entries = input.Entries ?? [];
  if (entries.length === 0) throw batchError('EmptyBatchRequest', 'The batch request has no entries.');
  if (entries.length > 10)
    throw batchError('TooManyEntriesInBatchRequest', 'A batch has at most 10 entries.');
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw batchError('BatchEntryIdsNotDistinct', 'Two or more batch entries have the same Id.');
  }
  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const entry of entries) {
    try {
      Successful.push({ Id: entry.Id, ...run(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Failed.push({ Id: entry.Id, Code: error.code, Message: error.message, SenderFault: true });
    }
  }
  return { Successful, Failed };
}

function batchError(code: string, message: string): AwsError {
  return new AwsError(code, message, { queryCode: `AWS.SimpleQueueService.${code}` });
}

function queueOf(sqs: Queues, input: SqsInput): Queue {
  return sqs.queueAt(required(input, 'QueueUrl'));
}

/** The operations that name a queue by its ARN have an error of their own ("ListMessageMoveTasks", read November 2026). */
function resource(sqs: Queues, arn: string): Queue {
  const queue = sqs.list().find((each) => each.arn === arn);
  if (queue) return queue;
  throw new AwsError('ResourceNotFoundException', `The resource ${arn} does not exist.`, { statusCode: 404 });
}

function required<Input, Name extends keyof Input & string>(
  input: Input,
  name: Name,
): NonNullable<Input[Name]> {
  const value = input[name];
  if (value == null)
    throw new AwsError('MissingParameter', `The request must contain the parameter ${name}.`);
  return value;
}
