import { isProblemName, type ProblemName } from './problem';
import { type SteeringName } from './saga-errors';

/**
 * What is told of a workflow: one row for each step and each compensation. The order of the steps is the order in which
 * they run. A step's compensation undoes that step; the compensations run in the reverse order of their steps.
 *
 * From the rows follow the types of the steps (`step.ts`), the state machine's catches and ends, the failure that is
 * recorded, the answers of the API, alarms, dashboard and documents.
 *
 * `Compensation` are the names of the compensations: a step that names another one does not compile.
 */
export interface Outcomes<Compensation extends string = string> {
  readonly steps: Readonly<Record<string, StepRow<Compensation>>>;
  readonly compensations: Readonly<Record<Compensation, CompensationRow>>;
  /** What it means that the execution died and recovery has undone it. */
  readonly interrupted: Meaning;
  /** The client gives up what waits for it: a workflow that begins with the compensations. @default it cannot */
  readonly givenUp?: GivenUp;
  /** The end where the last compensation has failed, so that nobody knows yet how it will end. */
  readonly unknown: { readonly end: string; readonly problem: ProblemName };
}

export interface FunctionRow {
  /** The name of its function, where another workflow has a state of the same name. @default the state's */
  readonly function?: string;
  /** The file that exports its `handler`, from the repository's root. */
  readonly entry: string;
  /** Seconds. Its state waits one second longer. */
  readonly timeoutSeconds: number;
}

export interface StepRow<Compensation extends string = string> extends FunctionRow {
  /** What it does, for whoever watches: `holding seats`. */
  readonly doing: string;
  /**
   * The step whose place it takes in an execution that takes up what another one has begun. Those that follow are the same.
   * @default it has a place of its own
   */
  readonly insteadOf?: string;
  /** The compensation that undoes what it may have done. @default nothing of its own is undone */
  readonly undoneBy?: Compensation;
  /** What it refuses for good and without an effect: only the steps before it are undone. */
  readonly refuses?: readonly ProblemName[];
  /** What it answers for an earlier run with the same key: the answer of that run, so nothing is undone. */
  readonly repeats?: readonly RefusalName[];
  /** Names that the state machine's definition itself routes, each by a catch of its own. */
  readonly steers?: readonly RefusalName[];
  /** Faults that the client is told by their own name. They are undone as any other fault. */
  readonly admits?: readonly Meaning[];
  /** What every other error of it means, and where it ends. @default nothing: what is done stands without this step */
  readonly fails?: Meaning & { readonly end: string };
}

export interface CompensationRow extends FunctionRow {
  /** What has become true, for whoever watches: `seats released`. */
  readonly done: string;
  /** What it answers for an earlier run: at the end of the first step, whose row has it too. */
  readonly repeats?: readonly RefusalName[];
  /** What it refuses to give up, where the workflow begins with it. */
  readonly refuses?: readonly RefusalName[];
  /** What it may find to undo: dimension `result` of the metric `Compensations`, beside `none`. */
  readonly undid: readonly ('refunded' | 'cancelled' | 'released')[];
  readonly steers?: readonly RefusalName[];
  /** What it says of a run that it leaves alone, or to other steps, in a workflow that is the compensations alone. */
  readonly leaves?: readonly RefusalName[];
}

export interface GivenUp {
  /** Under `$.failures`, what says that the client has given up. */
  readonly by: string;
  /** What the run is settled with. */
  readonly problem: ProblemName;
  /** The end where all is undone. */
  readonly end: string;
  /** The end where the first compensation has refused. */
  readonly refusedEnd: string;
}

/** A failure that is a fault of ours: what the client is told, and what the person on call reads. */
export interface Meaning {
  readonly problem: ProblemName;
  /** What it does to the buyers, in the alarm. */
  readonly impact: string;
  /** The alarm's heading in `docs/runbook.md`. */
  readonly runbook: string;
  /** How many in 5 minutes are an alarm. @default 5: a few may happen by chance */
  readonly threshold?: number;
}

/** The name of an error that is no fault: the saga runs as it should. */
export type RefusalName = ProblemName | SteeringName;

export type StepName<O extends Outcomes> = keyof O['steps'] & string;
export type CompensationName<O extends Outcomes> = keyof O['compensations'] & string;
/** Each is a state of this name, and a function. */
export type TaskName<O extends Outcomes> = StepName<O> | CompensationName<O>;

/** The steps whose failure undoes nothing. */
export type FinalStep<O extends Outcomes> = {
  [Name in StepName<O>]: O['steps'][Name] extends { readonly fails: Meaning } ? never : Name;
}[StepName<O>];

/** For each step and compensation whose row has `steers`: something for each of those errors. */
export type Steering<O extends Outcomes, Each> = {
  readonly [
    Name in TaskName<O> as RowOf<O, Name> extends { readonly steers: unknown } ? Name : never
  ]: Readonly<Record<Extract<Listed<RowOf<O, Name>, 'steers'>, RefusalName>, Each>>;
};

