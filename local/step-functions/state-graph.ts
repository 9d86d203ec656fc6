/** Amazon States Language, as far as it says where a state leads, and what it calls. */
export interface StateMachineDefinition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, StateDefinition>>;
}

interface StateDefinition {
  readonly Type: string;
  readonly Next?: string;
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Default?: string;
  readonly Resource?: string;
  readonly Parameters?: { readonly FunctionName?: string };
  readonly Branches?: readonly StateMachineDefinition[];
  readonly ItemProcessor?: StateMachineDefinition;
  /** What ItemProcessor was called before 2022. */
  readonly Iterator?: StateMachineDefinition;
}

export interface StateNode {
  readonly state: string;
  /** Type of the state, as in ASL. */
  readonly type: string;
  /** Whether the execution can only get here after an error. */
  readonly afterError: boolean;
  /** Of a Task that calls a service without a function: `dynamodb:updateItem`. */
  readonly calls?: string;
  /** The branches of a Parallel state, or what a Map does with each item. */
  readonly inner?: readonly StateGraph[];
}

export interface StateEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: 'next' | 'choice' | 'default' | 'catch';
  /** Of a catch: the errors it takes. */
  readonly errors?: readonly string[];
}

export interface StateGraph {
  readonly startAt: string;
  readonly nodes: readonly StateNode[];
  readonly edges: readonly StateEdge[];
}

/**
 * The states of a definition and every way from one to another. Two ways of the same kind between the same states are
 * one. What is in a branch or an iteration is a graph of its own, within its state.
 */
export function graphOf({ StartAt, States }: StateMachineDefinition): StateGraph {
  const edges = merged(Object.entries(States).flatMap(([name, state]) => edgesOf(name, state)));
  const ordinary = reachable(
    StartAt,
    edges.filter(({ kind }) => kind !== 'catch'),
  );
  const nodes = Object.entries(States).map(([state, definition]): StateNode => {
    const [inner, calls] = [innerOf(definition), calledBy(definition)];
    return {
      ...{ state, type: definition.Type, afterError: !ordinary.has(state) },
      ...(calls !== undefined && { calls }),
      ...(inner.length > 0 && { inner }),
    };
  });
  return { startAt: StartAt, nodes, edges };
}

function innerOf({ Branches, ItemProcessor, Iterator }: StateDefinition): StateGraph[] {
  const processor = ItemProcessor ?? Iterator;
  return (Branches ?? (processor ? [processor] : [])).map(graphOf);
}

/** `arn:aws:states:::dynamodb:updateItem`; a function is no news. */
function calledBy({ Resource = '' }: StateDefinition): string | undefined {
  const [, called] = /^arn:[^:]+:states:[^:]*:[^:]*:(.+)$/.exec(Resource) ?? [];
  return called?.startsWith('lambda:') ? undefined : called;
}

function edgesOf(from: string, { Next, Catch = [], Choices = [], Default }: StateDefinition): StateEdge[] {
  return [
    ...(Next === undefined ? [] : [{ from, to: Next, kind: 'next' } as const]),
    ...Choices.map(({ Next: to }) => ({ from, to, kind: 'choice' }) as const),
    ...(Default === undefined ? [] : [{ from, to: Default, kind: 'default' } as const]),
    ...Catch.map(({ Next: to, ErrorEquals: errors }) => ({ from, to, kind: 'catch', errors }) as const),
  ];
}

function merged(edges: readonly StateEdge[]): StateEdge[] {
  const byEnds = new Map<string, StateEdge>();
  for (const edge of edges) {
    const key = `${edge.from} ${edge.to} ${edge.kind}`;
    const errors = [...(byEnds.get(key)?.errors ?? []), ...(edge.errors ?? [])];
    byEnds.set(key, errors.length > 0 ? { ...edge, errors } : edge);
  }
  return [...byEnds.values()];
}

function reachable(start: string, edges: readonly StateEdge[]): ReadonlySet<string> {
  const found = new Set([start]);
  // A set that grows while it is walked: what is added is still visited.
  for (const state of found) {
    for (const { from, to } of edges) if (from === state) found.add(to);
  }
  return found;
}
