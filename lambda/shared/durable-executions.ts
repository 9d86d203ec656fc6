import {
  DurableExecutionAlreadyStartedException,
  InvocationType,
  InvokeCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { createHash } from 'node:crypto';
import { REQUEST_TIMEOUTS } from './request-timeouts';

/**
 * Starts executions of a durable function.
 *
 * Each has a name, so that starting it twice starts one: with the same payload Lambda answers with the one there is ("Execution
 * idempotency", Lambda developer guide, read November 2026). It is started through the alias, because a durable function may
 * only be invoked by a qualified ARN; the execution stays on the version that the alias had then.
 */
export class DurableExecutions {
  constructor(
    /** Of the alias. */
    private readonly functionArn: string,
    private readonly client = new LambdaClient(REQUEST_TIMEOUTS),
  ) {}

  async start(name: string, payload: object): Promise<void> {
    try {
      await this.client.send(
        new InvokeCommand({
          FunctionName: this.functionArn,
          // A synchronous execution ends after 15 minutes; these may take hours.
          InvocationType: InvocationType.Event,
          DurableExecutionName: name,
          Payload: JSON.stringify(payload),
        }),
      );
    } catch (error) {
      if (!(error instanceof DurableExecutionAlreadyStartedException)) throw error;
    }
  }
}

/** `cancel-<32 hexadecimal digits>-2`: at most 64 characters, which an event's id may have alone. */
export function executionName(work: string, about: string, attempt: number): string {
  return `${work}-${createHash('sha256').update(about).digest('hex').slice(0, 32)}-${attempt}`;
}
