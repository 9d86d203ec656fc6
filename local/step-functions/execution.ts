import { randomUUID } from 'node:crypto';
import { type Definition } from './asl/definition';
import { type Json, type JsonObject } from './asl/json';
import { type Environment } from './asl/state';
import { ExecutionStopped, StateError } from './asl/state-error';
import { type Timers } from './asl/timers';
import { type Branch, type Trace, type TraceDetails, type TraceType } from './asl/trace';
import { Variables } from './asl/variables';
import { walk } from './asl/walk';
import { AwsError } from '../aws/aws-error';
import {
  type ExecutionEventType,
  type ExecutionRecord,
  type ExecutionRecorder,
  type ExecutionResult,
  type MachineIdentity,
} from './execution-history';
import { HistoryEvents } from './history-events';

/** An Express workflow runs five minutes at most, a Standard workflow a year. */
const LIMIT_SECONDS = { EXPRESS: 300, STANDARD: 365 * 86_400 } as const;

/** What a state machine lends its executions. */
export interface ExecutionProps {
  readonly name: string;
  readonly input: Json;
  readonly machine: MachineIdentity;
  readonly definition: Definition;
  /** By the machine's clock. */
  readonly timers: Timers;
  readonly now: () => number;
  readonly begin: (arn: string, id: string) => ExecutionRecorder;
  readonly environment: (execution: Execution) => Environment;
}

/** Where an execution stands: what a redrive begins with. */
interface Position {
  readonly state: string;
  readonly input: Json;
  readonly variables: Variables;
}

/** One run of a state machine. It starts by itself, in the next turn of the event loop. */
export class Execution {
  /** Resolves when the execution has ended, however it ended; after a redrive, when it has ended again. */
  finished: Promise<ExecutionRecord>;
  /** Of a Standard execution. */
  readonly history: HistoryEvents | undefined;
  redriveCount = 0;
  /** Milliseconds since the epoch. */
  redrivenAt: number | undefined;
  private readonly recorder: ExecutionRecorder;
  private stopping = new AbortController();
  private position: Position;

  constructor(private readonly props: ExecutionProps) {
    const { machine, name, input, now } = props;
    const id = machine.type === 'EXPRESS' ? randomUUID() : name;
    const executionArn =
      machine.type === 'EXPRESS'
        ? `${machine.arn.replace(':stateMachine:', ':express:')}:${name}:${id}`
        : `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`;
    this.recorder = props.begin(executionArn, id);
    this.history = machine.type === 'STANDARD' ? new HistoryEvents(now) : undefined;
    this.position = { state: props.definition.startAt, input, variables: new Variables() };
    const trace = this.history?.started(input, machine.roleArn);
    this.finished = Promise.resolve().then(() => this.run(trace));
  }

  get record(): ExecutionRecord {
    return this.recorder.record;
  }

  get executionArn(): string {
    return this.record.executionArn;
  }

  /**
   * Stops the execution where it is, as if its machine had died: status `ABORTED`. A wait ends, no further state
   * is entered and no retry fires; a function that was already called runs on. Too late, it does nothing.
   */
  abort(reason: { readonly error?: string; readonly cause?: string } = {}): void {
    this.stopping.abort({ status: 'ABORTED', ...reason });
  }

  /**
   * Goes on from the state that failed, with the input it had; its retries count from the beginning again.
   *
   * @throws AwsError ExecutionNotRedrivable, unless it has failed, timed out or been aborted
   */
  redrive(): void {
    const { now } = this.props;
    if (!this.isRedrivable) {
      const message = `Execution is ${this.record.status} and cannot be redriven`;
      throw new AwsError('ExecutionNotRedrivable', message);
    }
    this.redriveCount++;
    this.redrivenAt = now();
    this.stopping = new AbortController();
    this.recorder.resume(now());
    const trace = this.history?.redriven(this.redriveCount);
    this.finished = Promise.resolve().then(() => this.run(trace));
  }

