import { AwsError } from '../aws/aws-error';
import { isJson } from '../aws/is-json';
import { type BusEvent } from './bus-event';
import { compileJsonPath } from './json-path';
import { parseTemplate } from './template';

/** What a target gets of an event, as text. */
export type TargetInput = (event: BusEvent) => string;

export interface TargetInputProperties {
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: {
    readonly InputPathsMap?: Readonly<Record<string, string>>;
    readonly InputTemplate: string;
  };
}

/**
 * By default the whole event ("Amazon EventBridge input transformation", user guide, read November 2026).
 *
 * @throws AwsError ValidationException
 */
export function targetInput(
  id: string,
  { Input, InputPath, InputTransformer }: TargetInputProperties,
  rule: { readonly arn: string; readonly name: string },
): TargetInput {
  if ([Input, InputPath, InputTransformer].filter((each) => each !== undefined).length > 1) {
    throw invalid(`Only one of Input, InputPath, or InputTransformer must be provided for target ${id}.`);
  }
  if (Input !== undefined) {
    if (!isJson(Input)) throw invalid(`JSON syntax error in input for target ${id}`);
    return () => Input;
  }
  if (InputPath !== undefined) {
    const select = compileJsonPath(InputPath);
    return (event) => JSON.stringify(select(event)) ?? '{}';
  }
  return InputTransformer ? transformed(id, InputTransformer, rule) : (event) => JSON.stringify(event);
}

function transformed(
  id: string,
  { InputPathsMap = {}, InputTemplate }: NonNullable<TargetInputProperties['InputTransformer']>,
  rule: { readonly arn: string; readonly name: string },
): TargetInput {
  const template = parseTemplate(InputTemplate);
  const paths = new Map(
    Object.entries(InputPathsMap).map(([name, path]) => {
      if (name.startsWith('aws.'))
        throw invalid(`InputPathsMap of target ${id} has the reserved name ${name}.`);
      return [name, compileJsonPath(path)];
    }),
  );
  const predefined: Readonly<Record<string, (event: BusEvent) => unknown>> = {
    'aws.events.rule-arn': () => rule.arn,
    'aws.events.rule-name': () => rule.name,
    'aws.events.event.ingestion-time': ({ time }) => time,
    'aws.events.event': ({ detail: _, ...event }) => event,
    'aws.events.event.json': (event) => event,
  };
  const unknown = template.variables.find((name) => !paths.has(name) && !Object.hasOwn(predefined, name));
  if (unknown !== undefined)
    throw invalid(`InputTemplate for target ${id} contains invalid placeholder ${unknown}.`);
  return (event) => {
    const text = template.render((name) => (predefined[name] ?? paths.get(name)!)(event));
    return /^\s*"[\s\S]*"\s*$/.test(text) && !isJson(text) ? text.trim().slice(1, -1) : text;
  };
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
