import { randomUUID } from 'node:crypto';
import { type Definition, readDefinition } from './asl/definition';
import { exceedsPayloadLimit, isEqual, type Json, type JsonObject, PAYLOAD_LIMIT } from './asl/json';
import { type Environment } from './asl/state';
import { Timers } from './asl/timers';
import { callResource, type TaskPorts } from './call-resource';
import { AwsError } from '../aws/aws-error';
import { Execution } from './execution';
import { type ExecutionHistory, type MachineType } from './execution-history';
import { Faults } from './faults';
import { type CalledResource, resourceOf } from './task-resource';
import { TaskTokens } from './task-tokens';
import { Turnstile } from './turnstile';

export interface StateMachineProps {
  readonly arn: string;
  readonly name: string;
  readonly type: MachineType;
  /** Amazon States Language, as a plain object with every reference resolved. */
  readonly definition: object;
  /** @default none */
  readonly tags?: Readonly<Record<string, string>>;
  /** What `$$.Execution.RoleArn` tells; nothing here asks for permissions. @default a role of the local account */
  readonly roleArn?: string;
}

/** The local clock: any that tells the time, and if it can be moved, when. */
export interface Clock {
  now(): number;
  onAdvance?(listener: () => void): void;
}

export interface StateMachinePorts extends TaskPorts {
  readonly clock: Clock;
  readonly history: ExecutionHistory;
  /** Awaited before a state is entered, so that a harness can delay or abort the execution there. */
  readonly beforeState?: (execution: Execution, stateName: string) => void | Promise<void>;
  /** Factor on Wait states and on the waits before retries; 0 skips them. @default 1 */
  readonly waitScale?: number;
}

/** Answer of `StartSyncExecution` as on the wire: dates are epoch seconds, input and output JSON text. */
export interface SyncExecutionAnswer {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly startDate: number;
  readonly stopDate: number;
  readonly status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';
  readonly input: string;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

export interface StateMachine extends Required<StateMachineProps> {
  /** Milliseconds since the epoch, by the local clock. */
  readonly createdAt: number;
  readonly faults: Faults;
  readonly taskTokens: TaskTokens;
  /** ARNs of its versions and aliases, all of which are this one here. */
  readonly qualifiedArns: readonly string[];
  /** Makes the machine known under a version or an alias, too, and answers that ARN. */
  qualify(qualifier: string): string;
  /**
   * Starts an execution. An Express name may be used any number of times; a Standard name once, unless that
   * execution still runs and the input is the same: then it is the same execution.
   *
   * @throws AwsError InvalidName, ValidationException (input too large), ExecutionAlreadyExists
   */
  start(input: Json, options?: { readonly name?: string }): Execution;
  /**
   * Starts an Express execution and waits for it; in a surge, first for its turn.
   *
   * @throws AwsError as `start`, StateMachineTypeNotSupported, or ThrottlingException
   */
  startSync(input: Json, options?: { readonly name?: string }): Promise<SyncExecutionAnswer>;
  /** The Standard execution of this name. */
  find(name: string): Execution | undefined;
  /** The Standard executions, newest first. */
  executions(): readonly Execution[];
  /** Lets a Standard execution that has failed go on from the state that failed. */
  redrive(execution: Execution): void;
  /** The execution with this ARN, while it runs. */
  running(executionArn: string): Execution | undefined;
  /** Aborts every running execution, heals every fault and frees the names of Standard executions. */
  reset(): Promise<void>;
}

const NAME = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]{1,80}$/u;

/**
 * A state machine that runs in this process.
 *
 * @throws UnsupportedLocally naming the state and the field that the local run does not execute as AWS would
 * @throws InvalidDefinition when AWS would not take the definition either
 */
