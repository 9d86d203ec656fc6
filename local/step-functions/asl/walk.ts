import { exceedsPayloadLimit, type Json, type JsonObject } from './json';
import {
  type Environment,
  type State,
  type States,
  type Transition,
  type Visit,
  type VisitContext,
} from './state';
import { ExecutionStopped, runtimeError, StateError, unlessStopped } from './state-error';
import { type Trace } from './trace';
import { type Variables } from './variables';

export interface WalkOptions {
  readonly environment: Environment;
  /** The part of the context object that all states of this path share. */
  readonly context: JsonObject;
  readonly variables: Variables;
  readonly signal: AbortSignal;
  readonly trace: Trace;
  /** Hears of each state before it is entered. */
  readonly onEnter?: (state: string, input: Json) => void;
}

/**
 * Walks from state to state. Between any two of them stands the check whether the execution still lives.
 *
 * @returns the output of the last state
 * @throws StateError that no Catcher took, ExecutionStopped
 */
export async function walk({ startAt, states }: States, input: Json, options: WalkOptions): Promise<Json> {
  const { environment, signal, onEnter } = options;
  let data = input;
  for (let name: string | undefined = startAt; name !== undefined;) {
    const state = states.get(name);
    if (!state) throw runtimeError(`There is no state ${name}`);
    const held = environment.beforeState(name);
    if (held) await unlessStopped(held, signal);
    if (signal.aborted) throw new ExecutionStopped();
    onEnter?.(name, data);
    const transition = await visit(state, data, options);
    data = transition.output;
    name = transition.next;
  }
  return data;
}

async function visit(state: State, input: Json, options: WalkOptions): Promise<Transition> {
  const { context, environment, signal, trace } = options;
  const { name, type } = state;
  trace.record(`${type}StateEntered`, { state: name, input });
  const entered = { Name: name, EnteredTime: new Date(environment.now()).toISOString(), RetryCount: 0 };
  const visitContext: VisitContext = { ...context, State: entered };
  const visit: Visit = { ...options, context: visitContext, walk: branchWalk(options) };

  const running = state.run(input, visit);
  const transition = running instanceof Promise ? await running : running;
  if (signal.aborted) throw new ExecutionStopped();
  const { output, next, caught } = transition;
  if (exceedsPayloadLimit(output)) {
    const cause = `The output of state ${name} exceeds the maximum number of bytes service limit.`;
    throw new StateError('States.DataLimitExceeded', cause);
  }
  if (caught) trace.record('CatchTaken', { state: name, type, output, next, ...caught });
  else if (type !== 'Fail') trace.record(`${type}StateExited`, { state: name, output, next });
  return transition;
}

function branchWalk({ environment, context, variables }: WalkOptions): Visit['walk'] {
  return (states, input, { signal, trace, context: more }) =>
    walk(states, input, {
      ...{ environment, signal, trace },
      context: more ? { ...context, ...more } : context,
      variables: variables.inner(),
    });
}
