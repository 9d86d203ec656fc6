import { type JsonObject, type Json } from './json';
import { type Scope } from './scope';
import { type Timer } from './timers';
import { type StateType, type Trace } from './trace';

/** What a state made of its input. */
export interface Transition {
  readonly output: Json;
  /** Undefined when the state ends the path. */
  readonly next?: string;
  /** Set when a Catcher led on. */
  readonly caught?: { readonly error: string; readonly cause: string };
}

/** One state of a definition, read. */
export interface State {
  readonly name: string;
  readonly type: StateType;
  /** @throws StateError, ExecutionStopped */
  run(input: Json, visit: Visit): Transition | Promise<Transition>;
}

/** A state machine, the branch of a Parallel state or the iterations of a Map state. */
export interface States {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
}

/** What a state knows while it is visited. */
export interface Visit extends Scope {
  readonly context: VisitContext;
  readonly signal: AbortSignal;
  readonly trace: Trace;
  readonly environment: Environment;
  /** Walks through the states of a branch or iteration, in a scope of its own. */
  walk(
    states: States,
    input: Json,
    options: { signal: AbortSignal; trace: Trace; context?: JsonObject },
  ): Promise<Json>;
}

/** The context object of a visit; the number of retries in it grows, and a token comes and goes. */
export type VisitContext = JsonObject & { State: { Name: string; EnteredTime: string; RetryCount: number } };

/** A call of a Task's resource. */
export interface TaskCall {
  readonly state: string;
  readonly resource: string;
  readonly input: Json;
}

/** A task that waits for somebody to send its token back. */
export interface PendingTask {
  readonly token: string;
  /** Resolves with what SendTaskSuccess brings, rejects with the StateError of SendTaskFailure. */
  readonly result: Promise<Json>;
  /** Calls `listener` for each SendTaskHeartbeat. */
  onHeartbeat(listener: () => void): void;
  /** Nobody waits any more: the token is worth nothing from now on. */
  abandon(): void;
}

/** What lies outside of the language. */
export interface Environment {
  /** Milliseconds since the epoch, by the local clock. */
  now(): number;
  /** Awaited before each state is entered. */
  beforeState(name: string): void | Promise<void>;
  /** Goes off at a time of the local clock, which may be moved meanwhile. */
  alarm(time: number): Timer;
  /** Goes off after seconds of the machine's clock. */
  timer(seconds: number): Timer;
  /** Factor on Wait states and on the waits before retries; 0 skips them. */
  readonly waitScale: number;
  /** @throws StateError */
  call(call: TaskCall, signal: AbortSignal): Promise<Json>;
  /** Hands out a task token. */
  issueToken(state: string): PendingTask;
}
