import { randomUUID } from 'node:crypto';
import { type AcceptedDefinition, type AcceptedState } from './accepted-definition';
import { ExecutionStopped } from './errors';
import { type ExecutionRecord, type ExecutionRecorder } from './execution-history';
import { type Faults } from './faults';
import { type InterpretedState, LONGEST_TIMER_SECONDS } from './interpreter';
import { type Json } from './json';
import { type StateMachinePorts, type StateMachineProps } from './state-machine';
import { StateWalk } from './state-walk';

/** An Express workflow runs five minutes at most. */
const EXPRESS_LIMIT_SECONDS = 300;

export interface ExecutionProps {
  readonly name: string;
  readonly input: Json;
  readonly machine: Omit<StateMachineProps, 'definition'>;
  readonly definition: AcceptedDefinition;
  readonly interpreted: ReadonlyMap<AcceptedState, InterpretedState>;
  readonly faults: Faults;
  readonly ports: StateMachinePorts;
}

/** One run of a state machine. It starts by itself, in the next turn of the event loop. */
export class Execution {
  /** Resolves when the execution has ended, however it ended. */
  readonly finished: Promise<ExecutionRecord>;
  private readonly recorder: ExecutionRecorder;
  private readonly stopping = new AbortController();

  constructor(private readonly props: ExecutionProps) {
    const { machine, name, input, ports } = props;
    const id = machine.type === 'EXPRESS' ? randomUUID() : name;
    const executionArn =
      machine.type === 'EXPRESS'
        ? `${machine.arn.replace(':stateMachine:', ':express:')}:${name}:${id}`
        : `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`;
    this.recorder = ports.history.begin({
      executionArn,
      id,
      name,
      stateMachine: machine.name,
      stateMachineArn: machine.arn,
      type: machine.type,
      tags: machine.tags ?? {},
      startedAt: new Date(ports.clock.now()).toISOString(),
      input,
    });
    this.finished = Promise.resolve().then(() => this.run());
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

  private async run(): Promise<ExecutionRecord> {
    const { definition, input, machine, ports } = this.props;
    const limit = machine.type === 'EXPRESS' ? EXPRESS_LIMIT_SECONDS : LONGEST_TIMER_SECONDS;
    const timer = setTimeout(
      () => this.stopping.abort({ status: 'TIMED_OUT', error: 'States.Timeout' }),
      Math.min(definition.timeoutSeconds ?? limit, limit) * 1000,
    );
    try {
      const output = await this.walk().through(definition, input, this.stopping.signal);
      this.recorder.end(ports.clock.now(), 'SUCCEEDED', { output });
    } catch (error) {
      this.fail(error);
    } finally {
      clearTimeout(timer);
    }
    return this.record;
  }

  private fail(error: unknown): void {
    const now = this.props.ports.clock.now();
    if (error instanceof ExecutionStopped) {
      type Reason = { status: 'ABORTED' | 'TIMED_OUT'; error?: string; cause?: string };
      const { status, ...reason } = this.stopping.signal.reason as Reason;
      this.recorder.end(now, status, reason);
      return;
    }
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    this.recorder.end(now, 'FAILED', {
      ...(name === '' ? {} : { error: name }),
      ...(message === '' ? {} : { cause: message }),
    });
  }

  private walk(): StateWalk {
    const { faults, input, interpreted, machine, name, ports } = this.props;
    const { clock, waitScale = 1, beforeState } = ports;
    return new StateWalk(
      {
        ports,
        faults,
        waitScale,
        execution: { Id: this.executionArn, Name: name, Input: input, StartTime: this.record.startedAt },
        stateMachine: { Id: machine.arn, Name: machine.name },
        beforeState: (stateName) => beforeState?.(this, stateName),
        record: (type, details) => this.recorder.event(clock.now(), type, details),
        now: () => clock.now(),
      },
      (state) => interpreted.get(state)!,
    );
  }
}
