import {
  ExecutionAlreadyExists,
  InvalidToken,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { purchaseHash, referenceOf } from '../shared/reference';
import { REQUEST_TIMEOUTS } from '../shared/request-timeouts';

/**
 * Starts and wakes the executions of orders.
 *
 * The execution's name is the hash of the order's id, so a key starts one: "StartExecution is idempotent for STANDARD workflows" while the
 * execution runs and its input is the same, and afterwards refuses the name for 90 days with `ExecutionAlreadyExists` ("StartExecution",
 * Step Functions API reference, read November 2026).
 */
export class OrderExecutions {
  constructor(
    private readonly client = new SFNClient(REQUEST_TIMEOUTS),
    private readonly stateMachineArn = requireEnvironment(ENVIRONMENT.orderStateMachine),
  ) {}

  /**
   * Starts the order's first execution, or one more where that has ended and left the order.
   *
   * @param again what tells this attempt from others. @default it is the first
   * @returns false when the execution of this name has run already
   */
  async start(orderId: string, again?: string): Promise<boolean> {
    const hash = purchaseHash(orderId);
    try {
      await this.client.send(
        new StartExecutionCommand({
          stateMachineArn: this.stateMachineArn,
          name: again === undefined ? hash : `${hash}-${again}`,
          input: JSON.stringify({ orderId, reference: referenceOf(orderId), failures: {} }),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ExecutionAlreadyExists) return false;
      throw error;
    }
  }

  /**
   * Tells the execution that waits with this token that the buyer has answered.
   *
   * @returns false when nothing waits with it any more: it was told before, its time is over, or it has ended ("SendTaskSuccess", Step
   * Functions API reference, read November 2026)
   */
  async wake(taskToken: string): Promise<boolean> {
    try {
      await this.client.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }));
      return true;
    } catch (error) {
      const isOver =
        error instanceof TaskTimedOut || error instanceof TaskDoesNotExist || error instanceof InvalidToken;
      if (isOver) return false;
      throw error;
    }
  }
}
