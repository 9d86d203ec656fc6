import { isObject, type Json, type JsonObject, textOf } from './asl/json';
import { type TaskCall } from './asl/state';
import { runtimeError, StateError, unlessStopped } from './asl/state-error';
import { type Fault, type Faults } from './faults';
import { callsFunction, errorPrefixOf, serviceError } from './service-error';
import { type CalledResource, type FindIntegration } from './task-resource';

/** What Tasks call. */
export interface TaskPorts {
  /** Lambda's `Invoke`: `payload` of the answer is JSON text. Rejects with the service's error, by its name. */
  invokeFunction(nameOrArn: string, payload: Json): Promise<{ functionError?: string; payload: string }>;
  /** The services' actions that a Task can call. @default none */
  readonly integration?: FindIntegration;
}

/**
 * Calls what a Task calls, with the fault set on it.
 *
 * @throws StateError for Retry and Catch to match
 */
export async function callResource(
  { state, input }: TaskCall,
  resource: CalledResource,
  { ports, faults, signal }: { ports: TaskPorts; faults: Faults; signal: AbortSignal },
): Promise<Json> {
  const fault = faults.take(state);
  if (fault?.mode === 'fail-before') throw injected(resource, fault);
  const called = call(resource, input, ports);
  if (!fault) return called;
  await unlessStopped(
    called.catch(() => undefined),
    signal,
  );
  throw fault.mode === 'timeout' ? new StateError('States.Timeout') : injected(resource, fault);
}

/** As `call` fails: with the answer of a function, or with the message of a service. */
function injected({ kind }: CalledResource, { error }: Fault): StateError {
  const message = 'Injected fault';
  if (!callsFunction(kind))
    return new StateError(error ?? `${errorPrefixOf(kind)}.SdkClientException`, message);
  const errorType = error ?? 'InjectedFault';
  return new StateError(errorType, JSON.stringify({ errorType, errorMessage: message, trace: [] }));
}

async function call({ kind, arn }: CalledResource, input: Json, ports: TaskPorts): Promise<Json> {
  if (kind === 'function') return invoke(arn, input, ports);
  if (!isObject(input)) throw runtimeError(`The parameters of ${kind} are no object`);
  if (kind === 'lambda:invoke') {
    const Payload = await invoke(textOf(input.FunctionName), input.Payload ?? {}, ports);
    return { ExecutedVersion: '$LATEST', Payload, StatusCode: 200 };
  }
  const integration = ports.integration?.(kind);
  if (!integration) throw runtimeError(`Nothing here answers ${kind}`);
  try {
    return (await integration.call(withTexts(kind, input))) as Json;
  } catch (error) {
    throw serviceError(kind, error);
  }
}

/** Parameters that are text. An optimised integration writes whatever else is given as JSON. */
const TEXTS: Readonly<Record<string, string>> = {
  'sqs:sendMessage': 'MessageBody',
  'sns:publish': 'Message',
};

function withTexts(kind: string, input: JsonObject): JsonObject {
  const name = TEXTS[kind];
  return name === undefined || input[name] === undefined ? input : { ...input, [name]: textOf(input[name]) };
}

/** A failed function is a Task failed with `errorType`; its cause is the answer's JSON text. */
async function invoke(nameOrArn: string, payload: Json, ports: TaskPorts): Promise<Json> {
  const answer = await ports.invokeFunction(nameOrArn, payload).catch((error: unknown) => {
    throw serviceError('lambda:invoke', error);
  });
  const result = JSON.parse(answer.payload) as Json;
  if (!answer.functionError) return result;
  const errorType = isObject(result) ? result.errorType : undefined;
  if (typeof errorType === 'string' && errorType) throw new StateError(errorType, answer.payload);
  // AWS's wording, as it stands in histories that people have published.
  const cause = `The cause could not be determined because Lambda did not return an error type. Returned payload: ${answer.payload}`;
  throw new StateError('Lambda.Unknown', cause);
}
