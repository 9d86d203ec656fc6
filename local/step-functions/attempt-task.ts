import { ExecutionStopped, TaskError, TerminalError, unlessStopped } from './errors';
import { type AcceptedState } from './accepted-definition';
import { type Fault, type Faults } from './faults';
import { LONGEST_TIMER_SECONDS, taskTimeout } from './interpreter';
import { exceedsPayloadLimit, isObject, type Json, textOf } from './json';

/** What Tasks call. */
export interface TaskPorts {
  /** Lambda's `Invoke`: `payload` of the answer is JSON text. Rejects with the service's error, by its name. */
  invokeFunction(nameOrArn: string, payload: Json): Promise<{ functionError?: string; payload: string }>;
  /** `sqs:sendMessage`: answers the message's id. Rejects with the service's error, by its name. */
  sendMessage?(queueUrl: string, body: string): Promise<string>;
}

/**
 * One attempt of a Task, with the fault set on it. As in AWS, what was called runs on after a time-out.
 *
 * @throws TaskError, or the interpreter's time-out, for Retry and Catch to match
 */
export async function attemptTask(
  state: AcceptedState,
  input: Json,
  { ports, faults, signal }: { ports: TaskPorts; faults: Faults; signal: AbortSignal },
): Promise<Json> {
  if (signal.aborted) throw new ExecutionStopped();
  const fault = faults.take(state.name);
  if (fault?.mode === 'fail-before') throw injected(state, fault);
  const called = call(state, input, ports);
  if (fault) {
    await unlessStopped(
      called.catch(() => undefined),
      signal,
    );
    throw fault.mode === 'timeout' ? await taskTimeout() : injected(state, fault);
  }
  const result = await unlessStopped(withinTimeout(called, state.timeoutSeconds), signal);
  if (exceedsPayloadLimit(result)) {
    const cause = `The state/task '${state.name}' returned a result with a size exceeding the maximum number of bytes service limit.`;
    throw new TerminalError('States.DataLimitExceeded', cause);
  }
  return result;
}

/** As `call` fails: with the answer of a function, or with the message of a service. */
function injected({ resource }: AcceptedState, { error }: Fault): TaskError {
  const message = 'Injected fault';
  if (resource?.kind === 'sqs:sendMessage') return new TaskError(error ?? 'Sqs.SdkClientException', message);
  const errorType = error ?? 'InjectedFault';
  return new TaskError(errorType, JSON.stringify({ errorType, errorMessage: message, trace: [] }));
}

async function withinTimeout(called: Promise<Json>, seconds = LONGEST_TIMER_SECONDS): Promise<Json> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<'expired'>((resolve) => {
    timer = setTimeout(() => resolve('expired'), Math.min(seconds, LONGEST_TIMER_SECONDS) * 1000);
  });
  try {
    const first = await Promise.race([called.then((result) => ({ result })), expired]);
    if (first === 'expired') throw await taskTimeout();
    return first.result;
  } finally {
    clearTimeout(timer);
  }
}

async function call({ resource, name }: AcceptedState, input: Json, ports: TaskPorts): Promise<Json> {
  if (!resource) throw new TerminalError('States.Runtime', `State ${name} has no resource`);
  if (resource.kind === 'function') return invoke(resource.arn, input, ports);
  if (!isObject(input)) throw new TerminalError('States.Runtime', `The parameters of ${name} are no object`);
  if (resource.kind === 'lambda:invoke') {
    const Payload = await invoke(textOf(input.FunctionName), input.Payload ?? {}, ports);
    return { ExecutedVersion: '$LATEST', Payload, StatusCode: 200 };
  }
  if (!ports.sendMessage) throw new TerminalError('States.Runtime', 'Nothing here answers sqs:sendMessage');
  try {
    return { MessageId: await ports.sendMessage(textOf(input.QueueUrl), textOf(input.MessageBody)) };
  } catch (error) {
    throw serviceError('Sqs', error);
  }
}

/** A failed function is a Task failed with `errorType`; its cause is the answer's JSON text. */
async function invoke(nameOrArn: string, payload: Json, ports: TaskPorts): Promise<Json> {
  const answer = await ports.invokeFunction(nameOrArn, payload).catch((error: unknown) => {
    throw serviceError('Lambda', error);
  });
  const result = JSON.parse(answer.payload) as Json;
  if (!answer.functionError) return result;
  const errorType = isObject(result) ? result.errorType : undefined;
  throw new TaskError(
    typeof errorType === 'string' && errorType ? errorType : 'Lambda.Unknown',
    answer.payload,
  );
}

/** `Lambda.TooManyRequestsException` and its kin; an error without a service's name is one of the SDK. */
function serviceError(service: string, error: unknown): TaskError {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return new TaskError(`${service}.${name.endsWith('Exception') ? name : 'SdkClientException'}`, message);
}
