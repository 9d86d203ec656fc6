import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { type CancellationCause } from '../purchase/cancellation';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { REQUEST_TIMEOUTS } from '../shared/request-timeouts';

/**
 * Starts cancellations that nobody waits for. An asynchronous Express execution runs at least once, and of several for one
 * purchase one claims it ("Execution guarantees in Step Functions", read November 2026).
 */
export class Cancellations {
  constructor(
    private readonly client = new SFNClient(REQUEST_TIMEOUTS),
    private readonly stateMachineArn = requireEnvironment(ENVIRONMENT.cancellationStateMachine),
  ) {}

  /** Cancels a sale whose money was given back. The execution itself asks Stripe whether that is so. */
  startRefunded(purchaseId: string, requestId: string): Promise<void> {
    return this.start(purchaseId, { reason: 'REFUNDED' }, requestId);
  }

  /** Cancels a sale with its event. */
  startCancelled(purchaseId: string, requestId: string): Promise<void> {
    return this.start(purchaseId, { reason: 'EVENT_CANCELLED' }, requestId);
  }

  private async start(purchaseId: string, request: CancellationCause, requestId: string): Promise<void> {
    const input = JSON.stringify({ purchaseId, requestId, request, failures: {} });
    await this.client.send(new StartExecutionCommand({ stateMachineArn: this.stateMachineArn, input }));
  }
}
