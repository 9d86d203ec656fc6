import { type Fields } from './asl/fields';
import { isObject, type JsonObject } from './asl/json';
import { type TaskResource } from './asl/task';
import { type Integration } from '../core/plugin';

/** What a Task calls. `function` passes its input as the payload; `lambda:invoke` wraps payload and answer. */
export interface CalledResource extends TaskResource {
  /** `function`, or an integration's name. */
  readonly kind: string;
}

/** The parameters of `lambda:invoke`. Invocations that are not waited for, and versions by `Qualifier`, are refused. */
const INVOKE = {
  parameters: ['FunctionName', 'Payload', 'InvocationType'],
  required: ['FunctionName'],
} as const;

const FUNCTION = /^arn:aws[\w-]*:lambda:[^:]*:[^:]*:function:/;
const INTEGRATION = /^arn:aws[\w-]*:states:[^:]*:[^:]*:((?:aws-sdk:)?[\w-]+:\w+)(\.\w+(?::\d)?)?$/;

/** What a Task can call beside a function, by the name that follows `arn:aws:states:::`. */
export type FindIntegration = (name: string) => Integration | undefined;

/** Reads a Task's `Resource`; what no plug-in integrates, and `.sync`, is refused by name. */
export function resourceOf(fields: Fields, find: FindIntegration): CalledResource {
  const arn = fields.text('Resource');
  if (FUNCTION.test(arn)) return { kind: 'function', arn, waitsForToken: false };
  const [, kind = '', pattern = ''] = INTEGRATION.exec(arn) ?? [];
  const integration = kind === 'lambda:invoke' ? INVOKE : find(kind);
  if (!integration || !['', '.waitForTaskToken'].includes(pattern))
    throw fields.unsupported(`the Resource ${arn}`);
  const parameters = parametersOf(fields);
  checkParameters(kind, parameters, integration, fields);
  if (kind === 'lambda:invoke') checkInvocationType(parameters, fields);
  return { kind, arn, waitsForToken: pattern !== '' };
}

/** Left for the Task to evaluate. */
function parametersOf(fields: Fields): JsonObject {
  const parameters = fields.value('Parameters') ?? {};
  if (isObject(parameters)) return parameters;
  throw fields.invalid('Parameters must be an object');
}

function checkParameters(
  kind: string,
  given: JsonObject,
  { parameters, required = [] }: Pick<Integration, 'parameters' | 'required'>,
  fields: Fields,
): void {
  const names = Object.keys(given).map((name) => name.replace(/\.\$$/, ''));
  for (const name of names) {
    if (!parameters.includes(name)) throw fields.unsupported(`${kind} with ${name}`);
  }
  for (const name of required) {
    if (!names.includes(name)) throw fields.invalid(`${kind} without ${name}`);
  }
}

function checkInvocationType(parameters: JsonObject, fields: Fields): void {
  const { InvocationType = 'RequestResponse' } = parameters;
  if (InvocationType === 'RequestResponse' && !('InvocationType.$' in parameters)) return;
  throw fields.unsupported(`InvocationType ${JSON.stringify(InvocationType)}`);
}
