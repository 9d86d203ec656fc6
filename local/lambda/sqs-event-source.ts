import { LOCAL_REGION } from '../aws/aws-service';
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
  /** Told why a whole batch came back, when it was not the function that failed. @default nobody is */
  readonly onError?: (error: unknown) => void;
}

/**
 * An event source mapping: receives from the queue, invokes the function, deletes what it did not report as failed.
 * A failed message comes back when its visibility timeout ends, until the queue's redrive policy gives it up.
 */
export class SqsEventSource {
  private stopping = new AbortController();
  private polling: Promise<void>;

  constructor(private readonly options: SqsEventSourceOptions) {
    this.polling = this.poll(this.stopping.signal);
  }

  /** Takes messages again after a stop. */
  restart(): void {
    this.stopping = new AbortController();
    this.polling = this.poll(this.stopping.signal);
  }

  /** Takes no more messages, and waits for the batch that is being worked on. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.polling;
  }

  private async poll(signal: AbortSignal): Promise<void> {
    const { queue, batchSize } = this.options;
    while (!signal.aborted) {
      const messages = await queue.receive({ maxMessages: batchSize, waitSeconds: 20, signal });
      if (messages.length > 0) await this.work(messages);
    }
  }

  private async work(messages: readonly ReceivedMessage[]): Promise<void> {
    const { queue, functionName, pool, onError } = this.options;
    const event = { Records: messages.map((message) => record(queue, message)) };
    try {
      const { functionError, payload } = await pool.invoke(functionName, event);
      if (functionError) return;
      const failed = this.failedItems(payload, new Set(messages.map(({ id }) => id)));
      for (const { id, receiptHandle } of messages) if (!failed.has(id)) queue.delete(receiptHandle);
    } catch (error) {
      // The messages stay in the queue and become visible again, as in AWS.
      onError?.(error);
    }
  }

  /** @throws Error for a report that Lambda takes for the failure of all: one that names no message of the batch */
  private failedItems(payload: string, batch: ReadonlySet<unknown>): ReadonlySet<unknown> {
    if (!this.options.reportBatchItemFailures) return new Set();
    const answer = JSON.parse(payload) as {
      batchItemFailures?: { itemIdentifier?: unknown }[] | null;
    } | null;
    const failed = (answer?.batchItemFailures ?? []).map((item) => item?.itemIdentifier);
    if (failed.every((id) => batch.has(id))) return new Set(failed);
    throw new Error(`${this.options.functionName} reported a message that is not in its batch: ${payload}`);
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
