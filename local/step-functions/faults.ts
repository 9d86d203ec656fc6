import { callsFunction, errorPrefixOf } from './service-error';

/**
 * How a Task is made to fail.
 *
 * - `fail-before`: the resource is not called.
 * - `fail-after`: it is called and awaited, its answer thrown away: the effect is there, the caller does not know.
 * - `timeout`: as `fail-after`, but the state sees `States.Timeout`, at once rather than after `TimeoutSeconds`.
 */
export type FaultMode = 'fail-before' | 'fail-after' | 'timeout';

export interface Fault {
  readonly mode: FaultMode;
  /**
   * ASL error name the Task fails with: one that it could report in this mode.
   * @default 'States.Timeout' for `timeout`; 'InjectedFault' of a function, 'SQS.SdkClientException' of a queue
   */
  readonly error?: string;
  /** Attempts that fail, each retry being one. @default - all */
  readonly times?: number;
}

const MODES: readonly string[] = ['fail-before', 'fail-after', 'timeout'] satisfies FaultMode[];

/** The faults set on the Tasks of one state machine. */
export class Faults {
  private readonly faults = new Map<string, Fault>();
  private readonly listeners = new Set<() => void>();

  /** @param tasks what each Task calls, by the name of its state */
  constructor(private readonly tasks: ReadonlyMap<string, string>) {}

  isTask(stateName: string): boolean {
    return this.tasks.has(stateName);
  }

  /** @throws RangeError naming what is wrong with the fault */
  set(stateName: string, fault: Fault): void {
    const kind = this.tasks.get(stateName);
    if (!kind) {
      throw new RangeError(`${stateName} is no Task state. There are: ${[...this.tasks.keys()].join(', ')}`);
    }
    if (!MODES.includes(fault.mode)) {
      throw new RangeError(`${String(fault.mode)} is no fault mode. There are: ${MODES.join(', ')}`);
    }
    const { mode: _, error, times, ...unknown } = fault;
    for (const field of Object.keys(unknown)) throw new RangeError(`A fault has no field ${field}`);
    if (times !== undefined && !(Number.isInteger(times) && times > 0)) {
      throw new RangeError(`times must be a positive integer, not ${String(times)}`);
    }
    if (error !== undefined) checkError(error, fault.mode, kind);
    this.faults.set(stateName, fault);
    this.changed();
  }

  /** The fault of this attempt, which counts it. */
  take(stateName: string): Fault | undefined {
    const fault = this.faults.get(stateName);
    if (fault?.times === 1) this.faults.delete(stateName);
    else if (fault?.times) this.faults.set(stateName, { ...fault, times: fault.times - 1 });
    if (fault?.times) this.changed();
    return fault;
  }

  /** The faults still in force; `times` is what is left of them. */
  list(): Readonly<Record<string, Fault>> {
    return Object.fromEntries(this.faults);
  }

  remove(stateName: string): void {
    if (this.faults.delete(stateName)) this.changed();
  }

  clear(): void {
    for (const state of [...this.faults.keys()]) this.remove(state);
  }

  /** Calls `listener` after each change, also when a fault is used up. */
  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}

/** Step Functions takes 256 characters ("SendTaskFailure", read November 2026). */
const ERROR_NAME = /^(?=\S)\P{C}{1,256}(?<=\S)$/u;

/**
 * A state may report names of its own, "however, error names can't begin with `States.`": those are Step Functions', and of
 * those it fails a Task by the time-out alone here. A service answers with errors of its own, a function with names of its
 * own or errors of Lambda ("Handling errors in Step Functions workflows", read November 2026).
 *
 * @throws RangeError when the Task could not report it
 */
function checkError(error: unknown, mode: FaultMode, kind: string): void {
  if (typeof error !== 'string' || !ERROR_NAME.test(error)) {
    throw new RangeError(
      'error must be the name of an error: 1 to 256 characters, without control characters',
    );
  }
  if (mode === 'timeout') {
    if (error === 'States.Timeout') return;
    throw new RangeError(`A Task that times out reports States.Timeout, never ${error}`);
  }
  if (/^states\./i.test(error)) {
    throw new RangeError(`No Task reports ${error} by itself. For States.Timeout, set the mode timeout`);
  }
  if (callsFunction(kind)) {
    if (/^(SQS|SNS|DynamoDB|DynamoDb|EventBridge)\./.test(error)) {
      throw new RangeError(`The Task calls a function, which never fails with ${error}`);
    }
    return;
  }
  const prefix = errorPrefixOf(kind);
  if (error.startsWith(`${prefix}.`) && /^\w+\.\w+$/.test(error)) return;
  throw new RangeError(
    `The Task calls ${kind}, which fails with ${prefix}.… (${prefix}.SdkClientException), never ${error}`,
  );
}
