import { unlessStopped } from './state-error';

export interface Timer {
  /** Resolves when the time is over; never, if it is cancelled first. */
  readonly over: Promise<void>;
  cancel(): void;
}

/** The longest time that a timer of Node.js can hold: 24 days. */
const LONGEST_MS = 2 ** 31 - 1;

/** Timers by a clock that may be moved. */
export class Timers {
  private readonly looks = new Set<() => void>();

  /** @param now milliseconds */
  constructor(private readonly now: () => number) {}

  at(time: number): Timer {
    let timeout: NodeJS.Timeout | undefined;
    let look = (): void => undefined;
    const over = new Promise<void>((resolve) => {
      look = () => {
        clearTimeout(timeout);
        const left = time - this.now();
        if (left > 0) {
          timeout = setTimeout(look, Math.min(left, LONGEST_MS));
          return;
        }
        this.looks.delete(look);
        resolve();
      };
    });
    this.looks.add(look);
    look();
    return {
      over,
      cancel: () => {
        clearTimeout(timeout);
        this.looks.delete(look);
      },
    };
  }

  after(ms: number): Timer {
    return this.at(this.now() + ms);
  }

  /** To be called when the clock was moved. */
  moved(): void {
    for (const look of [...this.looks]) look();
  }
}

/** Waits for the timer. Rejects with ExecutionStopped. */
export async function pause(timer: Timer, signal: AbortSignal): Promise<void> {
  try {
    await unlessStopped(timer.over, signal);
  } finally {
    timer.cancel();
  }
}
