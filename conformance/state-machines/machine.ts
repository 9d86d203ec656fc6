/** A state machine, or a branch of one. */
export interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, MachineState>>;
}

export interface MachineState {
  readonly Type: string;
  readonly Resource?: string;
  readonly TimeoutSeconds?: number;
  readonly Parameters?: object;
  readonly ResultSelector?: object;
  readonly ResultPath?: string | null;
  readonly Error?: string;
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[]; readonly MaxAttempts?: number }[];
  readonly Catch?: readonly Catcher[];
  /** Of a Parallel state. */
  readonly Branches?: readonly Machine[];
  /** Of a Map state; `Iterator` is its older name. */
  readonly ItemProcessor?: Machine;
  readonly Iterator?: Machine;
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly ResultPath?: string | null;
}

/** Every state by its name, those of branches and iterations too: names are unique in all of a state machine. */
export function allStatesOf({ States }: Machine): [string, MachineState][] {
  return Object.entries(States).flatMap(([name, state]): [string, MachineState][] => [
    [name, state],
    ...machinesIn(state).flatMap(allStatesOf),
  ]);
}

/** The branches of a Parallel state, and what a Map state does with each item. */
export function machinesIn({ Branches = [], ItemProcessor, Iterator }: MachineState): Machine[] {
  const processor = ItemProcessor ?? Iterator;
  return processor ? [...Branches, processor] : [...Branches];
}
