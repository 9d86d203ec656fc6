/** What the samples of one figure say. Medians, because one sample that another process delayed must not move them. */
export interface Spread {
  readonly median: number;
  /** First and third quartile: half of the samples lie between. */
  readonly low: number;
  readonly high: number;
  readonly samples: number;
}

/** @throws RangeError without samples */
export function spreadOf(samples: readonly number[]): Spread {
  return {
    median: percentile(samples, 50),
    low: percentile(samples, 25),
    high: percentile(samples, 75),
    samples: samples.length,
  };
}

export function median(samples: readonly number[]): number {
  return percentile(samples, 50);
}

/**
 * The value that `p` percent of the samples do not exceed, with linear interpolation between two of them.
 *
 * @throws RangeError without samples, or for a `p` outside of 0 to 100
 */
export function percentile(samples: readonly number[], p: number): number {
  if (samples.length === 0) throw new RangeError('No samples');
  if (!(p >= 0 && p <= 100)) throw new RangeError(`No such percentile: ${p}`);
  const sorted = [...samples].sort((a, b) => a - b);
  const position = ((sorted.length - 1) * p) / 100;
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (sorted[above]! - sorted[below]!) * (position - below);
}

/**
 * Ours over the baseline, pair by pair, and then the median: both of a pair ran in the same minute, so what else the
 * machine did falls out.
 *
 * @throws RangeError when the two are not pairs
 */
export function pairedRatio(ours: readonly number[], baseline: readonly number[]): Spread {
  if (ours.length !== baseline.length) throw new RangeError('Not as many samples of the one as of the other');
  return spreadOf(ours.map((value, index) => value / baseline[index]!));
}
