import './promise-with-resolvers';
import { ExecutionError, StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import { type AcceptedState } from './accepted-definition';
import { ExecutionStopped, TaskError, TerminalError } from './errors';
import { isObject, type Json, type JsonObject, textOf } from './json';

/** The longest time a timer of Node.js can hold, in seconds: 24 days. */
export const LONGEST_TIMER_SECONDS = 2_147_483;

/** Prefix of the states that stand for where a transition leads. */
const EXIT = 'next: ';

/** What one state made of its input. */
export interface StateOutcome {
  readonly output: Json;
  /** Undefined when the state ends the execution. */
  readonly next?: string;
  /** Set when a Catch led on. */
  readonly caught?: { readonly error: string; readonly cause: string };
}

export interface StateRun {
  readonly context: JsonObject;
  readonly task: (input: Json) => Promise<Json>;
  /** Milliseconds before a retry, by index of the retrier; filled while the state runs. */
  readonly retryWaits: number[];
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

/** Checks a definition with the validator of the interpreter. Takes some 100 ms, so it is done once per machine. */
export function validate(definition: JsonObject): void {
  new StateMachine(definition as unknown as StateMachineDefinition);
}

/**
 * One state, interpreted by `aws-local-stepfunctions`: paths, templates, choice rules, Retry and Catch.
 *
 * The interpreter runs a machine from start to end and can be neither paused nor observed between two states. So
 * each state becomes a machine of its own, in which every transition leads to a Succeed state that tells where it
 * leads; who walks from state to state is the caller.
 */
export class InterpretedState {
  private readonly machine: StateMachine;

  constructor(private readonly state: AcceptedState) {
    const exits = new Set<string>();
    const exit = (next: Json | undefined): string => {
      const stub = EXIT + textOf(next);
      exits.add(stub);
      return stub;
    };
    const redirect = (clause: JsonObject): JsonObject =>
      'Next' in clause ? { ...clause, Next: exit(clause.Next) } : clause;

    const asl = redirect(state.asl);
    if (asl.Default !== undefined) asl.Default = exit(asl.Default);
    for (const field of ['Choices', 'Catch'] as const) {
      if (Array.isArray(asl[field])) asl[field] = (asl[field] as JsonObject[]).map(redirect);
    }
    // A Parallel state is a Task whose work is to walk the branches. Time-outs are the task's own, see attempt-task.
    if (state.type === 'Task' || state.type === 'Parallel') {
      Object.assign(asl, { Type: 'Task', Resource: state.name, TimeoutSeconds: LONGEST_TIMER_SECONDS });
    }
    const stubs = [...exits].map((name) => [name, { Type: 'Succeed' }] as const);
    const definition = { StartAt: state.name, States: { [state.name]: asl, ...Object.fromEntries(stubs) } };
    this.machine = new StateMachine(definition as unknown as StateMachineDefinition, {
      validationOptions: { noValidate: true },
    });
  }

  /** @throws TaskError, TerminalError, ExecutionStopped or an error the interpreter names as ASL does */
  async run(input: Json, { context, task, retryWaits, waitMs, signal }: StateRun): Promise<StateOutcome> {
    const { name } = this.state;
    const { result, eventLogs, abort } = this.machine.run(input, {
      context,
      overrides: {
        taskResourceLocalHandlers: { [name]: task },
        retryIntervalOverrides: { [name]: retryWaits },
        waitTimeOverrides: { [name]: waitMs },
      },
    });
    signal.addEventListener('abort', abort, { once: true });
    try {
      const output = await result;
      let failure = { error: '', cause: '' };
      let caught: StateOutcome['caught'];
      let next: string | undefined;
      for await (const event of eventLogs) {
        if (event.type === 'StateFailed') failure = { error: event.Error, cause: String(event.Cause) };
        if (event.type === 'StateCaught') caught = failure;
        if (event.type === 'StateEntered' && event.state.name.startsWith(EXIT)) {
          next = event.state.name.slice(EXIT.length);
        }
      }
      return { output, next, caught };
    } catch (error) {
      if (signal.aborted) throw new ExecutionStopped();
      throw named(error instanceof ExecutionError ? error.cause : error);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }
}

/** An error that ASL has no name for is one of the interpreter itself: `States.Runtime`, as AWS calls its own. */
function named(error: unknown): unknown {
  if (error instanceof TaskError || (isObject(error) && 'isCatchable' in error)) return error;
  return new TerminalError('States.Runtime', String(error));
}

/**
 * The error of a Task that ran out of time. The interpreter tells it from other failures by its class (for
 * `States.TaskFailed`, which does not match it) and does not export the class, so one is obtained from it.
 */
export async function taskTimeout(): Promise<Error> {
  const task = { Type: 'Task', Resource: 'never', TimeoutSeconds: 0.001, End: true };
  const definition = { StartAt: 'Task', States: { Task: task } } as unknown as StateMachineDefinition;
  const machine = new StateMachine(definition, { validationOptions: { noValidate: true } });
  const never = (): Promise<null> => new Promise(() => undefined);
  const { result } = machine.run(null, { overrides: { taskResourceLocalHandlers: { Task: never } } });
  const error: unknown = await result.catch((failure: ExecutionError) => failure.cause);
  // Step Functions gives no cause.
  return Object.assign(error as Error, { message: '' });
}
