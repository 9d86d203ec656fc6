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

  /** Milliseconds since the epoch. */
  now(): number {
    return Date.now() + Number(Atomics.load(this.offset, 0));
  }

  advance(seconds: number): void {
    Atomics.add(this.offset, 0, BigInt(Math.round(seconds * 1000)));
    this.moved();
  }

  reset(): void {
    Atomics.store(this.offset, 0, 0n);
    this.moved();
  }

  /** Calls `listener` each time the clock is moved, so that sweeps and schedules need not wait for a timer. */
  onAdvance(listener: () => void): void {
    this.listeners.add(listener);
  }

  private moved(): void {
    for (const listener of this.listeners) listener();
  }
}
