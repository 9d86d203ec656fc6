import { AwsError } from '../aws/aws-error';
import { answerOperation, type OperationOutcome } from './apply-updates';
import { parseCallbackId } from './callback-id';
import { type DurableExecution, type KeptOperation } from './durable-execution';
import { type ExecutionRunner } from './execution-runner';

/** What others answer an execution that waits for them. */
export class Callbacks {
  constructor(private readonly runner: ExecutionRunner) {}

  /** `SendDurableExecutionCallbackSuccess` and `…Failure`. @throws AwsError */
  answer(id: string, outcome: OperationOutcome): void {
    const { execution, kept } = this.open(id);
    const change = this.runner.changeOf(execution);
    answerOperation(change, kept, 'Callback', outcome);
    this.runner.commit(change);
    this.runner.schedule(execution);
  }

  /** `SendDurableExecutionCallbackHeartbeat`. @throws AwsError */
  heartbeat(id: string): void {
    const { execution, kept } = this.open(id);
    const { heartbeat } = kept;
    if (!heartbeat) return;
    const change = this.runner.changeOf(execution);
    const timesOutAt = change.now + heartbeat.seconds * 1000;
    change.put({ ...kept, heartbeat: { ...heartbeat, timesOutAt } });
    this.runner.commit(change);
    // The function need not know.
    execution.untold.delete(kept.told.Id);
    this.runner.schedule(execution);
  }

  private open(id: string): { readonly execution: DurableExecution; readonly kept: KeptOperation } {
    this.runner.refuseStopped();
    const [arn, operationId] = parseCallbackId(id);
    const execution = this.runner.store.get(arn);
    if (execution && this.runner.isLive(execution)) {
      this.runner.completeDue(execution);
      const kept = execution.operations.get(operationId);
      if (kept?.told.Type === 'CALLBACK' && kept.told.Status === 'STARTED') return { execution, kept };
    }
    throw new AwsError(
      'CallbackTimeoutException',
      'The callback ID token has either expired or the callback associated with the token has already been closed.',
    );
  }
}
