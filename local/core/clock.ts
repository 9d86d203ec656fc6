import { Journal } from './journal';

/**
 * The time of the local run: the machine's time plus an offset that `POST /local/clock` moves.
 *
 * The offset lives in shared memory, so Lambda worker threads read the same time without a message.
 */
export class LocalClock {
  /** One signed 64-bit integer: the offset in milliseconds. */
  readonly sharedOffset = new SharedArrayBuffer(8);
  private readonly offset = new BigInt64Array(this.sharedOffset);
  private readonly listeners = new Set<() => void>();
  private readonly journal: Journal<{ readonly offsetMs: number }>;

  /**
   * @param journalFile keeps the offset across restarts: what was stored by a moved clock is true by that clock alone.
   *   @default every start begins with the machine's time
   */
  constructor(journalFile?: string) {
    this.journal = new Journal(journalFile);
    const { offsetMs = 0 } = this.journal.replay().at(-1) ?? {};
    if (!Number.isSafeInteger(offsetMs)) {
      throw new Error(`${journalFile} is damaged: offsetMs must be milliseconds. Move the file away.`);
    }
    Atomics.store(this.offset, 0, BigInt(offsetMs));
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return Date.now() + Number(Atomics.load(this.offset, 0));
  }

  advance(seconds: number): void {
    this.setOffset(Number(Atomics.load(this.offset, 0)) + Math.round(seconds * 1000));
  }

  reset(): void {
    this.setOffset(0);
  }

  /** Calls `listener` each time the clock is moved, so that sweeps and schedules need not wait for a timer. */
  onAdvance(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** On disk first: a time that was told is never taken back. */
  private setOffset(offsetMs: number): void {
    this.journal.rewrite(offsetMs === 0 ? [] : [{ offsetMs }]);
    Atomics.store(this.offset, 0, BigInt(offsetMs));
    this.moved();
  }

  private moved(): void {
    for (const listener of this.listeners) listener();
  }
}
