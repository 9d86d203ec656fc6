import {
  type ErrorObject,
  type EventDetails,
  type EventType,
  type ExecutionStatus,
  type HistoryEvent,
  type Operation,
} from './api-shapes';
import { type DurableExecution, type ExecutionProgress, type KeptOperation } from './durable-execution';

type End = Pick<ExecutionProgress, 'result' | 'error'>;

/** What happens to an execution at one time: all of it is recorded, or, when it throws before that, nothing. */
export class ExecutionChange {
  /** Changed or new. */
  readonly operations = new Map<string, KeptOperation>();
  readonly events: HistoryEvent[] = [];
  progress: ExecutionProgress;

  /** @param now milliseconds by the local clock */
  constructor(
    readonly execution: DurableExecution,
    readonly now: number,
  ) {
    this.progress = execution.progress;
  }

  /** Seconds, as the API has them. */
  get seconds(): number {
    return this.now / 1000;
  }

  operation(id: string): KeptOperation | undefined {
    return this.operations.get(id) ?? this.execution.operations.get(id);
  }

  put(operation: KeptOperation): void {
    this.operations.set(operation.told.Id, operation);
  }

  /** Changes what is told of an operation, and keeps what is not. */
  update(kept: KeptOperation, changes: Partial<Operation>): KeptOperation {
    const updated = { ...kept, told: { ...kept.told, ...changes } };
    this.put(updated);
    return updated;
  }

  /** Ends an operation: nothing is awaited of it any more. */
  endOperation(kept: KeptOperation, Status: Operation['Status'], details: Partial<Operation>): Operation {
    const told = { ...kept.told, Status, EndTimestamp: this.seconds, ...details };
    this.put({ told });
    return told;
  }

  event<Type extends EventType>(
    type: Type,
    about: Partial<Pick<Operation, 'Id' | 'Name' | 'SubType' | 'ParentId'>>,
    details: EventDetails<Type>,
  ): void {
    const { Id, Name, SubType, ParentId } = about;
    this.events.push({
      EventId: this.execution.events.length + this.events.length + 1,
      EventType: type,
      EventTimestamp: this.seconds,
      ...{ Id, Name, SubType, ParentId },
      [`${type}Details`]: details,
    });
  }

  count(counted: Partial<Record<'bytesWritten' | 'invocations' | 'operationsUsed', number>>): void {
    for (const [what, number] of Object.entries(counted) as [keyof typeof counted, number][]) {
      this.progress = { ...this.progress, [what]: this.progress[what] + number };
    }
  }

  /** Ends the execution. */
  end(status: Exclude<ExecutionStatus, 'RUNNING'>, { result, error }: End = {}): void {
    this.progress = { ...this.progress, status, endedAt: this.now, result, error };
    const root = [...this.execution.operations.values()].find(({ told }) => told.Type === 'EXECUTION')!;
    const { Id, Name } = this.endOperation(root, status, {});
    const about = { Id, Name };
    if (status === 'SUCCEEDED')
      return this.event('ExecutionSucceeded', about, { Result: { Payload: result } });
    const Error = { Payload: error ?? ({} satisfies ErrorObject) };
    const type = { FAILED: 'ExecutionFailed', TIMED_OUT: 'ExecutionTimedOut', STOPPED: 'ExecutionStopped' };
    this.event(type[status] as 'ExecutionFailed', about, { Error });
  }
}
