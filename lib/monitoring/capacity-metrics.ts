import { Duration } from 'aws-cdk-lib';
import { type MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { type ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { type IFunction } from 'aws-cdk-lib/aws-lambda';
import { total } from './total';

const SUM = { statistic: Stats.SUM, period: Duration.minutes(5) };

interface IndexedTable {
  readonly table: ITableV2;
  /** @default none */
  readonly indexNames?: readonly string[];
  /** Of indexes that people alone read. @default none */
  readonly searchIndexNames?: readonly string[];
}

/**
 * Requests that DynamoDB refused for their number, of a table and its indexes. The SDK tries each three times. Of an index that people
 * search, its writes: those hold up the table. An alarm takes ten metrics.
 */
export function tableThrottles(
  name: string,
  { table, indexNames = [], searchIndexNames = [] }: IndexedTable,
): MathExpression {
  const throttled = ['ReadThrottleEvents', 'WriteThrottleEvents'];
  const onIndex = (metricName: string, index: string) =>
    new Metric({
      ...{ ...SUM, metricName, namespace: 'AWS/DynamoDB' },
      dimensionsMap: { TableName: table.tableName, GlobalSecondaryIndexName: index },
    });
  return total(name, [
    ...throttled.map((name) => table.metric(name, SUM)),
    ...indexNames.flatMap((index) => throttled.map((name) => onIndex(name, index))),
    ...searchIndexNames.map((index) => onIndex('WriteThrottleEvents', index)),
  ]);
}

/** A group in parts that an alarm can watch, which takes ten metrics: `Steps`, `Steps2`, … */
export function inTens<Item>(name: string, items: readonly Item[]): [part: string, items: readonly Item[]][] {
  return Array.from({ length: Math.ceil(items.length / 10) }, (_, index) => [
    index === 0 ? name : `${name}${index + 1}`,
    items.slice(index * 10, index * 10 + 10),
  ]);
}

/** Invocations that Lambda refused for want of concurrency. */
export function functionThrottles(name: string, functions: readonly IFunction[]): MathExpression {
  return total(
    name,
    functions.map((fn) => fn.metricThrottles(SUM)),
  );
}

/** Invocations that threw, timed out or crashed. */
export function functionErrors(name: string, functions: readonly IFunction[]): MathExpression {
  return total(
    name,
    functions.map((fn) => fn.metricErrors(SUM)),
  );
}

/**
 * Calls of `StartSyncExecution` that Step Functions refused for their number. It counts them for the whole account. Not
 * verified on AWS: that it counts them under this name at all, for synchronous executions.
 */
export function startThrottles(): Metric {
  return new Metric({
    ...{ ...SUM, namespace: 'AWS/States', metricName: 'ThrottledEvents', label: 'StartSyncExecution' },
    dimensionsMap: { APIName: 'StartSyncExecution' },
  });
}
