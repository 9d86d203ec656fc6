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

export interface MeasureOptions {
  /** Fewer samples: minutes become seconds, and the spread grows. */
  readonly quick: boolean;
  /** Says what is being done, on standard error. */
  readonly progress: (text: string) => void;
}

export interface Measure {
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** Left out unless `--only` names it. @default false */
  readonly onlyWhenNamed?: boolean;
  readonly run: (options: MeasureOptions) => Promise<Section>;
}
