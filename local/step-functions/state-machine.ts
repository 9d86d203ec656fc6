import { randomUUID } from 'node:crypto';
import {
  acceptDefinition,
  type AcceptedDefinition,
  type AcceptedState,
  type AcceptedStates,
} from './accepted-definition';
import { type TaskPorts } from './attempt-task';
import { StepFunctionsError } from './errors';
import { Execution } from './execution';
import { type ExecutionHistory, type MachineType } from './execution-history';
import { Faults } from './faults';
import { InterpretedState, validate } from './interpreter';
import { exceedsPayloadLimit, type Json, type JsonObject, PAYLOAD_LIMIT } from './json';
import { Turnstile } from './turnstile';

export interface StateMachineProps {
  readonly arn: string;
  readonly name: string;
  readonly type: MachineType;
  /** Amazon States Language, as a plain object with every reference resolved. */
  readonly definition: object;
  /** @default none */
  readonly tags?: Readonly<Record<string, string>>;
}

export interface StateMachinePorts extends TaskPorts {
  readonly clock: { now(): number };
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
  /** ARNs of its versions and aliases, all of which are this one here. */
  readonly qualifiedArns: readonly string[];
  /** Makes the machine known under a version or an alias, too, and answers that ARN. */
  qualify(qualifier: string): string;
  /**
   * Starts an execution. An Express name may be used any number of times; a Standard name once, unless that
   * execution still runs and the input is the same: then it is the same execution.
   *
   * @throws StepFunctionsError InvalidName, ValidationException (input too large), ExecutionAlreadyExists
   */
  start(input: Json, options?: { readonly name?: string }): Execution;
  /**
   * Starts an Express execution and waits for it; in a surge, first for its turn.
   *
   * @throws StepFunctionsError as `start`, StateMachineTypeNotSupported, or ThrottlingException
   */
  startSync(input: Json, options?: { readonly name?: string }): Promise<SyncExecutionAnswer>;
  /** The Standard execution of this name. */
  find(name: string): Execution | undefined;
  /** The execution with this ARN, while it runs. */
  running(executionArn: string): Execution | undefined;
  /** Aborts every running execution, heals every fault and frees the names of Standard executions. */
  reset(): Promise<void>;
}

/**
 * A state machine that runs in this process.
 *
 * @throws UnsupportedLocally naming the state and the field that the local run does not execute as AWS would
 * @throws Error when the definition is not valid ASL
 */
export function createStateMachine(props: StateMachineProps, ports: StateMachinePorts): StateMachine {
  const { arn, name: machineName, type, tags = {} } = props;
  const definition = acceptDefinition(props.definition as JsonObject);
  validate(props.definition as JsonObject);
  const interpreted = new Map(statesOf(definition).map((state) => [state, new InterpretedState(state)]));
  const faults = new Faults(
    new Map(statesOf(definition).flatMap(({ name, resource }) => (resource ? [[name, resource.kind]] : []))),
  );
  const standardExecutions = new Map<string, Execution>();
  const running = new Set<Execution>();
  const turnstile = new Turnstile();
  const qualifiedArns: string[] = [];

  function start(input: Json, { name = randomUUID() }: { readonly name?: string } = {}): Execution {
    if (!/^[^\s<>{}[\]?*"#%\\^|~`$&,;:/]{1,80}$/.test(name)) {
      throw new StepFunctionsError('InvalidName', `Invalid Name: '${name}'`);
    }
    if (exceedsPayloadLimit(input)) {
      const limit = `Member must have length less than or equal to ${PAYLOAD_LIMIT}`;
      throw new StepFunctionsError('ValidationException', `'input' failed to satisfy constraint: ${limit}`);
    }
    const earlier = standardExecutions.get(name);
    if (earlier) {
      const same = JSON.stringify(earlier.record.input) === JSON.stringify(input);
      if (same && earlier.record.status === 'RUNNING') return earlier;
      const message = `Execution Already Exists: '${earlier.record.executionArn}'`;
      throw new StepFunctionsError('ExecutionAlreadyExists', message);
    }
    const execution = new Execution({ name, input, machine: props, definition, interpreted, faults, ports });
    if (type === 'STANDARD') standardExecutions.set(name, execution);
    running.add(execution);
    void execution.finished.then(() => running.delete(execution));
    return execution;
  }

  return {
    arn,
    name: machineName,
    type,
    definition: props.definition,
    tags,
    createdAt: ports.clock.now(),
    faults,
    qualifiedArns,
    start,

    qualify(qualifier) {
      const qualifiedArn = `${arn}:${qualifier}`;
      qualifiedArns.push(qualifiedArn);
      return qualifiedArn;
    },

    async startSync(input, options) {
      if (type !== 'EXPRESS') {
        const message = 'This operation is not supported by this type of state machine';
        throw new StepFunctionsError('StateMachineTypeNotSupported', message);
      }
      return turnstile.pass(async () => syncAnswer(await start(input, options).finished));
    },

    find: (name) => standardExecutions.get(name),

    running: (executionArn) => [...running].find((execution) => execution.executionArn === executionArn),

    async reset() {
      faults.clear();
      turnstile.dismiss();
      for (const execution of running) execution.abort();
      await Promise.all([...running].map(({ finished }) => finished));
      standardExecutions.clear();
    },
  };
}

/** An aborted Express execution has no status in this API: its caller learns no more than that it failed. */
function syncAnswer(record: Execution['record']): SyncExecutionAnswer {
  const { executionArn, stateMachineArn, name, status, output, error, cause } = record;
  if (status === 'ABORTED' || status === 'RUNNING') {
    throw new StepFunctionsError('InternalFailure', `The execution ${executionArn} was aborted`, 500);
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

/** Every state, those of Parallel branches included. */
function statesOf({ states }: AcceptedStates | AcceptedDefinition): AcceptedState[] {
  return [...states.values()].flatMap((state) => [state, ...(state.branches ?? []).flatMap(statesOf)]);
}
