import { type InvocationAnswer } from '../lambda/invocation-answer';
import { type ErrorObject, type InvocationOutput } from './api-shapes';
import { type DurableExecution, type RunningInvocation } from './durable-execution';
import { type ExecutionChange } from './execution-change';
import { bytesOf, MAX_EXECUTION_PAYLOAD } from './quotas';

/**
 * Invocations in a row that may fail before the execution does. AWS goes on "for a few minutes" with growing pauses, says an
 * emulator that compares itself with it (Floci, `DurableExecutionService`, read November 2026); no page of AWS says more.
 */
const MAX_FAILURES = 8;

/** An invocation may say it waits for nothing: a race that resolves on replay (`aws-durable-execution-sdk-python-testing` 1.4.0). */
const MAX_IDLE_ANSWERS = 3;

/** Milliseconds before the next invocation, doubled by each failure. Half a minute in all. */
const FIRST_PAUSE_MS = 250;

/** Notes how an invocation ended, and the end of the execution if that was it. Answers when to try again, if it failed. */
export function recordOutcome(
  change: ExecutionChange,
  invocation: RunningInvocation,
  answer: InvocationAnswer,
): number | undefined {
  const { execution, now, seconds } = change;
  const failure = execution.running ? failureOf(execution, answer) : undefined;
  change.event(
    'InvocationCompleted',
    {},
    {
      StartTimestamp: invocation.startedAt / 1000,
      EndTimestamp: seconds,
      RequestId: invocation.id,
      ...(failure && { Error: { Payload: failure.error } }),
    },
  );
  if (!execution.running) return undefined;
  const failures = failure ? execution.progress.failures + 1 : 0;
  change.progress = { ...change.progress, failures };
  if (failure) {
    if (failures >= failure.attempts) change.end('FAILED', { error: failure.error });
    return now + FIRST_PAUSE_MS * 2 ** (failures - 1);
  }
  const { Status, Result, Error } = outputOf(answer)!;
  if (Status === 'SUCCEEDED') change.end('SUCCEEDED', { result: Result ?? undefined });
  if (Status === 'FAILED') change.end('FAILED', { error: Error ?? undefined });
  return undefined;
}

interface Failure {
  readonly error: ErrorObject;
  /** After how many in a row the execution fails. */
  readonly attempts: number;
}

function failureOf(execution: DurableExecution, answer: InvocationAnswer): Failure | undefined {
  if (answer.functionError) return { error: errorOf(answer.payload), attempts: MAX_FAILURES };
  const { message, attempts = 1 } = refusalOf(execution, outputOf(answer)) ?? {};
  return message === undefined
    ? undefined
    : { error: { ErrorMessage: message, ErrorType: 'InvalidParameterValueException' }, attempts };
}

function refusalOf(
  execution: DurableExecution,
  output: InvocationOutput | undefined,
): { message: string; attempts?: number } | undefined {
  const limit = MAX_EXECUTION_PAYLOAD[execution.start.synchronous ? 'synchronous' : 'asynchronous'];
  switch (output?.Status) {
    case 'SUCCEEDED':
      if (output.Error) return { message: 'Cannot provide an Error for SUCCEEDED status.' };
      if (bytesOf(output.Result) > limit)
        return { message: `Execution output payload size must be less than or equal to ${limit} bytes.` };
      return undefined;
    case 'FAILED':
      return typeof output.Result === 'string'
        ? { message: 'Cannot provide a Result for FAILED status.' }
        : undefined;
    case 'PENDING':
      return execution.pending || execution.untold.size > 0
        ? undefined
        : {
            message: 'Cannot return PENDING status with no pending operations.',
            attempts: MAX_IDLE_ANSWERS,
          };
    default:
      return { message: 'Invalid Status in invocation output.' };
  }
}

function outputOf({ payload }: InvocationAnswer): InvocationOutput | undefined {
  const output = JSON.parse(payload) as unknown;
  return typeof output === 'object' && output !== null ? output : undefined;
}

/** The error of a function as the API of durable executions has errors. */
export function errorOf(payload: string): ErrorObject {
  const { errorType, errorMessage, trace } = JSON.parse(payload) as {
    errorType?: string;
    errorMessage?: string;
    trace?: string[];
  };
  return {
    ErrorType: errorType,
    ErrorMessage: errorMessage,
    ...(trace && trace.length > 0 && { StackTrace: trace }),
  };
}

/** What a synchronous caller gets of an execution that has ended: an error looks like that of any function. */
export function answerOf({ progress: { status, result, error } }: DurableExecution): InvocationAnswer {
  if (status === 'SUCCEEDED') return { statusCode: 200, payload: result ?? 'null' };
  const { ErrorType = status, ErrorMessage = '', StackTrace } = error ?? {};
  const payload = {
    errorType: ErrorType,
    errorMessage: ErrorMessage,
    ...(StackTrace && { trace: StackTrace }),
  };
  return { statusCode: 200, functionError: 'Unhandled', payload: JSON.stringify(payload) };
}
