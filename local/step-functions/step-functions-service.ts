import { AwsError } from '../aws/aws-error';
import { type AwsService } from '../aws/aws-service';
import { type JsonOperation, jsonProtocol, taking } from '../aws/json-protocol';
import { isObject, type Json, type JsonObject } from './asl/json';
import { type Execution } from './execution';
import { pageOf } from './pages';
import { type StateMachine } from './state-machine';

const STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE'];

/**
 * The wire protocol of Step Functions (JSON 1.0) over the machines of the local run.
 *
 * The SDK puts `sync-` before the host of StartSyncExecution: a client of this service needs
 * `disableHostPrefix: true`.
 */
export function createStepFunctionsService(machines: readonly StateMachine[]): AwsService {
  /** By its own ARN, or by that of a version or an alias. */
  const machineAt = (wanted: string) =>
    machines.find(({ arn, qualifiedArns }) => arn === wanted || qualifiedArns.includes(wanted));

  const operations: Readonly<Record<string, JsonOperation<JsonObject>>> = {
    StartSyncExecution: taking(['stateMachineArn', 'input', 'name'], (request) =>
      machineOf(request).startSync(inputOf(request), nameOf(request)),
    ),

    StartExecution: taking(['stateMachineArn', 'input', 'name'], (request) => {
      const { executionArn, record } = machineOf(request).start(inputOf(request), nameOf(request));
      return { executionArn, startDate: epochSeconds(record.startedAt) };
    }),

    StopExecution: taking(['executionArn', 'error', 'cause'], async (request) => {
      const { execution } = standardExecution(request);
      execution.abort({ error: optionalText(request, 'error'), cause: optionalText(request, 'cause') });
      const { stoppedAt, startedAt } = await execution.finished;
      return { stopDate: epochSeconds(stoppedAt ?? startedAt) };
    }),

    RedriveExecution: taking(['executionArn', 'clientToken'], (request) => {
      const { execution, machine } = standardExecution(request);
      machine.redrive(execution);
      return { redriveDate: (execution.redrivenAt ?? 0) / 1000 };
    }),

    DescribeExecution: taking(['executionArn'], (request) => described(standardExecution(request).execution)),

    GetExecutionHistory: taking(
      ['executionArn', 'maxResults', 'reverseOrder', 'nextToken', 'includeExecutionData'],
      (request) => {
        const events = standardExecution(request).execution.history?.all ?? [];
        const ordered = request.reverseOrder === true ? events.toReversed() : [...events];
        const { page, nextToken } = pageOf(ordered, request);
        const withData = request.includeExecutionData !== false;
        return { events: withData ? page : page.map(withoutData), nextToken };
      },
    ),

    ListExecutions: taking(
      ['stateMachineArn', 'statusFilter', 'redriveFilter', 'maxResults', 'nextToken'],
      (request) => {
        const machine = machineOf(request);
        if (machine.type === 'EXPRESS') throw typeNotSupported();
        const status = optionalText(request, 'statusFilter');
        if (status !== undefined && !STATUSES.includes(status)) throw notOneOf('statusFilter', STATUSES);
        const redriven = optionalText(request, 'redriveFilter');
        const filters = ['REDRIVEN', 'NOT_REDRIVEN'];
        if (redriven !== undefined && !filters.includes(redriven)) throw notOneOf('redriveFilter', filters);
        const executions = machine
          .executions()
          .filter(({ record }) => status === undefined || record.status === status)
          .filter(
            ({ redriveCount }) => redriven === undefined || redriveCount > 0 === (redriven === 'REDRIVEN'),
          );
        const { page, nextToken } = pageOf(executions, request);
        return { executions: page.map(listed), nextToken };
      },
    ),

    DescribeStateMachine: taking(['stateMachineArn'], (request) => {
      const { name, definition, roleArn, type, createdAt } = machineOf(request);
      return {
        ...{ stateMachineArn: request.stateMachineArn, name, status: 'ACTIVE', roleArn, type },
        definition: JSON.stringify(definition),
        creationDate: createdAt / 1000,
        loggingConfiguration: { level: 'OFF', includeExecutionData: false },
        tracingConfiguration: { enabled: false },
      };
    }),

    ListStateMachines: taking(['maxResults', 'nextToken'], (request) => {
      const { page, nextToken } = pageOf(machines, request);
      const stateMachines = page.map(({ arn, name, type, createdAt }) => ({
        ...{ stateMachineArn: arn, name, type, creationDate: createdAt / 1000 },
      }));
      return { stateMachines, nextToken };
    }),

    ListTagsForResource: taking(['resourceArn'], (request) => {
      const arn = text(request, 'resourceArn');
      const machine = machineAt(arn);
      if (!machine) throw new AwsError('ResourceNotFound', `Resource not found: '${arn}'`);
      return { tags: Object.entries(machine.tags).map(([key, value]) => ({ key, value })) };
    }),

    SendTaskSuccess: taking(['taskToken', 'output'], (request) => {
      const output = outputOf(request);
      tokensOf(request).succeed(text(request, 'taskToken'), output);
      return {};
    }),

    SendTaskFailure: taking(['taskToken', 'error', 'cause'], (request) => {
      const [error, cause] = [optionalText(request, 'error'), optionalText(request, 'cause')];
      if ((error?.length ?? 0) > 256) throw tooLong('error', 256);
      if ((cause?.length ?? 0) > 32_768) throw tooLong('cause', 32_768);
      tokensOf(request).fail(text(request, 'taskToken'), error, cause);
      return {};
    }),

    SendTaskHeartbeat: taking(['taskToken'], (request) => {
      tokensOf(request).heartbeat(text(request, 'taskToken'));
      return {};
    }),
  };

  function machineOf(request: JsonObject): StateMachine {
    const arn = text(request, 'stateMachineArn');
    const machine = machineAt(arn);
    if (machine) return machine;
    if (!/^arn:aws[\w-]*:states:/.test(arn)) throw new AwsError('InvalidArn', `Invalid Arn: '${arn}'`);
    throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
  }

  /** As in AWS, what the API tells of executions and does to them is for Standard workflows. */
  function standardExecution(request: JsonObject): { execution: Execution; machine: StateMachine } {
    const arn = text(request, 'executionArn');
    if (/^arn:aws[\w-]*:states:[^:]*:[^:]*:express:/.test(arn)) {
      throw new AwsError('InvalidArn', "Invalid Arn: 'Resource type not valid in this context: express'");
    }
    const [, machineArn = '', name = ''] =
      /^(.+):([^:]+)$/.exec(arn.replace(':execution:', ':stateMachine:')) ?? [];
    const machine = machineAt(machineArn);
    const execution = machine?.find(name);
    if (machine && execution) return { execution, machine };
    throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  }

  function tokensOf(request: JsonObject): StateMachine['taskTokens'] {
    const token = text(request, 'taskToken');
    const machine = machines.find(({ taskTokens }) => taskTokens.knows(token));
    if (machine) return machine.taskTokens;
    throw new AwsError('InvalidToken', "Invalid Token: 'Invalid token'");
  }

  const states = { signingName: 'states', targetPrefix: 'AWSStepFunctions' };
  return { ...states, handle: jsonProtocol(states, '1.0', operations) };
}

