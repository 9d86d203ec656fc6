import { type Fields } from './fields';
import { matches, type StateError } from './state-error';

export interface Retrier {
  readonly errorEquals: readonly string[];
  readonly intervalSeconds: number;
  readonly maxAttempts: number;
  readonly backoffRate: number;
  readonly maxDelaySeconds: number;
  readonly jitter: boolean;
}

/** Reads `Retry`, with the defaults of "Retry field examples using backoff" (read November 2026). */
export function retriersOf(fields: Fields): readonly Retrier[] {
  const retriers = fields.objects('Retry');
  return retriers.map((retrier, index) => {
    const jitter = retrier.optionalText('JitterStrategy') ?? 'NONE';
    if (jitter !== 'FULL' && jitter !== 'NONE') throw retrier.invalid(`JitterStrategy ${jitter}`);
    const read = {
      errorEquals: errorEqualsOf(retrier, index === retriers.length - 1),
      intervalSeconds: retrier.number('IntervalSeconds', { least: 1 }) ?? 1,
      maxAttempts: retrier.number('MaxAttempts', { least: 0 }) ?? 3,
      backoffRate: retrier.number('BackoffRate', { least: 1, fraction: true }) ?? 2,
      maxDelaySeconds: retrier.number('MaxDelaySeconds', { least: 1 }) ?? Infinity,
      jitter: jitter === 'FULL',
    };
    retrier.refuseOthers();
    return read;
  });
}

/** `States.ALL` must stand alone, and in the last clause. */
export function errorEqualsOf(clause: Fields, isLast: boolean): readonly string[] {
  const names = clause.texts('ErrorEquals');
  if (names.includes('States.ALL') && (names.length > 1 || !isLast)) {
    throw clause.invalid('States.ALL must stand alone, and in the last clause');
  }
  return names;
}

export interface ScheduledRetry {
  /** How many retries this makes, over all retriers of the state. */
  readonly count: number;
  readonly waitSeconds: number;
}

/** Decides on the retries of one visit to a state. Each retrier counts for itself. */
export class RetrySchedule {
  private readonly attempts: number[];
  private count = 0;

  constructor(
    private readonly retriers: readonly Retrier[],
    private readonly waitScale: number,
  ) {
    this.attempts = retriers.map(() => 0);
  }

  /** The retry that follows this failure, if one does. The first retrier that matches decides. */
  after(error: StateError): ScheduledRetry | undefined {
    const index = this.retriers.findIndex(({ errorEquals }) => matches(errorEquals, error));
    const retrier = this.retriers[index];
    const attempt = this.attempts[index];
    if (!retrier || attempt === undefined || attempt >= retrier.maxAttempts) return undefined;
    this.attempts[index] = attempt + 1;
    const full = retrier.intervalSeconds * retrier.backoffRate ** attempt;
    const capped = Math.min(full, retrier.maxDelaySeconds);
    const drawn = retrier.jitter ? Math.random() * capped : capped;
    return { count: ++this.count, waitSeconds: Math.round(drawn * this.waitScale * 1000) / 1000 };
  }
}
