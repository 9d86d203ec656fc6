import { type InvocationInput, type Operation } from './api-shapes';
import { type DurableExecution, type RunningInvocation } from './durable-execution';
import { bytesOf, MAX_PAGE, MAX_PAGE_BYTES } from './quotas';

/** Binds a checkpoint to the invocation and to its place among the checkpoints of it. */
export function checkpointToken(arn: string, { id, sequence }: RunningInvocation): string {
  return Buffer.from(JSON.stringify([arn, id, sequence])).toString('base64');
}

/**
 * What an invocation is told of what was: nothing of the inside of a context that has ended, unless its end asked for that
 * (`ContextOptions.ReplayChildren`).
 */
export function visibleOperations({ operations }: DurableExecution): readonly Operation[] {
  const hidden = new Set<string>();
  const visible: Operation[] = [];
  for (const { told } of operations.values()) {
    const parent = told.ParentId ? operations.get(told.ParentId)?.told : undefined;
    const over = parent?.EndTimestamp !== undefined && !parent.ContextDetails?.ReplayChildren;
    if (parent && (over || hidden.has(parent.Id))) hidden.add(told.Id);
    else visible.push(told);
  }
  return visible;
}

interface Page {
  readonly Operations: readonly Operation[];
  readonly NextMarker?: string;
}

/** @param from where the page begins, as the marker of the page before says */
export function pageOf(operations: readonly Operation[], from: number, maxItems = MAX_PAGE): Page {
  let bytes = 0;
  let end = from;
  while (end < operations.length && end - from < maxItems) {
    bytes += bytesOf(JSON.stringify(operations[end]));
    if (bytes > MAX_PAGE_BYTES && end > from) break;
    end++;
  }
  return {
    Operations: operations.slice(from, end),
    NextMarker: end < operations.length ? String(end) : undefined,
  };
}

/** The event of an invocation. The EXECUTION operation, with the input, comes first. */
export function invocationEvent(
  execution: DurableExecution,
  invocation: RunningInvocation,
  UpdatedOperationIds: readonly string[],
): InvocationInput {
  const { Operations, NextMarker = '' } = pageOf(invocation.operations, 0);
  return {
    DurableExecutionArn: execution.arn,
    CheckpointToken: checkpointToken(execution.arn, invocation),
    InitialExecutionState: { Operations: Operations.map(withDates), NextMarker },
    UpdatedOperationIds,
  };
}

/** The event has dates as text, where the answers of the API have seconds. */
function withDates(operation: Operation): object {
  return JSON.parse(
    JSON.stringify(operation, (member, value: unknown) =>
      typeof value === 'number' && member.endsWith('Timestamp')
        ? new Date(value * 1000).toISOString()
        : value,
    ),
  ) as object;
}
