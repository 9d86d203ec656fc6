import { type AwsRequest, type AwsResponse, type AwsService, UnsupportedLocally } from '../aws-service';
import { StepFunctionsError } from './errors';
import { type ExecutionHistory, type ExecutionRecord } from './execution-history';
import { isObject, type Json, type JsonObject } from './json';
import { type StateMachine } from './state-machine';

/** The members each operation takes here; another one is refused rather than ignored. */
const OPERATIONS: Readonly<Record<string, readonly string[]>> = {
  StartSyncExecution: ['stateMachineArn', 'input', 'name'],
  StartExecution: ['stateMachineArn', 'input', 'name'],
  DescribeExecution: ['executionArn'],
  ListStateMachines: ['maxResults'],
  ListTagsForResource: ['resourceArn'],
  StopExecution: ['executionArn', 'error', 'cause'],
};

/**
 * The wire protocol of Step Functions (JSON 1.0) over the machines of the local run.
 *
 * The SDK puts `sync-` before the host of StartSyncExecution: a client of this service needs
 * `disableHostPrefix: true`.
 */
export function createStepFunctionsService(
  machines: readonly StateMachine[],
  history: ExecutionHistory,
): AwsService {
  /** By its own ARN, or by that of a version or an alias. */
  const machineAt = (wanted: string) =>
    machines.find(({ arn, qualifiedArns }) => arn === wanted || qualifiedArns.includes(wanted));

  async function operate(operation: string, request: JsonObject): Promise<object> {
    const members = OPERATIONS[operation];
    if (!members) throw new UnsupportedLocally(`Step Functions ${operation}`);
    for (const member of Object.keys(request)) {
      if (!members.includes(member)) throw new UnsupportedLocally(`${operation} with ${member}`);
    }
    if (operation === 'DescribeExecution') return described(standardExecution(request));
    if (operation === 'StopExecution') return stop(request);

    if (operation === 'ListStateMachines') return listed(machines);
    if (operation === 'ListTagsForResource') return tagsOf(text(request, 'resourceArn'));

    const machine = machineAt(text(request, 'stateMachineArn'));
    if (!machine) {
      const message = `State Machine Does Not Exist: '${text(request, 'stateMachineArn')}'`;
      throw new StepFunctionsError('StateMachineDoesNotExist', message);
    }
    const options = request.name === undefined ? {} : { name: text(request, 'name') };
    const input = parseInput(request);
    if (operation === 'StartSyncExecution') {
      return machine.startSync(input, options);
    }
    const { executionArn, record } = machine.start(input, options);
    return { executionArn, startDate: epochSeconds(record.startedAt) };
  }

  function tagsOf(arn: string): object {
    const machine = machineAt(arn);
    if (!machine) throw new StepFunctionsError('ResourceNotFound', `Resource not found: '${arn}'`);
    return { tags: Object.entries(machine.tags).map(([key, value]) => ({ key, value })) };
  }

  /** As in AWS, an Express execution cannot be described or stopped through the API. */
  function standardExecution(request: JsonObject): ExecutionRecord {
    const arn = text(request, 'executionArn');
    const found = history.get(arn);
    if (found?.type === 'STANDARD' && found.executionArn === arn) return found;
    throw new StepFunctionsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  }

  async function stop(request: JsonObject): Promise<object> {
    const { stateMachineArn, name } = standardExecution(request);
    const execution = machineAt(stateMachineArn)?.find(name);
    execution?.abort({
      ...(request.error === undefined ? {} : { error: text(request, 'error') }),
      ...(request.cause === undefined ? {} : { cause: text(request, 'cause') }),
    });
    const ended = await execution?.finished;
    return { stopDate: epochSeconds(ended?.stoppedAt ?? ended?.startedAt ?? '') };
  }

  return {
    signingName: 'states',
    targetPrefix: 'AWSStepFunctions',
    async handle(request) {
      const operation = request.headers['x-amz-target']?.replace('AWSStepFunctions.', '') ?? '';
      try {
        return respond(200, await operate(operation, parseBody(request)));
      } catch (error) {
        return refusal(error);
      }
    },
  };
}

/** All of them, on one page. */
function listed(machines: readonly StateMachine[]): object {
  return {
    stateMachines: machines.map(({ arn, name, type, createdAt }) => ({
      stateMachineArn: arn,
      name,
      type,
      creationDate: createdAt / 1000,
    })),
  };
}

function described(record: ExecutionRecord): object {
  const { executionArn, stateMachineArn, name, status, input, output, error, cause } = record;
  return {
    executionArn,
    stateMachineArn,
    name,
    status,
    startDate: epochSeconds(record.startedAt),
    ...(record.stoppedAt === undefined ? {} : { stopDate: epochSeconds(record.stoppedAt) }),
    input: JSON.stringify(input),
    ...(output === undefined ? {} : { output: JSON.stringify(output) }),
    error,
    cause,
    redriveCount: 0,
  };
}

function parseBody({ body }: AwsRequest): JsonObject {
  try {
    const parsed = JSON.parse(body.toString('utf8')) as Json;
    if (isObject(parsed)) return parsed;
  } catch {
    // Answered below, like any other body that is no object.
  }
  throw new StepFunctionsError('SerializationException', 'The body is not a JSON object');
}

function parseInput(request: JsonObject): Json {
  const input = request.input === undefined ? '{}' : text(request, 'input');
  try {
    return JSON.parse(input) as Json;
  } catch {
    throw new StepFunctionsError(
      'InvalidExecutionInput',
      `Invalid State Machine Execution Input: '${input}'`,
    );
  }
}

function text(request: JsonObject, member: string): string {
  const value = request[member];
  if (typeof value === 'string') return value;
  throw new StepFunctionsError('ValidationException', `'${member}' must be a string`);
}

function refusal(error: unknown): AwsResponse {
  if (error instanceof StepFunctionsError) {
    return respond(error.statusCode, { __type: error.name, message: error.message });
  }
  if (error instanceof UnsupportedLocally)
    return respond(400, { __type: error.name, message: error.message });
  throw error;
}

function respond(statusCode: number, body: object): AwsResponse {
  return {
    statusCode,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify(body),
  };
}

/** AWS writes dates as seconds with a fraction. */
function epochSeconds(iso: string): number {
  return Date.parse(iso) / 1000;
}
