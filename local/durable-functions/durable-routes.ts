import { AwsError } from '../aws/aws-error';
import { type AwsRequest, type AwsResponse } from '../aws/aws-service';
import { type FunctionPool } from '../lambda/function-pool';
import { type ErrorObject, type ExecutionStatus, type HistoryEvent } from './api-shapes';
import { type Checkpoint } from './checkpoints';
import { type DurableExecution } from './durable-execution';
import { type DurableExecutions } from './durable-executions';
import { invalid } from './operation-rules';
import { bytesOfError, DEFAULT_PAGE, MAX_PAGE, MAX_PAYLOAD } from './quotas';

/** Answers an operation of the API. @param parameter the part of the path that stands for its `*`, decoded */
export type ApiRoute = (parameter: string, request: AwsRequest) => AwsResponse | Promise<AwsResponse>;

const STATUSES: readonly string[] = [
  'RUNNING',
  'SUCCEEDED',
  'FAILED',
  'TIMED_OUT',
  'STOPPED',
] satisfies ExecutionStatus[];

/** The operations of the API version 2025-12-01 ("Actions", Lambda API Reference, and the SDK 3.1164.0, November 2026). */
export function durableRoutes(
  functions: FunctionPool,
  executions: DurableExecutions,
): Readonly<Record<string, ApiRoute>> {
  const { callbacks, checkpoints } = executions;

  function executionOf(arn: string): DurableExecution {
    const execution = executions.get(arn);
    if (execution) return execution;
    throw new AwsError('ResourceNotFoundException', 'Durable Execution does not exist', { statusCode: 404 });
  }

  return {
    'POST /2025-12-01/durable-executions/*/checkpoint': (arn, { body }) =>
      json(checkpoints.save(arn, membersOf<Checkpoint>(body))),

    'GET /2025-12-01/durable-executions/*/state': (arn, { query }) => {
      const { from, maxItems } = paging(query);
      return json(checkpoints.state(arn, query.get('CheckpointToken') ?? '', from, maxItems));
    },

    'GET /2025-12-01/durable-executions/*': (arn, { query }) =>
      json(described(executionOf(arn), flag(query, 'IncludeExecutionData', true))),

    'GET /2025-12-01/durable-executions/*/history': (arn, { query }) => {
      const { events } = executionOf(arn);
      const ordered = flag(query, 'ReverseOrder', false) ? [...events].reverse() : events;
      const { items, NextMarker } = page(ordered, query);
      const withData = flag(query, 'IncludeExecutionData', true);
      return json({ Events: withData ? items : items.map(withoutData), NextMarker });
    },

    'POST /2025-12-01/durable-executions/*/stop': (arn, { body }) => {
      const execution = executionOf(arn);
      // The body is the error itself.
      executions.stop(execution, errorIn(body));
      return json({ StopTimestamp: execution.progress.endedAt! / 1000 });
    },

    'GET /2025-12-01/functions/*/durable-executions': (name, { query }) => {
      const { configuration, version } = functions.resolve(name);
      const { items, NextMarker } = page(
        listed(executions.list(), query, configuration.name, query.get('Qualifier') ?? version),
        query,
      );
      return json({ DurableExecutions: items.map(summary), NextMarker });
    },

    'POST /2025-12-01/durable-execution-callbacks/*/succeed': (id, { body }) => {
      if (body.length > MAX_PAYLOAD)
        throw invalid(`Result must be less than or equal to ${MAX_PAYLOAD} bytes.`);
      callbacks.answer(id, {
        status: 'SUCCEEDED',
        result: body.length > 0 ? body.toString() : undefined,
      });
      return json({});
    },

    'POST /2025-12-01/durable-execution-callbacks/*/fail': (id, { body }) => {
      callbacks.answer(id, { status: 'FAILED', error: errorIn(body) });
      return json({});
    },

    'POST /2025-12-01/durable-execution-callbacks/*/heartbeat': (id) => {
      callbacks.heartbeat(id);
      return json({});
    },
  };
}

