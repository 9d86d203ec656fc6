import { type Lab } from '../server/lab';

/** What one measurement found, for the terminal, for JSON and for the documents. */
export interface Section {
  /** Name of the measurement, and of its marked block in a document. */
  readonly name: string;
  readonly title: string;
  readonly tables: readonly Table[];
  /** Everything, unrounded. */
  readonly figures: unknown;
}

export interface Table {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What a reader must know to read it right. */
  readonly notes?: readonly string[];
}

/**
 * How many samples: `full` is for the documents; `quick` takes seconds instead of minutes, and its spread is larger; `smoke` is the
 * smallest run that does everything once: it shows that a measurement works, and its figures mean nothing.
 */
export type Size = 'full' | 'quick' | 'smoke';

export interface MeasureOptions {
  readonly size: Size;
  /** What is measured: cloud assemblies and local runs. */
  readonly lab: Lab;
  /** Says what is being done, on standard error. */
  readonly progress: (text: string) => void;
}

export interface Measure {
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** Left out unless `--only` names it. @default false */
  readonly onlyWhenNamed?: boolean;
  /** What it needs and this machine has not; it is skipped then. @default it needs nothing */
  readonly lacks?: () => string | undefined;
  readonly run: (options: MeasureOptions) => Promise<Section>;
}
