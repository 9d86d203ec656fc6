import { type IncomingMessage } from 'node:http';
import { credentialScope } from '../../local/core/sigv4';

/** A request that a function made to a service. Times are `performance.now()` of the process that observed it. */
export interface WireCall {
  /** `dynamodb`, `s3`, `sns`, `secretsmanager`, `ses`, `stripe`. */
  readonly service: string;
  readonly operation: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** Milliseconds the service itself took; the rest is the observer's. */
  readonly serviceMs: number;
  /** DynamoDB's request units, tables and indexes together. */
  readonly readUnits: number;
  readonly writeUnits: number;
  /** The write units again, by table. */
  readonly writeUnitsByTable: Readonly<Record<string, number>>;
}

/** Which service a request is for, and what it asks. */
export function nameCall(
  { method = '', url = '', headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  body: string,
): { service: string; operation: string } {
  const path = url.split('?')[0]!;
  const flat = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value].flat().join()]),
  );
  const query = new URLSearchParams(url.split('?')[1]);
  const service = credentialScope({ method, path, query, headers: flat, body: Buffer.alloc(0) })?.service;
  if (!service)
    return { service: 'stripe', operation: `${method} ${path.replace(/(pi|re|ch)_\w+/g, '{id}')}` };
  const target = flat['x-amz-target']?.split('.').pop();
  return { service, operation: target ?? new URLSearchParams(body).get('Action') ?? method };
}

interface ConsumedCapacity {
  readonly TableName?: string;
  readonly CapacityUnits?: number;
}

const READS = new Set(['GetItem', 'Query', 'Scan', 'BatchGetItem', 'TransactGetItems']);

type Units = Pick<WireCall, 'readUnits' | 'writeUnits' | 'writeUnitsByTable'>;

/** What is no call to DynamoDB. */
export const NO_UNITS: Units = { readUnits: 0, writeUnits: 0, writeUnitsByTable: {} };

/** The request units of a DynamoDB answer that was asked for them. */
export function unitsOf(operation: string, answer: string): Units {
  const { ConsumedCapacity } = JSON.parse(answer || '{}') as {
    ConsumedCapacity?: ConsumedCapacity | readonly ConsumedCapacity[];
  };
  const byTable: Record<string, number> = {};
  for (const { TableName = '', CapacityUnits = 0 } of [ConsumedCapacity ?? []].flat()) {
    byTable[TableName] = (byTable[TableName] ?? 0) + CapacityUnits;
  }
  const units = Object.values(byTable).reduce((sum, each) => sum + each, 0);
  return READS.has(operation)
    ? { ...NO_UNITS, readUnits: units }
    : { readUnits: 0, writeUnits: units, writeUnitsByTable: byTable };
}
