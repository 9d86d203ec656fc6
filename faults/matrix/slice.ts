/** A part of the plans: every `of`-th, from the `index`-th on. Neighbours differ little, so each slice spans the matrix. */
export interface Slice {
  /** From 1. */
  readonly index: number;
  readonly of: number;
}

/** The environment variable that names the slice: `3/24`, or `all`. */
export const FAULT_SLICE = 'FAULT_SLICE';

const MS_PER_DAY = 86_400_000;

/**
 * The slice of this run. As many runs of the CI workflow in a row, or days, as there are slices run every plan once.
 *
 * @param of how many slices there are
 * @throws Error when the variable names none
 */
export function sliceOfRun(
  of: number,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  nowMs = Date.now(),
): Slice {
  const named = environment[FAULT_SLICE];
  if (named === 'all') return { index: 1, of: 1 };
  if (named) return parseSlice(named, FAULT_SLICE);
  const turn = Number(environment['GITHUB_RUN_NUMBER'] ?? Math.floor(nowMs / MS_PER_DAY));
  return { index: 1 + (turn % of), of };
}

/** The part in which a slice lies when the plans are cut into fewer, larger parts. The whole stays the whole. */
export function coarser({ index, of }: Slice, parts: number): Slice {
  const fewer = Math.min(parts, of);
  return { index: 1 + ((index - 1) % fewer), of: fewer };
}

export function sliceOf<Plan>(plans: readonly Plan[], { index, of }: Slice): Plan[] {
  return plans.filter((_, position) => position % of === index - 1);
}

/**
 * @param text like `3/24`
 * @param name of what has been set to it
 * @throws Error when it is no slice
 */
export function parseSlice(text: string, name: string): Slice {
  const [, index = 0, of = 0] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (index < 1 || index > of) throw new Error(`${name} must be like 3/24, and not ${text}`);
  return { index, of };
}
