/** A Task that failed: `name` is ASL's `Error`, `message` its `Cause`. Retry and Catch match the name. */
export class TaskError extends Error {
  constructor(
    override readonly name: string,
    cause: string,
  ) {
    super(cause);
  }
}

/**
 * An error that ends the execution whatever Retry and Catch say: `States.ALL` does not match it.
 *
 * The interpreter asks an error for these two properties before it tries to match it.
 */
export class TerminalError extends Error {
  readonly isRetryable = false;
  readonly isCatchable = false;

  constructor(
    override readonly name: 'States.Runtime' | 'States.DataLimitExceeded',
    cause: string,
  ) {
    super(cause);
  }
}

/** An error of the Step Functions API; `name` is the AWS error code. */
export class StepFunctionsError extends Error {
  constructor(
    override readonly name: string,
    message: string,
    readonly statusCode = 400,
  ) {
    super(message);
  }
}

/** The execution was aborted or ran out of time: nothing of it may happen any more. */
export class ExecutionStopped extends Error {
  override readonly name = 'ExecutionStopped';
  readonly isRetryable = false;
  readonly isCatchable = false;
}

/** Waits for `work`, but no longer than the execution lives. What the work still does is nobody's business then. */
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
