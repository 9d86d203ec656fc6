import { UnsupportedLocally } from '../aws/aws-service';
import { type StreamRecord } from '../dynamodb/stream-record';
import { compileJsonPath, type JsonPath } from '../eventbridge/json-path';
import { parseTemplate } from '../eventbridge/template';

/** What a pipe is, for the variables of its template. */
export interface PipeNames {
  readonly arn: string;
  readonly name: string;
  readonly source: string;
  readonly target: string;
}

/** @param now milliseconds, by the local clock */
export type PipeInput = (record: StreamRecord, now: number) => string;

/**
 * What a pipe makes of a record: the template with the paths and the reserved variables of "Amazon EventBridge Pipes input
 * transformation" (user guide, read November 2026), or the record as it is.
 *
 * @throws UnsupportedLocally for a variable that is neither
 */
export function pipeInput(template: string | undefined, { arn, name, source, target }: PipeNames): PipeInput {
  if (template === undefined) return (record) => JSON.stringify(record);
  const parsed = parseTemplate(template);
  const reserved: Readonly<Record<string, (record: StreamRecord, now: number) => unknown>> = {
    'aws.pipes.pipe-arn': () => arn,
    'aws.pipes.pipe-name': () => name,
    'aws.pipes.source-arn': () => source,
    'aws.pipes.enrichment-arn': () => undefined,
    'aws.pipes.target-arn': () => target,
    'aws.pipes.event.ingestion-time': (_, now) => new Date(now).toISOString(),
    'aws.pipes.event': (record) => record,
    'aws.pipes.event.json': (record) => record,
  };
  const paths = new Map<string, JsonPath>();
  for (const variable of parsed.variables) {
    if (variable.startsWith('$')) paths.set(variable, compileJsonPath(variable));
    else if (!Object.hasOwn(reserved, variable))
      throw new UnsupportedLocally(`The variable <${variable}> of a pipe`);
  }
  return (record, now) =>
    parsed.render((variable) => paths.get(variable)?.(record) ?? reserved[variable]?.(record, now));
}

/** A parameter of the target: text, or a path into the record as it came, before the template. */
export function targetParameter(value: string | undefined): (record: StreamRecord) => unknown {
  if (value === undefined) return () => undefined;
  if (!value.startsWith('$')) return () => value;
  return compileJsonPath(value);
}
