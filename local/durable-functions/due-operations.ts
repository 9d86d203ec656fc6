import { type DurableExecution, type KeptOperation } from './durable-execution';
import { type ExecutionChange } from './execution-change';

/** Milliseconds at which something of an operation is over; undefined if that is for others to say. */
function dueAt({ told, timesOutAt = Infinity, heartbeat }: KeptOperation): number | undefined {
  const { Type, Status, StepDetails, WaitDetails } = told;
  if (Type === 'STEP' && Status === 'PENDING') return milliseconds(StepDetails!.NextAttemptTimestamp!);
  if (Status !== 'STARTED') return undefined;
  if (Type === 'WAIT') return milliseconds(WaitDetails!.ScheduledEndTimestamp!);
  const timeOut = Math.min(timesOutAt, heartbeat?.timesOutAt ?? Infinity);
  return Number.isFinite(timeOut) ? timeOut : undefined;
}

/** Whole ones, as the clock has them: a fraction of one later, nothing would be due when the timer rings. */
function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000);
}

/** When the next wait is over, the next retry due, the next callback late. */
export function nextDueAt({ operations }: DurableExecution): number | undefined {
  const all = [...operations.values()].flatMap((operation) => dueAt(operation) ?? []);
  return all.length > 0 ? Math.min(...all) : undefined;
}

/** Ends the waits that are over and the callbacks that nobody answered, and makes the retries ready that are due. */
export function completeDue(change: ExecutionChange): void {
  for (const id of change.execution.operations.keys()) {
    const kept = change.operation(id)!;
    const due = dueAt(kept);
    if (due !== undefined && due <= change.now) complete(change, kept);
  }
}

function complete(change: ExecutionChange, kept: KeptOperation): void {
  const { told, heartbeat } = kept;
  if (told.Type === 'WAIT') {
    change.endOperation(kept, 'SUCCEEDED', {});
    const Duration = Math.round(told.WaitDetails!.ScheduledEndTimestamp! - told.StartTimestamp);
    change.event('WaitSucceeded', told, { Duration });
  } else if (told.Type === 'STEP') {
    const { NextAttemptTimestamp: _, ...StepDetails } = told.StepDetails!;
    change.update(kept, { Status: 'READY', StepDetails });
  } else {
    // The words are those of `@aws/durable-execution-sdk-js-testing` 1.1.4; no page has them.
    const late = heartbeat && heartbeat.timesOutAt < (kept.timesOutAt ?? Infinity) ? ' on heartbeat' : '';
    const ErrorType = late ? 'Callback.Heartbeat' : 'Callback.Timeout';
    const Error = { ErrorMessage: `Callback timed out${late}`, ErrorType };
    change.endOperation(kept, 'TIMED_OUT', { CallbackDetails: { ...told.CallbackDetails, Error } });
    change.event('CallbackTimedOut', told, { Error: { Payload: Error } });
  }
}