export function createStateMachine(props: StateMachineProps, ports: StateMachinePorts): StateMachine {
  const { arn, name: machineName, type, tags = {} } = props;
  const { clock, history, beforeState, waitScale = 1 } = ports;
  const { roleArn = 'arn:aws:iam::000000000000:role/local' } = props;
  const machine = { arn, name: machineName, type, roleArn };
  const { definition, resources } = readMachine(props, ports);
  const faults = new Faults(new Map([...resources].map(([state, { kind }]) => [state, kind])));
  const taskTokens = new TaskTokens(clock);
  const machineTimers = new Timers(() => performance.now());
  const clockTimers = new Timers(() => clock.now());
  clock.onAdvance?.(() => clockTimers.moved());
  const standardExecutions = new Map<string, Execution>();
  const running = new Set<Execution>();
  const turnstile = new Turnstile();
  const qualifiedArns: string[] = [];

  const environment = (execution: Execution): Environment => ({
    waitScale,
    now: () => clock.now(),
    beforeState: (state) => beforeState?.(execution, state),
    alarm: (time) => clockTimers.at(time),
    timer: (seconds) => machineTimers.after(seconds * 1000),
    call: (call, signal) => callResource(call, resources.get(call.state)!, { ports, faults, signal }),
    issueToken: (state) => taskTokens.issue(execution.executionArn, state),
  });

  function follow(execution: Execution): Execution {
    running.add(execution);
    void execution.finished.then(() => running.delete(execution));
    return execution;
  }

  function start(input: Json, { name = randomUUID() }: { readonly name?: string } = {}): Execution {
    if (!NAME.test(name)) throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
    if (exceedsPayloadLimit(input)) {
      const limit = `Member must have length less than or equal to ${PAYLOAD_LIMIT}`;
      throw new AwsError('ValidationException', `'input' failed to satisfy constraint: ${limit}`);
    }
    const earlier = standardExecutions.get(name);
    if (earlier) {
      if (earlier.record.status === 'RUNNING' && isEqual(earlier.record.input, input)) return earlier;
      const message = `Execution Already Exists: '${earlier.record.executionArn}'`;
      throw new AwsError('ExecutionAlreadyExists', message);
    }
    const execution = new Execution({
      ...{ name, input, machine, definition, environment },
      timers: machineTimers,
      now: () => clock.now(),
      begin: (executionArn, id) =>
        history.begin({
          ...{ executionArn, id, name, input, type, tags },
          stateMachine: machineName,
          stateMachineArn: arn,
          startedAt: new Date(clock.now()).toISOString(),
        }),
    });
    if (type === 'STANDARD') standardExecutions.set(name, execution);
    return follow(execution);
  }

  return {
    ...machine,
    definition: props.definition,
    tags,
    createdAt: clock.now(),
    ...{ faults, taskTokens, qualifiedArns, start },

    qualify(qualifier) {
      const qualifiedArn = `${arn}:${qualifier}`;
      qualifiedArns.push(qualifiedArn);
      return qualifiedArn;
    },

    async startSync(input, options) {
      if (type !== 'EXPRESS') {
        const message = 'This operation is not supported by this type of state machine';
        throw new AwsError('StateMachineTypeNotSupported', message);
      }
      return turnstile.pass(async () => syncAnswer(await start(input, options).finished));
    },

    find: (name) => standardExecutions.get(name),

    executions: () => [...standardExecutions.values()].reverse(),

    redrive(execution) {
      execution.redrive();
      follow(execution);
    },

    running: (executionArn) => [...running].find((execution) => execution.executionArn === executionArn),

    async reset() {
      faults.clear();
      turnstile.dismiss();
      for (const execution of running) execution.abort();
      await Promise.all([...running].map(({ finished }) => finished));
      standardExecutions.clear();
      taskTokens.clear();
    },
  };
}

/** Reads the definition, and what each Task in it calls. */
function readMachine(
  { definition, type }: StateMachineProps,
  { integration }: TaskPorts,
): { definition: Definition; resources: ReadonlyMap<string, CalledResource> } {
  const resources = new Map<string, CalledResource>();
  const read = readDefinition(definition as JsonObject, {
    resourceOf(state, fields) {
      const resource = resourceOf(fields, (name) => integration?.(name));
      if (type === 'EXPRESS' && resource.waitsForToken) {
        throw fields.invalid(`Express workflows do not support ${resource.arn}`);
      }
      resources.set(state, resource);
      return resource;
    },
  });
  return { definition: read, resources };
}

/** An aborted Express execution has no status in this API: its caller learns no more than that it failed. */
function syncAnswer(record: Execution['record']): SyncExecutionAnswer {
  const { executionArn, stateMachineArn, name, status, output, error, cause } = record;
  if (status === 'ABORTED' || status === 'RUNNING') {
    throw new AwsError('InternalFailure', `The execution ${executionArn} was aborted`, { statusCode: 500 });
  }
  return {
    executionArn,
    stateMachineArn,
    name,
    startDate: Date.parse(record.startedAt) / 1000,
    stopDate: Date.parse(record.stoppedAt ?? record.startedAt) / 1000,
    status,
    input: JSON.stringify(record.input),
    ...(output === undefined ? {} : { output: JSON.stringify(output) }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  };
}
