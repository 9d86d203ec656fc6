import { randomBytes } from 'node:crypto';
import { type Json } from './asl/json';
import { type PendingTask } from './asl/state';
import { StateError } from './asl/state-error';
import { AwsError } from '../aws/aws-error';

/** A task that waits for its token to come back. */
export interface WaitingTask {
  readonly token: string;
  readonly executionArn: string;
  readonly state: string;
  /** ISO 8601, by the local clock. */
  readonly since: string;
}

interface Pending extends WaitingTask {
  readonly succeed: (output: Json) => void;
  readonly fail: (error: StateError) => void;
  beat: () => void;
}

/** The task tokens of a state machine: of those that wait, and of those that waited. */
export class TaskTokens {
  private readonly pending = new Map<string, Pending>();
  private readonly spent = new Set<string>();
  private readonly listeners = new Set<() => void>();

  constructor(private readonly clock: { now(): number }) {}

  issue(executionArn: string, state: string): PendingTask {
    const token = randomBytes(192).toString('base64');
    let beat = (): void => undefined;
    const result = new Promise<Json>((succeed, fail) => {
      const since = new Date(this.clock.now()).toISOString();
      this.pending.set(token, { token, executionArn, state, since, succeed, fail, beat: () => beat() });
    });
    // Nobody may be waiting yet, or any more.
    result.catch(() => undefined);
    this.changed();
    return {
      token,
      result,
      onHeartbeat: (listener) => (beat = listener),
      abandon: () => this.spend(token),
    };
  }

  /** Whether a task of this machine had or has the token. */
  knows(token: string): boolean {
    return this.pending.has(token) || this.spent.has(token);
  }

  waiting(): readonly WaitingTask[] {
    return [...this.pending.values()].map(({ token, executionArn, state, since }) => ({
      ...{ token, executionArn, state, since },
    }));
  }

  /** @throws AwsError TaskTimedOut when the task waits no more */
  succeed(token: string, output: Json): void {
    this.taskOf(token).succeed(output);
    this.spend(token);
  }

  /** @throws AwsError TaskTimedOut */
  fail(token: string, error = '', cause = ''): void {
    this.taskOf(token).fail(new StateError(error, cause));
    this.spend(token);
  }

  /** @throws AwsError TaskTimedOut */
  heartbeat(token: string): void {
    this.taskOf(token).beat();
  }

  /** Forgets all of them: their executions have ended. */
  clear(): void {
    this.pending.clear();
    this.spent.clear();
    this.changed();
  }

  /** Calls `listener` after each change. */
  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  private taskOf(token: string): Pending {
    const task = this.pending.get(token);
    if (task) return task;
    throw new AwsError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
  }

  private spend(token: string): void {
    if (!this.pending.delete(token)) return;
    this.spent.add(token);
    this.changed();
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}
