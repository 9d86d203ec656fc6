import { UnsupportedLocally } from '../aws-service';
import { isObject, type Json, type JsonObject, textOf } from './json';

/** What a Task calls. `function` passes its input as the payload; `lambda:invoke` wraps payload and answer. */
export type TaskResource =
  | { readonly kind: 'function'; readonly arn: string }
  | { readonly kind: 'lambda:invoke' }
  | { readonly kind: 'sqs:sendMessage' };

/** The parameters that are read of each service integration, without the `.$` of a path. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  'lambda:invoke': ['FunctionName', 'Payload', 'InvocationType'],
  'sqs:sendMessage': ['QueueUrl', 'MessageBody'],
};

/** Reads a Task's `Resource`; another integration, `.sync` and `.waitForTaskToken` are refused by name. */
export function acceptResource(state: JsonObject, where: string): TaskResource {
  const resource = textOf(state.Resource);
  if (/^arn:aws[\w-]*:lambda:[^:]*:[^:]*:function:/.test(resource))
    return { kind: 'function', arn: resource };
  const kind = /^arn:aws[\w-]*:states:[^:]*:[^:]*:(.+)$/.exec(resource)?.[1] ?? '';
  if (kind !== 'lambda:invoke' && kind !== 'sqs:sendMessage') {
    throw new UnsupportedLocally(`${where}: the Resource ${resource}`);
  }
  refuseOtherParameters(kind, state.Parameters, where);
  return { kind };
}

function refuseOtherParameters(kind: string, parameters: Json | undefined, where: string): void {
  if (!isObject(parameters)) throw new UnsupportedLocally(`${where}: ${kind} without Parameters`);
  for (const name of Object.keys(parameters)) {
    if (!PARAMETERS[kind]!.includes(name.replace(/\.\$$/, ''))) {
      throw new UnsupportedLocally(`${where}: ${kind} with ${name}`);
    }
  }
  const { InvocationType = 'RequestResponse' } = parameters;
  if (InvocationType !== 'RequestResponse' || 'InvocationType.$' in parameters) {
    throw new UnsupportedLocally(`${where}: InvocationType ${JSON.stringify(InvocationType)}`);
  }
}
