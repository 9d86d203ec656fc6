import { type ErrorObject, type Operation, type OperationUpdate } from './api-shapes';
import { callbackId } from './callback-id';
import { type KeptOperation } from './durable-execution';
import { type ExecutionChange } from './execution-change';
import { checkTogether, checkUpdate, invalid } from './operation-rules';
import { bytesOf, bytesWritten, MAX_BYTES_WRITTEN, MAX_EXECUTION_PAYLOAD, MAX_OPERATIONS } from './quotas';

/**
 * Applies the updates of a checkpoint, all of them or, when one is refused, none.
 *
 * @throws AwsError for what the service refuses. The SDK then ends the execution as failed, and no `catch` of the function runs.
 */
export function applyUpdates(change: ExecutionChange, updates: readonly OperationUpdate[]): void {
  checkTogether(updates);
  for (const update of updates) {
    if (update.Type === 'EXECUTION') endExecution(change, update);
    else applyUpdate(change, update);
    checkQuotas(change);
  }
}

function checkQuotas({ progress: { operationsUsed, bytesWritten: bytes } }: ExecutionChange): void {
  if (operationsUsed > MAX_OPERATIONS)
    throw invalid(`The durable execution exceeds ${MAX_OPERATIONS} operations.`);
  if (bytes > MAX_BYTES_WRITTEN)
    throw invalid(`The durable execution exceeds ${MAX_BYTES_WRITTEN} bytes of storage.`);
}

/** A result that is too large for the answer of the invocation comes this way. Whatever its id, it is the execution's. */
function endExecution(change: ExecutionChange, update: OperationUpdate): void {
  checkUpdate(update, undefined, undefined);
  const { synchronous } = change.execution.start;
  const limit = MAX_EXECUTION_PAYLOAD[synchronous ? 'synchronous' : 'asynchronous'];
  if (bytesOf(update.Payload) > limit)
    throw invalid(`Execution output payload size must be less than or equal to ${limit} bytes.`);
  change.count({ bytesWritten: bytesWritten(update) });
  if (update.Action === 'SUCCEED') change.end('SUCCEEDED', { result: update.Payload });
  else change.end('FAILED', { error: update.Error });
}

function applyUpdate(change: ExecutionChange, update: OperationUpdate): void {
  const current = change.operation(update.Id!);
  checkUpdate(update, current?.told, update.ParentId ? change.operation(update.ParentId)?.told : undefined);
  const kept = current ?? started(change, update);
  change.count({
    bytesWritten: bytesWritten(update),
    // "1 + N retries" a step, one of every other kind ("Durable execution SDK", Available durable operations).
    operationsUsed: (current ? 0 : 1) + (update.Action === 'RETRY' ? 1 : 0),
  });
  APPLY[update.Type as keyof typeof APPLY](change, kept, update);
}

function started({ seconds }: ExecutionChange, update: OperationUpdate): KeptOperation {
  const { Id, ParentId, Name, Type, SubType } = update;
  const told = { Id, ParentId, Name, Type, SubType, StartTimestamp: seconds, Status: 'STARTED' } as Operation;
  return { told };
}

type Apply = (change: ExecutionChange, kept: KeptOperation, update: OperationUpdate) => void;

