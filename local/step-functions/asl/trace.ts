import { type Json } from './json';

export type StateType = 'Task' | 'Parallel' | 'Map' | 'Pass' | 'Wait' | 'Choice' | 'Succeed' | 'Fail';

/** What an execution tells while it runs. The names are those of Step Functions' history, but for the last two. */
export type TraceType =
  | `${StateType}StateEntered`
  | `${StateType}StateExited`
  | 'TaskScheduled'
  | 'TaskStarted'
  | 'TaskSubmitted'
  | 'TaskSucceeded'
  | 'TaskFailed'
  | 'TaskTimedOut'
  | 'ParallelStateStarted'
  | 'ParallelStateSucceeded'
  | 'ParallelStateFailed'
  | 'MapStateStarted'
  | 'MapStateSucceeded'
  | 'MapStateFailed'
  | 'MapIterationStarted'
  | 'MapIterationSucceeded'
  | 'MapIterationFailed'
  | 'MapIterationAborted'
  | 'TaskRetryScheduled'
  | 'CatchTaken';

export interface TraceDetails {
  readonly state: string;
  /** Of the state that a Catcher led out of. */
  readonly type?: StateType;
  /** Of a Task: 1 for the first call, 2 for the first retry. */
  readonly attempt?: number;
  readonly input?: Json;
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: string;
  /** The retry that is about to be waited for. */
  readonly retry?: { readonly count: number; readonly waitSeconds: number };
  /** The state entered after this one. */
  readonly next?: string;
  /** Of a Task: its `Resource`. */
  readonly resource?: string;
  readonly timeoutSeconds?: number;
  readonly heartbeatSeconds?: number;
  /** Of a Map: how many items it has. */
  readonly length?: number;
  /** Of an iteration: of which item. */
  readonly index?: number;
}

/** Receives what happens on one path through the states. */
export interface Trace {
  record(type: TraceType, details: TraceDetails): void;
  /** A path of its own, that begins here: a branch or an iteration. */
  branch(of: Branch): Trace;
}

/** Which branch of a Parallel state, or which iteration of a Map; the first is 0. */
export interface Branch {
  readonly state: string;
  readonly index: number;
}
