import { type Json } from './asl/json';
import { type Branch, type StateType, type TraceDetails } from './asl/trace';

export type MachineType = 'EXPRESS' | 'STANDARD';
/** What a state machine is to its executions. */
export interface MachineIdentity {
  readonly arn: string;
  readonly name: string;
  readonly type: MachineType;
  readonly roleArn: string;
}

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

export type ExecutionEventType =
  | `${StateType}StateEntered`
  | `${StateType}StateExited`
  | 'TaskFailed'
  | 'TaskRetryScheduled'
  | 'CatchTaken'
  | 'ExecutionSucceeded'
  | 'ExecutionFailed'
  | 'ExecutionTimedOut'
  | 'ExecutionAborted'
  | 'ExecutionRedriven';

/** What the history shows of what the interpreter tells. */
type ShownDetails = Pick<
  TraceDetails,
  'state' | 'attempt' | 'input' | 'output' | 'error' | 'cause' | 'retry' | 'next'
>;

/** Events of the execution itself have no state. */
export interface ExecutionEvent extends Partial<ShownDetails> {
  /** 1, 2, 3, … within the execution. */
  readonly id: number;
  /** ISO 8601, by the local clock. */
  readonly timestamp: string;
  readonly type: ExecutionEventType;
  /** In which branches and iterations, the outermost first. @default none */
  readonly within?: readonly Branch[];
}

export interface ExecutionRecord {
  readonly executionArn: string;
  /** Last part of the ARN: a UUID, or the name of a Standard execution. */
  readonly id: string;
  readonly name: string;
  readonly stateMachine: string;
  readonly stateMachineArn: string;
  readonly type: MachineType;
  /** Of the state machine. */
  readonly tags: Readonly<Record<string, string>>;
  readonly status: ExecutionStatus;
  /** ISO 8601, by the local clock. */
  readonly startedAt: string;
  readonly stoppedAt?: string;
  readonly input: Json;
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: string;
  readonly events: readonly ExecutionEvent[];
}

type BeginListener = (execution: ExecutionRecord) => void;
type EventListener = (event: ExecutionEvent, execution: ExecutionRecord) => void;
export type ExecutionEventDetails = Omit<ExecutionEvent, 'id' | 'timestamp' | 'type'>;

/** What happened in the executions of the local run: what CloudWatch Logs would tell of an Express workflow. */
export class ExecutionHistory {
  private readonly executions = new Map<string, ExecutionRecord & { events: ExecutionEvent[] }>();
  private readonly beginListeners = new Set<BeginListener>();
  private readonly listeners = new Set<EventListener>();

  /** @param capacity Executions remembered; the oldest is forgotten first. */
  constructor(readonly capacity = 1000) {}

  /** Newest first. */
  list(): ExecutionRecord[] {
    return [...this.executions.values()].reverse();
  }

  /** The newest execution with this id, name or ARN. */
  get(idOrNameOrArn: string): ExecutionRecord | undefined {
    const found = this.executions.get(idOrNameOrArn);
    return found ?? this.list().find(({ id, name }) => id === idOrNameOrArn || name === idOrNameOrArn);
  }

  clear(): void {
    this.executions.clear();
  }

  /** Calls `listener` with each execution that begins, before its first event. */
  onBegin(listener: BeginListener): void {
    this.beginListeners.add(listener);
  }

  /** Calls `listener` for every event of every execution, until the returned function is called. */
  onEvent(listener: EventListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  begin(execution: Omit<ExecutionRecord, 'status' | 'events'>): ExecutionRecorder {
    const record = { ...execution, status: 'RUNNING' as ExecutionStatus, events: [] as ExecutionEvent[] };
    this.executions.set(record.executionArn, record);
    const oldest = this.executions.keys().next();
    if (this.executions.size > this.capacity && !oldest.done) this.executions.delete(oldest.value);
    for (const listener of this.beginListeners) listener(record);

    const event: ExecutionRecorder['event'] = (at, type, details) => {
      const timestamp = new Date(at).toISOString();
      const recorded = { id: record.events.length + 1, timestamp, type, ...details };
      record.events.push(recorded);
      for (const listener of this.listeners) listener(recorded, record);
    };
    return {
      record,
      event,
      end(at, status, result) {
        Object.assign(record, { status, stoppedAt: new Date(at).toISOString(), ...result });
        event(at, END_EVENTS[status], result);
      },
      resume(at) {
        const before = { stoppedAt: undefined, output: undefined, error: undefined, cause: undefined };
        Object.assign(record, { status: 'RUNNING', ...before });
        event(at, 'ExecutionRedriven', {});
      },
    };
  }
}

export interface ExecutionRecorder {
  readonly record: ExecutionRecord;
  /** @param at milliseconds since the epoch */
  event(at: number, type: ExecutionEventType, details: ExecutionEventDetails): void;
  end(at: number, status: Exclude<ExecutionStatus, 'RUNNING'>, result: ExecutionResult): void;
  /** The execution that had ended runs again. */
  resume(at: number): void;
}

export type ExecutionResult = Pick<ExecutionRecord, 'output' | 'error' | 'cause'>;

const END_EVENTS = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
} as const;