  get isRedrivable(): boolean {
    return (
      this.props.machine.type === 'STANDARD' &&
      ['FAILED', 'TIMED_OUT', 'ABORTED'].includes(this.record.status)
    );
  }

  private async run(history: Trace | undefined): Promise<ExecutionRecord> {
    const { definition, machine, timers } = this.props;
    const stopping = this.stopping;
    const longest = LIMIT_SECONDS[machine.type];
    const limit = timers.after(Math.min(definition.timeoutSeconds ?? longest, longest) * 1000);
    void limit.over.then(() => stopping.abort({ status: 'TIMED_OUT', error: 'States.Timeout' }));
    try {
      const output = await this.walk(stopping.signal, history);
      this.end('SUCCEEDED', { output });
    } catch (error) {
      this.fail(error, stopping.signal);
    } finally {
      limit.cancel();
    }
    return this.record;
  }

  private walk(signal: AbortSignal, history: Trace | undefined): Promise<Json> {
    const { definition, environment } = this.props;
    const { state: startAt, input, variables } = this.position;
    return walk({ ...definition, startAt }, input, {
      environment: environment(this),
      context: this.context(),
      variables,
      signal,
      trace: new ExecutionTrace(this.recorder, this.props.now, history),
      onEnter: (state, stateInput) => {
        this.position = { state, input: stateInput, variables };
      },
    });
  }

  private context(): JsonObject {
    const { machine, input, name } = this.props;
    const { startedAt } = this.record;
    const execution = {
      Id: this.executionArn,
      Input: input,
      Name: name,
      RoleArn: machine.roleArn,
      StartTime: startedAt,
    };
    const redriven: JsonObject = {};
    if (this.redrivenAt !== undefined) redriven.RedriveTime = new Date(this.redrivenAt).toISOString();
    return {
      Execution: { ...execution, RedriveCount: this.redriveCount, ...redriven },
      StateMachine: { Id: machine.arn, Name: machine.name },
    };
  }

  private fail(error: unknown, signal: AbortSignal): void {
    if (error instanceof ExecutionStopped) {
      type Reason = { status: 'ABORTED' | 'TIMED_OUT'; error?: string; cause?: string };
      const { status, ...reason } = signal.reason as Reason;
      this.end(status, reason);
      return;
    }
    // What is no error of a state is a mistake of the interpreter, and should look like one.
    const { name, message } =
      error instanceof StateError ? error : { name: 'States.Runtime', message: String(error) };
    this.end('FAILED', {
      ...(name === '' ? {} : { error: name }),
      ...(message === '' ? {} : { cause: message }),
    });
  }

  private end(status: Exclude<ExecutionRecord['status'], 'RUNNING'>, result: ExecutionResult): void {
    this.recorder.end(this.props.now(), status, result);
    this.history?.ended(ENDS[status], result);
  }
}

const ENDS = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
} as const;

const TOLD: ReadonlySet<string> = new Set<ExecutionEventType>([
  'TaskFailed',
  'TaskRetryScheduled',
  'CatchTaken',
]);

/** Tells the console of each state and each failed attempt, and the history of everything. */
class ExecutionTrace implements Trace {
  constructor(
    private readonly recorder: ExecutionRecorder,
    private readonly now: () => number,
    private readonly history: Trace | undefined,
    private readonly within: readonly Branch[] = [],
  ) {}

  record(type: TraceType, details: TraceDetails): void {
    this.history?.record(type, details);
    const told = type === 'TaskTimedOut' ? 'TaskFailed' : type;
    if (!told.endsWith('StateEntered') && !told.endsWith('StateExited') && !TOLD.has(told)) return;
    const { resource: _, type: __, ...event } = details;
    const { within } = this;
    this.recorder.event(this.now(), told as ExecutionEventType, {
      ...event,
      ...(within.length > 0 && { within }),
    });
  }

  branch(of: Branch): ExecutionTrace {
    const { recorder, now, history, within } = this;
    return new ExecutionTrace(recorder, now, history?.branch(of), [...within, of]);
  }
}
