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
  /** ASL error name the Task fails with; `timeout` is always `States.Timeout`. @default 'InjectedFault' */
  readonly error?: string;
  /** Attempts that fail, each retry being one. @default - all */
  readonly times?: number;
}

const MODES: readonly string[] = ['fail-before', 'fail-after', 'timeout'] satisfies FaultMode[];

/** The faults set on the Tasks of one state machine. */
export class Faults {
  private readonly faults = new Map<string, Fault>();
  private readonly listeners = new Set<() => void>();

  constructor(private readonly taskNames: ReadonlySet<string>) {}

  /** @throws RangeError naming what is wrong with the fault */
  set(stateName: string, fault: Fault): void {
    if (!this.taskNames.has(stateName)) {
      throw new RangeError(`${stateName} is no Task state. There are: ${[...this.taskNames].join(', ')}`);
    }
    if (!MODES.includes(fault.mode)) {
      throw new RangeError(`${String(fault.mode)} is no fault mode. There are: ${MODES.join(', ')}`);
    }
    const { mode: _, error, times, ...unknown } = fault;
    for (const field of Object.keys(unknown)) throw new RangeError(`A fault has no field ${field}`);
    if (times !== undefined && !(Number.isInteger(times) && times > 0)) {
      throw new RangeError(`times must be a positive integer, not ${String(times)}`);
    }
    if (error !== undefined && (typeof error !== 'string' || error === '')) {
      throw new RangeError('error must be the name of an error');
    }
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
