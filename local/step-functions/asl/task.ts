import { Attempts } from './attempts';
import { templateOf } from './data-flow';
import { type Fields } from './fields';
import { flowOf } from './flow';
import { exceedsPayloadLimit, type Json } from './json';
import { requiredPathOf } from './path';
import { type Evaluate } from './scope';
import { type Environment, type PendingTask, type State, type Visit } from './state';
import { runtimeError, StateError, unlessStopped } from './state-error';
import { type Timer } from './timers';

/** What a Task says about its resource, told to whoever calls it. */
export interface TaskResource {
  /** As the definition writes it: an ARN. */
  readonly arn: string;
  /** Whether the state waits until somebody sends its token back. */
  readonly waitsForToken: boolean;
}

/**
 * Reads a Task state. As on AWS, what was called runs on after a time-out.
 *
 * @param resourceOf reads `Resource` and checks the parameters; what it does not know it refuses by name
 */
export function taskOf(name: string, fields: Fields, resourceOf: (fields: Fields) => TaskResource): State {
  const attempts = new Attempts(fields, name, flowOf(fields));
  const resource = resourceOf(fields);
  const parameters = templateOf(fields, 'Parameters');
  const timeout = secondsOf(fields, 'TimeoutSeconds');
  const heartbeat = secondsOf(fields, 'HeartbeatSeconds');
  if (heartbeat && !resource.waitsForToken)
    throw fields.unsupported('HeartbeatSeconds of a Task without a token');

  return {
    name,
    type: 'Task',
    run: (input, visit) => attempts.run(input, visit, (effective) => attempt(effective, visit)),
  };

  async function attempt(input: Json, visit: Visit): Promise<Json> {
    const { context, environment, signal, trace } = visit;
    if (signal.aborted) await unlessStopped(undefined, signal);
    const pending = resource.waitsForToken ? environment.issueToken(name) : undefined;
    if (pending) context.Task = { Token: pending.token };
    try {
      const call = { state: name, resource: resource.arn, input: parameters(input, visit) };
      const limits = { timeout: timeout?.(input, visit), heartbeat: heartbeat?.(input, visit) };
      const told = { state: name, resource: resource.arn };
      trace.record('TaskScheduled', {
        ...told,
        input: call.input,
        timeoutSeconds: limits.timeout,
        heartbeatSeconds: limits.heartbeat,
      });
      trace.record('TaskStarted', told);
      try {
        const submitted = environment.call(call, signal);
        const answered = pending
          ? submitted.then((output) => {
              trace.record('TaskSubmitted', { ...told, output });
              return pending.result;
            })
          : submitted;
        // A limit may end the wait first; what is answered after it is ignored.
        answered.catch(() => undefined);
        const result = await within(answered, limits, pending, visit);
        checkSize(result, name);
        trace.record('TaskSucceeded', { ...told, output: result });
        return result;
      } catch (error) {
        if (error instanceof StateError) {
          const attempt = context.State.RetryCount + 1;
          const timedOut = error.name === 'States.Timeout';
          const details = { ...told, attempt, error: error.name, cause: error.message };
          trace.record(timedOut ? 'TaskTimedOut' : 'TaskFailed', details);
        }
        throw error;
      }
    } finally {
      pending?.abandon();
      delete context.Task;
    }
  }
}

type Seconds = (input: Json, visit: Visit) => number;

/** `TimeoutSeconds` or `TimeoutSecondsPath`, `HeartbeatSeconds` or `HeartbeatSecondsPath`. */
function secondsOf(fields: Fields, field: 'TimeoutSeconds' | 'HeartbeatSeconds'): Seconds | undefined {
  const seconds = fields.number(field, { least: 1 });
  const text = fields.optionalText(`${field}Path`);
  if (text === undefined) return seconds === undefined ? undefined : () => seconds;
  if (seconds !== undefined) throw fields.invalid(`${field} and ${field}Path`);
  const path: Evaluate = requiredPathOf(text, fields);
  return (input, visit) => {
    const value = path(input, visit);
    if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
    throw runtimeError(`${fields.where}: ${field}Path points at ${JSON.stringify(value)}`);
  };
}

interface Limits {
  readonly timeout?: number;
  readonly heartbeat?: number;
}

/**
 * Waits for the answer, no longer than the limits say. A person is waited for by the local clock, which may be moved; a
 * function by the machine's, as it takes the machine's time.
 */
async function within(
  answered: Promise<Json>,
  { timeout, heartbeat }: Limits,
  pending: PendingTask | undefined,
  { environment, signal }: Visit,
): Promise<Json> {
  const timers: Timer[] = [];
  const races = [answered];
  const limit = (timer: Timer, missedHeartbeat = false): void => {
    timers.push(timer);
    races.push(
      timer.over.then(() => Promise.reject(new StateError('States.Timeout', '', { missedHeartbeat }))),
    );
  };
  if (timeout !== undefined) {
    limit(pending ? environment.alarm(environment.now() + timeout * 1000) : environment.timer(timeout));
  }
  if (pending && heartbeat !== undefined) limit(heartbeatTimer(pending, heartbeat, environment), true);
  try {
    return await unlessStopped(races.length > 1 ? Promise.race(races) : answered, signal);
  } finally {
    for (const timer of timers) timer.cancel();
  }
}

/** Is over when no heartbeat has come for so many seconds. */
function heartbeatTimer(pending: PendingTask, seconds: number, environment: Environment): Timer {
  let alarm: Timer | undefined;
  const over = new Promise<void>((resolve) => {
    const begin = (): void => {
      alarm?.cancel();
      alarm = environment.alarm(environment.now() + seconds * 1000);
      void alarm.over.then(resolve);
    };
    begin();
    pending.onHeartbeat(begin);
  });
  return { over, cancel: () => alarm?.cancel() };
}

function checkSize(result: Json, name: string): void {
  if (!exceedsPayloadLimit(result)) return;
  const cause = `The state/task '${name}' returned a result with a size exceeding the maximum number of bytes service limit.`;
  throw new StateError('States.DataLimitExceeded', cause);
}
