import { Journal } from './journal';

/** A timer of Node.js rings at once beyond 32 bits. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

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
  /** Since when, by the machine's time, the clock is how far ahead of it; oldest first. */
  private readonly moves: { readonly since: number; readonly offsetMs: number }[] = [];
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
    this.moves.push({ since: -Infinity, offsetMs });
  }

  /** What this clock showed at a time of the machine's; before this start, it was as far ahead as at its end. */
  when(machineTime: number): number {
    return machineTime + this.moves.findLast(({ since }) => since <= machineTime)!.offsetMs;
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

  /**
   * Calls `listener` each time the clock is moved, so that sweeps and schedules need not wait for a timer.
   *
   * @returns what ends that
   */
  onAdvance(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Resolves when it is `at`, in milliseconds since the epoch, or at once when the signal is aborted. Never rejects. */
  async until(at: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.now() < at) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          ended();
          signal.removeEventListener('abort', wake);
          resolve();
        };
        // The time may have come since it was asked.
        const timer = setTimeout(wake, Math.max(0, Math.min(at - this.now(), LONGEST_TIMER_MS))).unref();
        const ended = this.onAdvance(wake);
        signal.addEventListener('abort', wake);
      });
    }
  }

  /** On disk first: a time that was told is never taken back. */
  private setOffset(offsetMs: number): void {
    this.journal.rewrite(offsetMs === 0 ? [] : [{ offsetMs }]);
    Atomics.store(this.offset, 0, BigInt(offsetMs));
    this.moves.push({ since: Date.now(), offsetMs });
    this.moved();
  }

  private moved(): void {
    for (const listener of this.listeners) listener();
  }
}
