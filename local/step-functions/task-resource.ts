import { UnsupportedLocally } from '../aws-service';
import { isObject, type Json, type JsonObject, textOf } from './json';

/** What a Task calls. `function` passes its input as the payload; `lambda:invoke` wraps payload and answer. */
export type TaskResource =
  | { readonly kind: 'function'; readonly arn: string }
  | { readonly kind: 'lambda:invoke' }
  | { readonly kind: 'service'; readonly service: 'sqs' | 'sns'; readonly action: string };

const SERVICES: Readonly<Record<string, TaskResource>> = {
  'lambda:invoke': { kind: 'lambda:invoke' },
  'sqs:sendMessage': { kind: 'service', service: 'sqs', action: 'sendMessage' },
  'sns:publish': { kind: 'service', service: 'sns', action: 'publish' },
};

const INVOKE_PARAMETERS = new Set([
  'FunctionName',
  'FunctionName.$',
  'Payload',
  'Payload.$',
  'InvocationType',
]);

/** Reads a Task's `Resource`; another integration, `.sync` and `.waitForTaskToken` are refused by name. */
export function acceptResource(state: JsonObject, where: string): TaskResource {
  const resource = textOf(state.Resource);
  if (/^arn:aws[\w-]*:lambda:[^:]*:[^:]*:function:/.test(resource))
    return { kind: 'function', arn: resource };
  const found = SERVICES[/^arn:aws[\w-]*:states:[^:]*:[^:]*:(.+)$/.exec(resource)?.[1] ?? ''];
  if (!found) throw new UnsupportedLocally(`${where}: the Resource ${resource}`);
  if (found.kind === 'lambda:invoke') refuseOtherParameters(state.Parameters, where);
  return found;
}

function refuseOtherParameters(parameters: Json | undefined, where: string): void {
  if (!isObject(parameters)) throw new UnsupportedLocally(`${where}: lambda:invoke without Parameters`);
  for (const name of Object.keys(parameters)) {
    if (!INVOKE_PARAMETERS.has(name)) throw new UnsupportedLocally(`${where}: lambda:invoke with ${name}`);
  }
  if ((parameters.InvocationType ?? 'RequestResponse') !== 'RequestResponse') {
    throw new UnsupportedLocally(`${where}: InvocationType ${JSON.stringify(parameters.InvocationType)}`);
  }
}