function listed({ record, redriveCount, redrivenAt }: Execution): object {
  const { executionArn, stateMachineArn, name, status, startedAt, stoppedAt } = record;
  return {
    ...{ executionArn, stateMachineArn, name, status, redriveCount },
    startDate: epochSeconds(startedAt),
    ...(stoppedAt === undefined ? {} : { stopDate: epochSeconds(stoppedAt) }),
    ...(redrivenAt === undefined ? {} : { redriveDate: redrivenAt / 1000 }),
  };
}

function described(execution: Execution): object {
  const { input, output, error, cause, status } = execution.record;
  const reason = `Execution is ${status} and cannot be redriven`;
  return {
    ...listed(execution),
    input: JSON.stringify(input),
    inputDetails: { included: true },
    ...(output === undefined ? {} : { output: JSON.stringify(output), outputDetails: { included: true } }),
    ...{ error, cause },
    redriveStatus: execution.isRedrivable ? 'REDRIVABLE' : 'NOT_REDRIVABLE',
    ...(execution.isRedrivable ? {} : { redriveStatusReason: reason }),
  };
}

/** An event as it is told when `includeExecutionData` is false. */
function withoutData(event: object): object {
  const left = Object.entries(event).map(([name, details]) => {
    if (!isObject(details)) return [name, details] as const;
    const { input: _, output: __, parameters: ___, ...others } = details;
    return [name, others] as const;
  });
  return Object.fromEntries(left);
}

function inputOf(request: JsonObject): Json {
  const input = optionalText(request, 'input') ?? '{}';
  try {
    return JSON.parse(input) as Json;
  } catch {
    const message = `Invalid State Machine Execution Input: '${input}'`;
    throw new AwsError('InvalidExecutionInput', message);
  }
}

function outputOf(request: JsonObject): Json {
  const output = text(request, 'output');
  try {
    return JSON.parse(output) as Json;
  } catch {
    throw new AwsError('InvalidOutput', `Invalid Output: '${output}'`);
  }
}

function nameOf(request: JsonObject): { readonly name?: string } {
  const name = optionalText(request, 'name');
  return name === undefined ? {} : { name };
}

function text(request: JsonObject, member: string): string {
  const value = optionalText(request, member);
  if (value !== undefined) return value;
  throw new AwsError('ValidationException', `'${member}' must be a string`);
}

function optionalText(request: JsonObject, member: string): string | undefined {
  const value = request[member];
  if (value === undefined || typeof value === 'string') return value;
  throw new AwsError('ValidationException', `'${member}' must be a string`);
}

function typeNotSupported(): AwsError {
  const message = 'This operation is not supported by this type of state machine';
  return new AwsError('StateMachineTypeNotSupported', message);
}

function tooLong(member: string, most: number): AwsError {
  const limit = `Member must have length less than or equal to ${most}`;
  return new AwsError('ValidationException', `'${member}' failed to satisfy constraint: ${limit}`);
}

function notOneOf(member: string, values: readonly string[]): AwsError {
  const limit = `Member must satisfy enum value set: [${values.join(', ')}]`;
  return new AwsError('ValidationException', `'${member}' failed to satisfy constraint: ${limit}`);
}

/** AWS writes dates as seconds with a fraction. */
function epochSeconds(iso: string): number {
  return Date.parse(iso) / 1000;
}
