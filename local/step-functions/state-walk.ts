import { type AcceptedState, type AcceptedStates } from './accepted-definition';
import { attemptTask, type TaskPorts } from './attempt-task';
import { ExecutionStopped, TerminalError, unlessStopped } from './errors';
import { type ExecutionEventDetails, type ExecutionEventType } from './execution-history';
import { type Faults } from './faults';
import { refuseBackslashes } from './intrinsic-functions';
import { type InterpretedState, type StateOutcome } from './interpreter';
import { exceedsPayloadLimit, isObject, type Json, type JsonObject } from './json';
import { EXECUTION_KEY, valueAt } from './reference-path';
import { RetrySchedule } from './retry-schedule';

/** What a walk through the states of one execution needs to know. */
export interface WalkOptions {
  readonly ports: TaskPorts;
  readonly faults: Faults;
  readonly waitScale: number;
  /** `$$.Execution` and `$$.StateMachine`. */
  readonly execution: JsonObject;
  readonly stateMachine: JsonObject;
  /** Awaited before each state is entered. */
  readonly beforeState: (stateName: string) => void | Promise<void>;
  readonly record: (type: ExecutionEventType, details: ExecutionEventDetails) => void;
  readonly now: () => number;
}

/** Walks from state to state. The alive check stands between any two of them, and before each attempt of a Task. */
export class StateWalk {
  constructor(
    private readonly options: WalkOptions,
    private readonly interpreted: (state: AcceptedState) => InterpretedState,
  ) {}

  /** Resolves with the output of the last state. Rejects with the error that no Catch took. */
  async through({ startAt, states }: AcceptedStates, input: Json, signal: AbortSignal): Promise<Json> {
    const { record, beforeState } = this.options;
    let data = input;
    for (let name: string | undefined = startAt; name !== undefined;) {
      const state = states.get(name);
      if (!state) throw new TerminalError('States.Runtime', `There is no state ${name}`);
      await unlessStopped(beforeState(state.name), signal);
      if (signal.aborted) throw new ExecutionStopped();
      record(`${state.type}StateEntered`, { state: state.name, input: data });

      const outcome = await this.visit(state, data, signal);
      if (signal.aborted) throw new ExecutionStopped();
      this.leave(state, outcome);
      data = outcome.output;
      name = outcome.next;
    }
    return data;
  }

  private leave({ name, type }: AcceptedState, { output, next, caught }: StateOutcome): void {
    if (exceedsPayloadLimit(output)) {
      const cause = `The output of state ${name} exceeds the maximum number of bytes service limit.`;
      throw new TerminalError('States.DataLimitExceeded', cause);
    }
    if (caught) this.options.record('CatchTaken', { state: name, output, next, ...caught });
    else this.options.record(`${type}StateExited`, { state: name, output, next });
  }

  private async visit(state: AcceptedState, input: Json, signal: AbortSignal): Promise<StateOutcome> {
    const { execution, stateMachine, waitScale, now } = this.options;
    const visit = { Name: state.name, EnteredTime: new Date(now()).toISOString(), RetryCount: 0 };
    const context = { [EXECUTION_KEY]: execution, StateMachine: stateMachine, State: visit };
    const { InputPath, Parameters, ResultSelector } = state.asl;
    const effective = typeof InputPath === 'string' ? valueAt(InputPath, input, context) : input;
    refuseBackslashes(Parameters, effective as Json, context);

    const retries = new RetrySchedule(state.retriers, waitScale);
    const task = async (taskInput: Json): Promise<Json> => {
      try {
        const result = await this.perform(state, taskInput, signal);
        refuseBackslashes(ResultSelector, result, context);
        return result;
      } catch (error) {
        this.recordFailure(state, error, retries, visit);
        throw error;
      }
    };
    const waitMs = (state.waitSeconds ?? 0) * waitScale * 1000;
    return this.interpreted(state).run(input, { context, task, retryWaits: retries.waits, waitMs, signal });
  }

  private async perform(state: AcceptedState, input: Json, signal: AbortSignal): Promise<Json> {
    if (!state.branches) {
      return attemptTask(state, input, { ports: this.options.ports, faults: this.options.faults, signal });
    }
    // The first branch that fails ends the others.
    const failed = new AbortController();
    const either = AbortSignal.any([signal, failed.signal]);
    const branches = state.branches.map((branch) => this.through(branch, input, either));
    try {
      return await Promise.all(branches);
    } finally {
      failed.abort();
    }
  }

  private recordFailure(
    { name: state, type }: AcceptedState,
    error: unknown,
    retries: RetrySchedule,
    visit: { RetryCount: number },
  ): void {
    if (error instanceof ExecutionStopped || !(error instanceof Error)) return;
    const { name, message: cause } = error;
    const attempt = visit.RetryCount + 1;
    if (type === 'Task') this.options.record('TaskFailed', { state, attempt, error: name, cause });
    if (isObject(error) && error.isRetryable === false) return;
    const retry = retries.failed(name);
    if (!retry) return;
    visit.RetryCount = retry.count;
    this.options.record('TaskRetryScheduled', { state, attempt, error: name, retry });
  }
}
