import { setTimeout as delay } from 'node:timers/promises';
import { type Execution } from './execution';

/** Lets Express executions die when they are about to enter a state. */
export interface Kill {
  /** Executions that die there. @default - all */
  readonly times?: number;
}

/** A slower pace than this would only run into API Gateway's 29 s. */
const SLOWEST_PACE = 10;

/**
 * What is done to executions between two states, from outside: they are held up, or they die there, as a machine of
 * AWS may. A Standard execution outlives its machine, so a kill passes it by.
 */
export class Interruptions {
  private readonly kills = new Map<string, Kill>();
  private readonly listeners = new Set<() => void>();
  private pace = 0;

  /** Seconds for which every execution stands before each state. */
  get secondsBeforeState(): number {
    return this.pace;
  }

  /** @throws RangeError when it is no number from 0 to 10 */
  setPace(seconds: unknown): void {
    if (typeof seconds !== 'number' || !(seconds >= 0 && seconds <= SLOWEST_PACE)) {
      throw new RangeError(`secondsBeforeState must be a number from 0 to ${SLOWEST_PACE}.`);
    }
    this.pace = seconds;
    this.changed();
  }

  /** @throws RangeError naming what is wrong with the kill */
  setKill(stateName: string, { times, ...unknown }: Kill): void {
    for (const field of Object.keys(unknown)) throw new RangeError(`A kill has no field ${field}`);
    if (times !== undefined && !(Number.isInteger(times) && times > 0)) {
      throw new RangeError(`times must be a positive integer, not ${String(times)}`);
    }
    this.kills.set(stateName, times === undefined ? {} : { times });
    this.changed();
  }

  /** The kills still armed, by state; `times` is what is left of them. */
  listKills(): Readonly<Record<string, Kill>> {
    return Object.fromEntries(this.kills);
  }

  removeKill(stateName: string): void {
    if (this.kills.delete(stateName)) this.changed();
  }

  clearKills(): void {
    for (const state of [...this.kills.keys()]) this.removeKill(state);
  }

  /** Back to full speed, and no kill armed. */
  reset(): void {
    this.clearKills();
    if (this.pace > 0) this.setPace(0);
  }

  /** Calls `listener` after each change, also when a kill is used up. */
  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** To be awaited before an execution enters a state. */
  async before(execution: Execution, stateName: string): Promise<void> {
    if (this.pace > 0) await delay(this.pace * 1000, undefined, { ref: false });
    if (execution.record.type === 'EXPRESS' && this.take(stateName)) {
      execution.abort({ error: 'ExecutionKilled', cause: `Killed before ${stateName}` });
    }
  }

  private take(stateName: string): boolean {
    const kill = this.kills.get(stateName);
    if (!kill) return false;
    if (kill.times === 1) this.kills.delete(stateName);
    else if (kill.times) this.kills.set(stateName, { times: kill.times - 1 });
    if (kill.times) this.changed();
    return true;
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}
