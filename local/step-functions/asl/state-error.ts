/**
 * What a state failed with: `name` is ASL's `Error`, `message` its `Cause`. Retry and Catch match the name.
 *
 * A Fail state may have neither: then both are empty.
 */
export class StateError extends Error {
  /** Whether a heartbeat was missed: `States.Timeout` by name, and matched by `States.HeartbeatTimeout` as well. */
  readonly missedHeartbeat: boolean;

  constructor(
    override readonly name: string,
    cause = '',
    { missedHeartbeat = false } = {},
  ) {
    super(cause);
    this.missedHeartbeat = missedHeartbeat;
  }
}

/** What could not be evaluated ends the execution: nothing catches or retries it. */
export function runtimeError(cause: string): StateError {
  return new StateError('States.Runtime', cause);
}

/**
 * Whether a Retrier's or Catcher's `ErrorEquals` matches ("Handling errors in Step Functions workflows", read November 2026):
 *
 * - Nothing matches `States.Runtime`. By name neither, as was seen on AWS: LocalStack's snapshots of it.
 * - `States.ALL` matches everything else but `States.DataLimitExceeded`.
 * - `States.TaskFailed` matches everything that `States.ALL` does, but `States.Timeout`.
 */
export function matches(errorEquals: readonly string[], error: StateError): boolean {
  if (error.name === 'States.Runtime') return false;
  return errorEquals.some((name) => {
    switch (name) {
      case error.name:
        return true;
      case 'States.ALL':
        return error.name !== 'States.DataLimitExceeded';
      case 'States.TaskFailed':
        return error.name !== 'States.DataLimitExceeded' && error.name !== 'States.Timeout';
      case 'States.HeartbeatTimeout':
        return error.missedHeartbeat;
      default:
        return false;
    }
  });
}

/** The execution was aborted or ran out of time: nothing of it may happen any more. */
export class ExecutionStopped extends Error {
  override readonly name = 'ExecutionStopped';
}

/** Waits for `work`, but no longer than the execution lives. What the work still does then is ignored. */
export async function unlessStopped<T>(work: T | Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new ExecutionStopped());
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    if (signal.aborted) throw new ExecutionStopped();
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
