import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws/aws-error';
import { type LocalClock } from '../core/clock';
import { type FunctionPool } from '../lambda/function-pool';
import { exited, failed, type InvocationAnswer } from '../lambda/invocation-answer';
import { completeDue, nextDueAt } from './due-operations';
import { type DurableExecution, type RunningInvocation } from './durable-execution';
import { ExecutionChange } from './execution-change';
import { ExecutionStore } from './execution-store';
import { invocationEvent, visibleOperations } from './invocation-event';
import { answerOf, recordOutcome } from './invocation-outcome';

/** What a timer of Node.js can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export interface ExecutionRunnerOptions {
  readonly clock: LocalClock;
  readonly functions: FunctionPool;
  /** Keeps the executions across restarts. @default in memory only */
  readonly journalFile?: string;
  /** Told when an execution has changed. @default nobody is */
  readonly onChange?: () => void;
  /** Told why an execution cannot be invoked. @default nobody is */
  readonly warn?: (what: string, error: unknown) => void;
}

/**
 * Invokes executions, each by one invocation at a time, until they have ended. Between two invocations an execution waits: by the
 * local clock for a wait or a retry, or for somebody who answers one of its operations.
 */
export class ExecutionRunner {
  readonly store: ExecutionStore;
  private readonly timers = new Map<string, NodeJS.Timeout>();
  /** Who waits for the end of an execution. */
  private readonly waiting = new Map<string, Set<() => void>>();
  /** While nothing may happen: before everything is there, during a reset, at the end. */
  private stopped = true;

  get isStopped(): boolean {
    return this.stopped;
  }

  constructor(private readonly options: ExecutionRunnerOptions) {
    this.store = new ExecutionStore(options.journalFile);
    options.clock.onAdvance(() => this.store.list().forEach((execution) => this.schedule(execution)));
  }

  now(): number {
    return this.options.clock.now();
  }

  /** Goes on with what is under way: the last run has left it, or a pause. */
  resume(): void {
    this.stopped = false;
    this.store.forget(this.now());
    for (const execution of this.store.list()) {
      execution.invocation = undefined;
      execution.resumesAt = this.now();
      this.schedule(execution);
    }
  }

  pause(): void {
    this.stopped = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  reset(): void {
    this.store.clear();
    this.wakeAll();
  }

  close(): void {
    this.pause();
    this.wakeAll();
  }

  /** @throws AwsError, which a client takes for a reason to ask again */
  refuseStopped(): void {
    if (this.stopped)
      throw new AwsError('ServiceException', 'The local run is being reset.', { statusCode: 500 });
  }

  /** Whether something may still happen to an execution: a reset has not forgotten it. */
  isLive(execution: DurableExecution): boolean {
    return !this.stopped && execution.running && this.store.get(execution.arn) === execution;
  }

  changeOf(execution: DurableExecution): ExecutionChange {
    return new ExecutionChange(execution, this.now());
  }

  commit(change: ExecutionChange): void {
    const { execution } = change;
    this.store.commit(change);
    if (!execution.running) this.wake(execution.arn);
    this.options.onChange?.();
  }

  completeDue(execution: DurableExecution): void {
    const change = this.changeOf(execution);
    completeDue(change);
    if (change.operations.size > 0) this.commit(change);
  }

  /** Waits for the end of an execution. A reset, or the end of the run, is one too. */
  async ended(execution: DurableExecution): Promise<InvocationAnswer> {
    if (this.isLive(execution)) {
      await new Promise<void>((wake) => {
        const waiting = this.waiting.get(execution.arn) ?? new Set();
        this.waiting.set(execution.arn, waiting.add(wake));
      });
    }
    return execution.running ? exited(randomUUID(), 'signal: killed') : answerOf(execution);
  }

  /** Invokes an execution now, or sets a timer for when there will be something to do. */
  schedule(execution: DurableExecution): void {
    clearTimeout(this.timers.get(execution.arn));
    this.timers.delete(execution.arn);
    if (!this.isLive(execution)) return;
    const { start, invocation } = execution;
    const now = this.now();
    if (start.timesOutAt <= now) return this.timeOut(execution);
    const at = invocation ? Infinity : this.invokesAt(execution, now);
    if (at <= now) {
      const stuck = (error: unknown) => this.options.warn?.(`${start.name} cannot go on`, error);
      return void this.run(execution).catch(stuck);
    }
    const wait = Math.min(at, start.timesOutAt) - now;
    const timer = setTimeout(() => this.schedule(execution), Math.min(wait, MAX_TIMER_MS));
    this.timers.set(execution.arn, timer);
  }

  private invokesAt(execution: DurableExecution, now: number): number {
    this.completeDue(execution);
    if (execution.resumesAt !== undefined) return execution.resumesAt;
    const ready = [...execution.operations.values()].some(({ told }) => told.Status === 'READY');
    return ready || execution.untold.size > 0 ? now : (nextDueAt(execution) ?? Infinity);
  }

  private async run(execution: DurableExecution): Promise<void> {
    const { functions, warn } = this.options;
    const { functionArn, name } = execution.start;
    const invocation = this.beginInvocation(execution);
    const event = invocationEvent(execution, invocation, [...execution.untold]);
    execution.untold.clear();
    this.schedule(execution);

    const answer = await functions.invokeOnce(functionArn, event).catch((error: Error) => {
      warn?.(`The durable execution ${name} cannot be invoked`, error);
      return failed(error.name, error.message);
    });
    // During a reset, or at the end of the run, it is not the function that has failed.
    if (this.stopped || execution.invocation !== invocation) return;
    execution.invocation = undefined;
    if (this.store.get(execution.arn) !== execution) return;
    const change = this.changeOf(execution);
    execution.resumesAt = recordOutcome(change, invocation, answer);
    this.commit(change);
    this.schedule(execution);
  }

  private beginInvocation(execution: DurableExecution): RunningInvocation {
    const change = this.changeOf(execution);
    change.count({ invocations: 1 });
    this.commit(change);
    execution.resumesAt = undefined;
    execution.invocation = {
      ...{ id: randomUUID(), startedAt: change.now, sequence: 0 },
      operations: visibleOperations(execution),
    };
    return execution.invocation;
  }

  private timeOut(execution: DurableExecution): void {
    const { startedAt, timesOutAt } = execution.start;
    const seconds = (timesOutAt - startedAt) / 1000;
    const change = this.changeOf(execution);
    change.end('TIMED_OUT', { error: { ErrorMessage: `Execution timed out after ${seconds} seconds.` } });
    this.commit(change);
  }

  private wake(arn: string): void {
    const waiting = this.waiting.get(arn);
    this.waiting.delete(arn);
    for (const wake of waiting ?? []) wake();
  }

  private wakeAll(): void {
    for (const arn of [...this.waiting.keys()]) this.wake(arn);
  }
}
