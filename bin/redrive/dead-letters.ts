import { setTimeout as delay } from 'node:timers/promises';
import {
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  paginateListDeadLetterSourceQueues,
  type SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';

/** How often the move is looked at, in milliseconds. */
const LOOK_EVERY = 1_000;

export interface DeadLettersOptions {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly dryRun: boolean;
  readonly print: (line: string) => void;
}

/**
 * Gives all messages of a dead-letter queue back to the queue they came from, and waits until SQS has moved them.
 *
 * @throws Error when SQS could not move them all
 */
export async function redriveDeadLetters({
  sqs,
  queueUrl,
  dryRun,
  print,
}: DeadLettersOptions): Promise<void> {
  const { arn, messages } = await describe(sqs, queueUrl);
  print(`${arn}: ${messages} messages`);
  if (messages === 0) return;

  // By name: SQS does not know where a message came from that SNS put here.
  const destination = await describe(sqs, await sourceOf(sqs, queueUrl));
  print(`${dryRun ? 'would go' : 'go'} to ${destination.arn}`);
  if (dryRun) return;

  await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: arn, DestinationArn: destination.arn }));
  for (;;) {
    const { Results: [task] = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: arn }));
    if (task?.Status !== 'RUNNING') {
      print(`${task?.Status}: ${task?.ApproximateNumberOfMessagesMoved ?? 0} messages moved`);
      if (task?.Status !== 'COMPLETED') throw new Error(task?.FailureReason ?? 'The move did not complete');
      return;
    }
    await delay(LOOK_EVERY);
  }
}

async function describe(sqs: SQSClient, QueueUrl: string): Promise<{ arn: string; messages: number }> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn', 'ApproximateNumberOfMessages'] }),
  );
  return { arn: Attributes!.QueueArn!, messages: Number(Attributes!.ApproximateNumberOfMessages) };
}

async function sourceOf(sqs: SQSClient, QueueUrl: string): Promise<string> {
  const sources: string[] = [];
  for await (const { queueUrls = [] } of paginateListDeadLetterSourceQueues({ client: sqs }, { QueueUrl })) {
    sources.push(...queueUrls);
  }
  const [source] = sources;
  if (source && sources.length === 1) return source;
  throw new Error(`${sources.length} queues give up their messages to ${QueueUrl}`);
}
