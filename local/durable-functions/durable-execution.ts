import { type ErrorObject, type ExecutionStatus, type HistoryEvent, type Operation } from './api-shapes';

/** What an execution is from its start to its end. */
export interface ExecutionStart {
  readonly arn: string;
  /** Unique among the executions of the function. */
  readonly name: string;
  readonly functionName: string;
  /** With the version that the execution is bound to. */
  readonly functionArn: string;
  readonly version: string;
  /** Whether somebody waits for the result: it may then be larger. */
  readonly synchronous: boolean;
  /** JSON. */
  readonly input: string;
  /** Milliseconds by the local clock, as all times here. */
  readonly startedAt: number;
  readonly timesOutAt: number;
  readonly retentionDays: number;
  /** The operation that started it, if it is chained to another execution. */
  readonly parent?: { readonly arn: string; readonly operationId: string };
}

/** How far it is. */
export interface ExecutionProgress {
  readonly status: ExecutionStatus;
  readonly endedAt?: number;
  /** JSON. */
  readonly result?: string;
  readonly error?: ErrorObject;
  /** Begun; all but the first replay what is recorded. */
  readonly invocations: number;
  /** Invocations in a row that ended in an error, or in nothing that AWS takes. */
  readonly failures: number;
  readonly operationsUsed: number;
  readonly bytesWritten: number;
}

/** An operation, and what the service alone knows of it. */
export interface KeptOperation {
  readonly told: Operation;
  /** Of a callback. */
  readonly timesOutAt?: number;
  readonly heartbeat?: { readonly seconds: number; readonly timesOutAt: number };
  /** Of a chained invocation; `child` is the ARN of its execution, if the function is a durable one. */
  readonly chained?: { readonly functionName: string; readonly payload: string; readonly child?: string };
}

/** The invocation that is under way. Its tokens are its own, and each is used once. */
export interface RunningInvocation {
  readonly id: string;
  readonly startedAt: number;
  /** What it was begun with: pages of it are asked for before anything is added. */
  readonly operations: readonly Operation[];
  /** Counts the checkpoints. */
  sequence: number;
  /** Repeated to a client that did not hear it: it sends the same `ClientToken` again. */
  lastAnswer?: { readonly clientToken: string; readonly token: string; readonly answer: object };
}

/** One execution of a durable function: what is recorded of it, and the invocation that goes on with it. */
export class DurableExecution {
  /** In the order of their starts. */
  readonly operations = new Map<string, KeptOperation>();
  readonly events: HistoryEvent[] = [];
  /** Operations that have changed since the function was last told. */
  readonly untold = new Set<string>();
  invocation?: RunningInvocation;
  /** When it is invoked even if nothing has changed: at its start, after a failed invocation, after a restart of the run. */
  resumesAt?: number;

  constructor(
    readonly start: ExecutionStart,
    public progress: ExecutionProgress,
  ) {}

  get arn(): string {
    return this.start.arn;
  }

  get running(): boolean {
    return this.progress.status === 'RUNNING';
  }

  /** Whether the function that says it waits has something to wait for. */
  get pending(): boolean {
    return [...this.operations.values()].some(
      ({ told: { Type, Status } }) =>
        Type !== 'CONTEXT' &&
        Type !== 'EXECUTION' &&
        (Status === 'PENDING' || Status === 'READY' || (Status === 'STARTED' && Type !== 'STEP')),
    );
  }
}
