import { executedVersion } from '../lambda/durable-executor';
import { type FunctionPool } from '../lambda/function-pool';
import { answerOperation, type OperationOutcome } from './apply-updates';
import { type DurableExecution, type KeptOperation } from './durable-execution';
import { type ExecutionRunner } from './execution-runner';
import { type StartExecution } from './start-execution';
import { errorOf } from './invocation-outcome';
import { bytesOf, MAX_PAYLOAD } from './quotas';

/** Functions that an execution has invoked, and for whose answer it waits. */
export class ChainedInvocations {
  constructor(
    private readonly runner: ExecutionRunner,
    private readonly functions: FunctionPool,
    private readonly start: StartExecution,
  ) {}

  /** Invokes the function of an operation, if it is such a one. After a restart, once more: what the function did is lost. */
  begin(execution: DurableExecution, operationId: string): void {
    const kept = execution.operations.get(operationId);
    if (!kept?.chained || kept.told.Status !== 'STARTED') return;
    const failure = (error: Error): OperationOutcome => ({
      status: 'FAILED',
      error: { ErrorType: error.name, ErrorMessage: error.message },
    });
    void this.outcomeOf(execution, kept.told.Id, kept.chained)
      .catch(failure)
      .then((outcome) => outcome && this.answer(execution, kept.told.Id, outcome));
  }

  private answer(execution: DurableExecution, operationId: string, outcome: OperationOutcome): void {
    if (!this.runner.isLive(execution)) return;
    const change = this.runner.changeOf(execution);
    answerOperation(change, change.operation(operationId)!, 'ChainedInvoke', outcome);
    this.runner.commit(change);
    this.runner.schedule(execution);
  }

  /** Nothing comes back if a reset, or the end of the run, came first. @throws LambdaServiceError where there is nothing to invoke */
  private async outcomeOf(
    parent: DurableExecution,
    operationId: string,
    { functionName, payload }: NonNullable<KeptOperation['chained']>,
  ): Promise<OperationOutcome | undefined> {
    const invoked = this.functions.resolve(functionName);
    const { configuration } = invoked;
    if (!configuration.durable) {
      const answer = await this.functions.invokeOnce(functionName, JSON.parse(payload));
      if (answer.functionError) return { status: 'FAILED', error: errorOf(answer.payload) };
      if (bytesOf(answer.payload) <= MAX_PAYLOAD) return { status: 'SUCCEEDED', result: answer.payload };
      const ErrorMessage = `CHAINED_INVOKE output payload size must be less than or equal to ${MAX_PAYLOAD} bytes.`;
      return { status: 'FAILED', error: { ErrorMessage } };
    }
    const child =
      this.childOf(parent, operationId) ??
      this.start(
        { configuration, version: executedVersion(invoked), payload },
        { synchronous: false, parent: { arn: parent.arn, operationId } },
      );
    await this.runner.ended(child);
    return outcomeOfChild(child);
  }

  private childOf({ arn }: DurableExecution, operationId: string): DurableExecution | undefined {
    return this.runner.store
      .list()
      .find(({ start: { parent } }) => parent?.arn === arn && parent.operationId === operationId);
  }
}

function outcomeOfChild({ start, progress }: DurableExecution): OperationOutcome | undefined {
  const { status, result, error } = progress;
  if (status === 'RUNNING') return undefined;
  if (status !== 'TIMED_OUT') return { status, result, error };
  const seconds = (start.timesOutAt - start.startedAt) / 1000;
  const ErrorMessage = `CHAINED_INVOKE timed out after ${seconds} seconds.`;
  return { status, error: { ErrorType: 'ChainedInvoke.Timeout', ErrorMessage } };
}
