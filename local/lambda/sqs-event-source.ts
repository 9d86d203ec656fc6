import { LOCAL_REGION } from '../aws-service';
import { md5OfBody } from '../sqs/message';
import { type Queue, type ReceivedMessage } from '../sqs/queue';
import { systemAttributes } from '../sqs/received-message';
import { type FunctionPool } from './function-pool';

export interface SqsEventSourceOptions {
  readonly queue: Queue;
  readonly functionName: string;
  /** Messages of one invocation, at most. */
  readonly batchSize: number;
  /** Whether the function answers which messages failed; otherwise a failure is one of all. */
  readonly reportBatchItemFailures: boolean;
  readonly pool: FunctionPool;
}

/**
 * An event source mapping: receives from the queue, invokes the function, deletes what it did not report as failed.
 * A failed message comes back when its visibility timeout ends, until the queue's redrive policy gives it up.
 */
export class SqsEventSource {
  private readonly stopping = new AbortController();
  private readonly polling: Promise<void>;

  constructor(private readonly options: SqsEventSourceOptions) {
    this.polling = this.poll();
  }

  /** Takes no more messages, and waits for the batch that is being worked on. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.polling;
  }

  private async poll(): Promise<void> {
    const { queue, batchSize } = this.options;
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const messages = await queue.receive({ maxMessages: batchSize, waitSeconds: 20, signal });
      if (messages.length > 0) await this.work(messages);
    }
  }

  private async work(messages: readonly ReceivedMessage[]): Promise<void> {
    const { queue, functionName, pool } = this.options;
    const event = { Records: messages.map((message) => record(queue, message)) };
    try {
      const { functionError, payload } = await pool.invoke(functionName, event);
      if (functionError) return;
      const failed = this.failedItems(payload);
      for (const { id, receiptHandle } of messages) if (!failed.has(id)) queue.delete(receiptHandle);
    } catch {
      // Lambda would not take it. The messages stay in the queue and become visible again, as in AWS.
    }
  }

  private failedItems(payload: string): Set<string> {
    if (!this.options.reportBatchItemFailures) return new Set();
    const answer = JSON.parse(payload) as { batchItemFailures?: { itemIdentifier: string }[] } | null;
    return new Set(answer?.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier));
  }
}

function record(queue: Queue, message: ReceivedMessage): object {
  return {
    messageId: message.id,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: systemAttributes(message),
    messageAttributes: Object.fromEntries(
      Object.entries(message.attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
        name,
        {
          stringValue: StringValue,
          binaryValue: BinaryValue,
          stringListValues: [],
          binaryListValues: [],
          dataType: DataType,
        },
      ]),
    ),
    md5OfBody: md5OfBody(message.body),
    eventSource: 'aws:sqs',
    eventSourceARN: queue.arn,
    awsRegion: LOCAL_REGION,
  };
}
