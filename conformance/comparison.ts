/** What both sides made of one case. */
export interface Compared {
  readonly name: string;
  readonly ours: unknown;
  readonly theirs: unknown;
  /** Whether both are the same, as far as this comparison goes. */
  readonly equal: boolean;
}

/** A difference that is known, and why it is left: what AWS documents, or what the other engine does not claim to be right. */
export interface NamedDifference {
  readonly name: string;
  /** Whether a case differs for this reason. */
  readonly explains: (compared: Compared) => boolean;
}

export interface ComparisonOptions {
  readonly signal: AbortSignal;
  /** Says what is being done. */
  readonly progress: (what: string) => void;
  /** How many arbitrary cases are drawn where cases are drawn. */
  readonly runs: number;
}

/** Plays the same cases here and in an engine that nobody here wrote. */
export interface Comparison {
  readonly name: string;
  /** One line for `--help`. */
  readonly about: string;
  readonly named: readonly NamedDifference[];
  /** @throws Skipped when the machine lacks what the engine needs */
  compare(
    options: ComparisonOptions,
  ): Promise<{ readonly against: string; readonly cases: readonly Compared[] }>;
}

/** The machine lacks something, which the message names. Nothing is known then, neither good nor bad. */
export class Skipped extends Error {
  override readonly name = 'Skipped';
}

export interface Tally {
  readonly cases: number;
  readonly equal: number;
  /** Differences by the name of what explains them. */
  readonly named: ReadonlyMap<string, number>;
  readonly unexplained: readonly Compared[];
}

export function tally(cases: readonly Compared[], known: readonly NamedDifference[]): Tally {
  const named = new Map<string, number>();
  const unexplained: Compared[] = [];
  const different = cases.filter(({ equal }) => !equal);
  for (const each of different) {
    const reason = known.find(({ explains }) => explains(each));
    if (reason) named.set(reason.name, (named.get(reason.name) ?? 0) + 1);
    else unexplained.push(each);
  }
  return { cases: cases.length, equal: cases.length - different.length, named, unexplained };
}
