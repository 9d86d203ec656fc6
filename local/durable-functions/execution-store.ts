import { Journal } from '../core/journal';
import { type HistoryEvent } from './api-shapes';
import {
  DurableExecution,
  type ExecutionProgress,
  type ExecutionStart,
  type KeptOperation,
} from './durable-execution';
import { type ExecutionChange } from './execution-change';

/** One change, on one line: after `kill -9` an execution has all of it or nothing. */
interface JournalEntry {
  readonly arn: string;
  /** Of the first change alone. */
  readonly start?: ExecutionStart;
  readonly progress: ExecutionProgress;
  readonly operations: readonly KeptOperation[];
  readonly events: readonly HistoryEvent[];
}

const DAY_MS = 86_400_000;

/** Every execution, until its retention period is over. */
export class ExecutionStore {
  private readonly journal: Journal<JournalEntry>;
  private readonly executions = new Map<string, DurableExecution>();

  /** @param journalFile keeps them across restarts; undefined in memory */
  constructor(journalFile: string | undefined) {
    this.journal = new Journal(journalFile);
    for (const { arn, start, progress, operations, events } of this.journal.replay()) {
      if (start) this.executions.set(arn, new DurableExecution(start, progress));
      apply(this.executions.get(arn)!, { progress, operations, events });
    }
    this.compact();
  }

  /** Oldest first. */
  list(): readonly DurableExecution[] {
    return [...this.executions.values()];
  }

  get(arn: string): DurableExecution | undefined {
    return this.executions.get(arn);
  }

  /** Records what has happened, and first of all on disk: what the function is told of it is never taken back. */
  commit(change: ExecutionChange): void {
    const { execution, progress, events } = change;
    const operations = [...change.operations.values()];
    if (operations.length + events.length === 0 && progress === execution.progress) return;
    const { arn, start } = execution;
    const known = this.executions.has(arn);
    this.journal.append({ arn, ...(!known && { start }), progress, operations, events });
    this.executions.set(arn, execution);
    apply(execution, { progress, operations, events });
    for (const { told } of operations) execution.untold.add(told.Id);
  }

  /** Forgets those whose retention period is over. */
  forget(now: number): void {
    const over = this.list().filter(
      ({ start, progress: { endedAt } }) =>
        endedAt !== undefined && endedAt + start.retentionDays * DAY_MS <= now,
    );
    if (over.length === 0) return;
    for (const { arn } of over) this.executions.delete(arn);
    this.compact();
  }

  clear(): void {
    this.executions.clear();
    this.compact();
  }

  private compact(): void {
    this.journal.rewrite(
      this.list().map(({ arn, start, progress, operations, events }) => ({
        ...{ arn, start, progress, events },
        operations: [...operations.values()],
      })),
    );
  }
}

function apply(
  execution: DurableExecution,
  { progress, operations, events }: Pick<JournalEntry, 'progress' | 'operations' | 'events'>,
): void {
  execution.progress = progress;
  for (const operation of operations) execution.operations.set(operation.told.Id, operation);
  execution.events.push(...events);
}