type RowOf<O extends Outcomes, Name> = Name extends keyof O['steps']
  ? O['steps'][Name]
  : Name extends keyof O['compensations']
    ? O['compensations'][Name]
    : never;
type Listed<Row, Field extends string> = Field extends keyof Row
  ? Row[Field] extends readonly (infer Each extends RefusalName | Meaning)[]
    ? Each
    : never
  : never;

/** The functions of a workflow, by their names. */
export type FunctionsOf<O extends Outcomes> = {
  readonly [
    Name in TaskName<O> as RowOf<O, Name> extends { readonly function: infer Own extends string } ? Own : Name
  ]: FunctionRow;
};

/** The same at run time. */
export function functionsOf<O extends Outcomes>({ steps, compensations }: O): FunctionsOf<O> {
  const rows = Object.entries<FunctionRow>({ ...steps, ...compensations });
  return Object.fromEntries(
    rows.map(([name, row]) => [row.function ?? name, row]),
  ) as unknown as FunctionsOf<O>;
}

/** The name of a step's function: log and metrics tell steps apart by it. */
export function functionNameOf({ steps, compensations }: Outcomes, name: string): string {
  const row: FunctionRow | undefined = steps[name] ?? compensations[name];
  return row?.function ?? name;
}

/** The names that a step may refuse with: those of its row. */
export type RefusalOf<O extends Outcomes, Name> =
  | Extract<Listed<RowOf<O, Name>, 'refuses' | 'repeats' | 'steers' | 'leaves'>, RefusalName>
  | Extract<Listed<RowOf<O, Name>, 'admits'>, Meaning>['problem'];

/** The same at run time. */
export function refusalsOf(workflow: Outcomes, name: string): readonly RefusalName[] {
  const row: Partial<Omit<StepRow, 'refuses'> & CompensationRow> | undefined =
    workflow.steps[name] ?? workflow.compensations[name];
  const { refuses = [], repeats = [], steers = [], leaves = [], admits = [] } = row ?? {};
  return [...refuses, ...repeats, ...steers, ...leaves, ...admits.map(({ problem }) => problem)];
}

/** The compensations in the order in which they run: the reverse order of their steps. */
export function compensationOrder<O extends Outcomes>({ steps }: O): readonly CompensationName<O>[] {
  const undoing = Object.values(steps).flatMap(({ undoneBy = [] }) => undoneBy as CompensationName<O>);
  return [...new Set(undoing.toReversed())];
}

/** What the client is told by its own name, by the end where it is told. */
export function answersOf({ steps, compensations, givenUp }: Outcomes): {
  end: string;
  problem: ProblemName;
}[] {
  const ofSteps = Object.values(steps).flatMap(({ fails, refuses = [], repeats = [], admits = [] }) => {
    const told = [...refuses, ...repeats.filter(isProblemName), ...admits.map(({ problem }) => problem)];
    return fails ? told.map((problem) => ({ end: fails.end, problem })) : [];
  });
  if (!givenUp) return ofSteps;
  const refused = Object.values(compensations).flatMap(({ refuses = [] }) => refuses.filter(isProblemName));
  return [...ofSteps, ...refused.map((problem) => ({ end: givenUp.refusedEnd, problem }))];
}

/** What each end means where the client is told nothing else; the later step outranks the earlier. */
export function endsOf({ steps }: Outcomes): { step: string; end: string; problem: ProblemName }[] {
  return Object.entries(steps)
    .flatMap(([step, { fails }]) => (fails ? [{ step, end: fails.end, problem: fails.problem }] : []))
    .toReversed();
}

/** What a run may be refused for good, in the order of the steps. */
export function refusedOf({ steps }: Outcomes): readonly ProblemName[] {
  return Object.values(steps).flatMap(({ refuses = [] }) => refuses);
}

/** The faults of ours that a run may end with, each once, whichever steps may have it. */
export function faultsOf({ steps, interrupted }: Outcomes): readonly Meaning[] {
  const rows = Object.values(steps);
  const faults = rows.flatMap(({ fails, admits = [] }) => [...(fails ? [fails] : []), ...admits]);
  const byProblem = new Map([...faults, interrupted].map((fault) => [fault.problem, fault]));
  return [...byProblem.values()];
}

/** Every problem that a run may end with, each once. */
export function problemsOf(workflow: Outcomes): readonly ProblemName[] {
  return [
    ...new Set([
      ...answersOf(workflow).map(({ problem }) => problem),
      ...faultsOf(workflow).map(({ problem }) => problem),
      workflow.unknown.problem,
    ]),
  ];
}

/** What each state is there for, in words: the comment of the state, by which the console tells it. */
export function commentsOf<O extends Outcomes>({ steps, compensations }: O): Record<TaskName<O>, string> {
  const undone = Object.entries(steps).flatMap(([step, { undoneBy }]) =>
    undoneBy ? [[undoneBy, `Undoes ${step}: ${compensations[undoneBy]!.done}`]] : [],
  );
  const done = Object.entries(steps).map(([step, { doing }]) => [step, doing]);
  return Object.fromEntries([...done, ...undone]) as Record<TaskName<O>, string>;
}
