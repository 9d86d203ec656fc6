import { createHash } from 'node:crypto';
import {
  DurableExecutionAlreadyStartedException,
  InvocationType,
  InvokeCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { REQUEST_TIMEOUTS } from '../shared/request-timeouts';

/**
 * Starts executions of the durable function CancelEvent.
 *
 * Each has a name, so that starting it twice starts one: with the same payload Lambda answers with the one there is ("Execution
 * idempotency", Lambda developer guide, read November 2026). It is started through the alias, because a durable function may
 * only be invoked by a qualified ARN; the execution stays on the version that the alias had then.
 */
export class CancelEventExecutions {
  constructor(
    private readonly client = new LambdaClient(REQUEST_TIMEOUTS),
    private readonly functionArn = requireEnvironment(ENVIRONMENT.cancelEventFunction),
  ) {}

  async start(eventId: string, attempt: number): Promise<void> {
    try {
      await this.client.send(
        new InvokeCommand({
          FunctionName: this.functionArn,
          // A synchronous execution ends after 15 minutes; this one may take hours.
          InvocationType: InvocationType.Event,
          DurableExecutionName: executionName(eventId, attempt),
          Payload: JSON.stringify({ eventId, attempt }),
        }),
      );
    } catch (error) {
      if (!(error instanceof DurableExecutionAlreadyStartedException)) throw error;
    }
  }
}

/** At most 64 characters, which an event's id may have alone. */
export function executionName(eventId: string, attempt: number): string {
  return `cancel-${createHash('sha256').update(eventId).digest('hex').slice(0, 32)}-${attempt}`;
}