const APPLY: Readonly<Record<Exclude<Operation['Type'], 'EXECUTION'>, Apply>> = {
  STEP(change, kept, { Action, Payload, Error, StepOptions }) {
    const { told } = kept;
    if (Action === 'START') {
      change.update(kept, { Status: 'STARTED' });
      return change.event('StepStarted', told, {});
    }
    const Attempt = (told.StepDetails?.Attempt ?? 0) + 1;
    const StepDetails = { Attempt, Result: Payload, Error };
    const NextAttemptDelaySeconds = StepOptions?.NextAttemptDelaySeconds;
    const RetryDetails = { CurrentAttempt: Attempt, NextAttemptDelaySeconds };
    if (Action === 'RETRY') {
      const NextAttemptTimestamp = change.seconds + NextAttemptDelaySeconds!;
      change.update(kept, { Status: 'PENDING', StepDetails: { ...StepDetails, NextAttemptTimestamp } });
    } else {
      change.endOperation(kept, Action === 'SUCCEED' ? 'SUCCEEDED' : 'FAILED', { StepDetails });
    }
    // A condition that is not yet true is retried without an error.
    if (Action === 'FAIL' || Error) {
      change.event('StepFailed', told, { Error: { Payload: Error }, RetryDetails });
    } else {
      change.event('StepSucceeded', told, { Result: { Payload }, RetryDetails });
    }
  },

  CONTEXT(change, kept, { Action, Payload, Error, ContextOptions }) {
    const { told } = kept;
    if (Action === 'START') {
      change.put(kept);
      return change.event('ContextStarted', told, {});
    }
    const ReplayChildren = ContextOptions?.ReplayChildren;
    const ContextDetails = { ReplayChildren, Result: Payload, Error };
    change.endOperation(kept, Action === 'SUCCEED' ? 'SUCCEEDED' : 'FAILED', { ContextDetails });
    if (Action === 'SUCCEED') change.event('ContextSucceeded', told, { Result: { Payload } });
    else change.event('ContextFailed', told, { Error: { Payload: Error } });
  },

  WAIT(change, kept, { Action, WaitOptions }) {
    const { told } = kept;
    if (Action === 'CANCEL') {
      change.endOperation(kept, 'CANCELLED', {});
      return change.event('WaitCancelled', told, {});
    }
    const Duration = WaitOptions!.WaitSeconds;
    const ScheduledEndTimestamp = change.seconds + Duration!;
    change.update(kept, { WaitDetails: { ScheduledEndTimestamp } });
    change.event('WaitStarted', told, { Duration, ScheduledEndTimestamp });
  },

  CALLBACK(change, kept, { CallbackOptions }) {
    const { TimeoutSeconds, HeartbeatTimeoutSeconds } = CallbackOptions ?? {};
    const CallbackId = callbackId(change.execution.arn, kept.told.Id);
    const told = { ...kept.told, CallbackDetails: { CallbackId } };
    const after = (seconds: number) => change.now + seconds * 1000;
    change.put({
      told,
      ...(TimeoutSeconds && { timesOutAt: after(TimeoutSeconds) }),
      ...(HeartbeatTimeoutSeconds && {
        heartbeat: { seconds: HeartbeatTimeoutSeconds, timesOutAt: after(HeartbeatTimeoutSeconds) },
      }),
    });
    const Timeout = TimeoutSeconds || undefined;
    const HeartbeatTimeout = HeartbeatTimeoutSeconds || undefined;
    change.event('CallbackStarted', told, { CallbackId, Timeout, HeartbeatTimeout });
  },

  CHAINED_INVOKE(change, { told }, { Payload, ChainedInvokeOptions }) {
    const FunctionName = ChainedInvokeOptions!.FunctionName!;
    // Without a payload the function gets an empty object.
    change.put({ told, chained: { functionName: FunctionName, payload: Payload ?? '{}' } });
    change.event('ChainedInvokeStarted', told, { FunctionName, Input: { Payload } });
  },
};

/** Ends an operation that is ended by an answer: of a callback, or of a function that was chained. */
export function answerOperation(
  change: ExecutionChange,
  kept: KeptOperation,
  kind: 'Callback' | 'ChainedInvoke',
  outcome: OperationOutcome,
): void {
  const { status, result, error } = outcome;
  const answered = status === 'SUCCEEDED' ? { Result: result } : { Error: error };
  const details = kind === 'Callback' ? 'CallbackDetails' : 'ChainedInvokeDetails';
  const told = change.endOperation(kept, status, { [details]: { ...kept.told[details], ...answered } });
  change.count({ bytesWritten: bytesWritten({ Payload: result, Error: error }) });
  if (status === 'SUCCEEDED') {
    return change.event(`${kind}Succeeded`, told, { Result: { Payload: result } });
  }
  const type = { FAILED: 'Failed', STOPPED: 'Stopped', TIMED_OUT: 'TimedOut' } as const;
  change.event(`${kind}${type[status]}` as 'ChainedInvokeFailed', told, { Error: { Payload: error } });
}

export interface OperationOutcome {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'STOPPED' | 'TIMED_OUT';
  /** JSON, or what a callback answered. */
  readonly result?: string;
  readonly error?: ErrorObject;
}
