/** A retrier of a state's `Retry` field, as ASL writes it. */
export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'FULL' | 'NONE';
}

export interface ScheduledRetry {
  /** How many retries this makes, over all retriers of the state. */
  readonly count: number;
  readonly waitSeconds: number;
}

/**
 * Foretells each retry of one visit to a state, and its wait.
 *
 * The interpreter decides and waits, but reports a retry only once the wait is over. The history tells it when the
 * wait begins, so the wait is drawn here and handed to the interpreter through `waits`, its override per retrier.
 */
export class RetrySchedule {
  /** Milliseconds, by index of the retrier. */
  readonly waits: number[] = [];
  private readonly attempts: number[];
  private count = 0;

  constructor(
    private readonly retriers: readonly Retrier[],
    private readonly waitScale: number,
  ) {
    this.attempts = retriers.map(() => 0);
  }

  /** The retry that follows this failure, if one does. */
  failed(error: string): ScheduledRetry | undefined {
    const index = this.retriers.findIndex(({ ErrorEquals }) => matches(ErrorEquals, error));
    const retrier = this.retriers[index];
    const attempt = this.attempts[index];
    if (!retrier || attempt === undefined || attempt >= (retrier.MaxAttempts ?? 3)) return undefined;
    this.attempts[index] = attempt + 1;
    const full = (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** attempt;
    const capped = Math.min(full, retrier.MaxDelaySeconds ?? Infinity);
    const drawn = retrier.JitterStrategy === 'FULL' ? Math.random() * capped : capped;
    const milliseconds = Math.round(drawn * this.waitScale * 1000);
    this.waits[index] = milliseconds;
    return { count: ++this.count, waitSeconds: milliseconds / 1000 };
  }
}

function matches(errorEquals: readonly string[], error: string): boolean {
  return errorEquals.some(
    (name) =>
      name === error || name === 'States.ALL' || (name === 'States.TaskFailed' && error !== 'States.Timeout'),
  );
}