function json(body: object): AwsResponse {
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function membersOf<Members extends object>(body: Buffer): Members {
  const parsed = JSON.parse(body.toString() || '{}') as unknown;
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Members;
  throw new AwsError('SerializationException', 'The body is not a JSON object');
}

function errorIn(body: Buffer): ErrorObject {
  const error = membersOf<ErrorObject>(body);
  if (bytesOfError(error) <= MAX_PAYLOAD) return error;
  throw invalid(`Error object size must be less than or equal to ${MAX_PAYLOAD} bytes.`);
}

function described(execution: DurableExecution, withData: boolean): object {
  const { start, progress } = execution;
  const { status, result, error } = progress;
  return {
    ...summary(execution),
    Version: start.version,
    ExecutionDataIncluded: withData,
    ...(withData && { InputPayload: start.input, Error: error }),
    ...(withData && status === 'SUCCEEDED' && { Result: result }),
    DurableConfig: {
      ExecutionTimeout: (start.timesOutAt - start.startedAt) / 1000,
      RetentionPeriodInDays: start.retentionDays,
    },
  };
}

function summary({ arn, start, progress }: DurableExecution): object {
  return {
    DurableExecutionArn: arn,
    DurableExecutionName: start.name,
    FunctionArn: start.functionArn,
    Status: progress.status,
    StartTimestamp: start.startedAt / 1000,
    ...(progress.endedAt !== undefined && { EndTimestamp: progress.endedAt / 1000 }),
  };
}

function withoutData(event: HistoryEvent): object {
  return JSON.parse(
    JSON.stringify(event, (member, value: unknown) => (member === 'Payload' ? undefined : value)),
  ) as object;
}

/** Newest first, unless the other way round is asked for. */
function listed(
  executions: readonly DurableExecution[],
  query: URLSearchParams,
  functionName: string,
  version: string | undefined,
): readonly DurableExecution[] {
  const statuses = query.getAll('Statuses');
  const unknown = statuses.find((status) => !STATUSES.includes(status));
  if (unknown !== undefined) throw invalid(`Statuses has ${unknown}, which is no status of an execution.`);
  const name = query.get('DurableExecutionName');
  const after = time(query, 'StartedAfter') ?? -Infinity;
  const before = time(query, 'StartedBefore') ?? Infinity;
  const found = executions.filter(
    ({ start, progress }) =>
      start.functionName === functionName &&
      (version === undefined || start.version === version) &&
      (name === null || start.name === name) &&
      (statuses.length === 0 || statuses.includes(progress.status)) &&
      start.startedAt > after &&
      start.startedAt < before,
  );
  return flag(query, 'ReverseOrder', false) ? found : found.reverse();
}

/** Milliseconds. */
function time(query: URLSearchParams, name: string): number | undefined {
  const given = query.get(name);
  if (given === null) return undefined;
  const parsed = Date.parse(given);
  if (Number.isNaN(parsed)) throw invalid(`${name} must be a time, not ${given}.`);
  return parsed;
}

function flag(query: URLSearchParams, name: string, otherwise: boolean): boolean {
  const given = query.get(name);
  return given === null ? otherwise : given === 'true';
}

/** A marker is the place where the next page begins. */
function paging(query: URLSearchParams): { readonly from: number; readonly maxItems: number } {
  const [from, maxItems] = [query.get('Marker') || '0', query.get('MaxItems') || '0'];
  if (!/^\d{1,15}$/.test(from)) throw invalid('Invalid Marker');
  if (!/^\d{1,15}$/.test(maxItems) || Number(maxItems) > MAX_PAGE)
    throw invalid(`MaxItems must be a whole number from 0 to ${MAX_PAGE}.`);
  return { from: Number(from), maxItems: Number(maxItems) };
}

function page<Item>(
  all: readonly Item[],
  query: URLSearchParams,
): { readonly items: readonly Item[]; readonly NextMarker?: string } {
  const { from, maxItems } = paging(query);
  const end = from + (maxItems || DEFAULT_PAGE);
  return { items: all.slice(from, end), NextMarker: end < all.length ? String(end) : undefined };
}
