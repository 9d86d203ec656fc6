import { type Fields } from './fields';
import { type Json, isObject, member } from './json';
import { filterOf } from './path-filter';
import { type Evaluate, type Scope } from './scope';
import { runtimeError } from './state-error';

/** Where a path begins: the state's data, the context object or a variable. */
type Root = 'data' | 'context' | { readonly variable: string };

/** One step into a value: what it leads to; undefined where Jayway finds that the path cannot be applied at all. */
type Step = (value: Json) => readonly Json[] | undefined;

/**
 * A JSONPath as Step Functions evaluates it: by Jayway's rules ("Using JSONPath paths", read November 2026, links to that
 * library). A definite path, one of names and indexes alone, yields a value or nothing; any other yields an array.
 */
export interface Path {
  readonly text: string;
  /** Undefined when a definite path, or the definite beginning of another, points at nothing. */
  read(data: Json, scope: Scope): Json | undefined;
}

const ROOT = /^\$(\$|[\p{ID_Start}_][\p{ID_Continue}]*)?/u;
const NAME = String.raw`[^.[\]'"()\s,*?@:^~${'`'}$]+`;
const QUOTED = String.raw`'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"`;
const STEP = new RegExp(
  [
    String.raw`(?<deep>\.\.)(?<deepName>${NAME}|\*)?`,
    String.raw`\.(?<name>${NAME}|\*)`,
    String.raw`\[\s*(?:(?<quoted>${QUOTED})|(?<wildcard>\*)|(?<slice>-?\d*\s*:\s*-?\d*)|(?<indexes>-?\d+(?:\s*,\s*-?\d+)*))\s*\]`,
    String.raw`\[\?\((?<filter>(?:${QUOTED}|[^'"])*?)\)\]`,
  ].join('|'),
  'y',
);

/**
 * Reads a path.
 *
 * @throws UnsupportedLocally for unions of names, functions and script expressions
 */
export function pathOf(text: string, fields: Fields): Path {
  const [beginning, root] = ROOT.exec(text) ?? [];
  if (beginning === undefined) throw fields.invalid(`${text} is no path: it must begin with $`);
  const from: Root = root === undefined ? 'data' : root === '$' ? 'context' : { variable: root };
  if (root === 'states') throw fields.invalid('$states belongs to JSONata');
  if (from === 'context') checkContextPath(text, fields);

  const keys: (string | number)[] = [];
  const steps: Step[] = [];
  STEP.lastIndex = beginning.length;
  while (STEP.lastIndex < text.length) {
    const at = STEP.lastIndex;
    const groups = STEP.exec(text)?.groups;
    if (!groups) throw fields.unsupported(`the path ${text}, from "${text.slice(at)}",`);
    const end = STEP.lastIndex;
    const key = keyOf(groups);
    if (key !== undefined && steps.length === 0) keys.push(key);
    else steps.push(...stepsOf(groups, fields));
    STEP.lastIndex = end;
  }
  const start = startOf(from);
  if (steps.length === 0) return { text, read: (data, scope) => keys.reduce(valueAt, start(data, scope)) };
  return {
    text,
    read(data, scope) {
      const beginning = keys.reduce(valueAt, start(data, scope));
      // An index out of bounds is no error to Jayway, as long as it is not the whole of the path.
      if (beginning === undefined) return typeof keys.at(-1) === 'number' ? [] : undefined;
      return follow(beginning, steps);
    },
  };
}

/** Reads a path that must point at something. */
export function requiredPathOf(text: string, fields: Fields): Evaluate {
  const path = pathOf(text, fields);
  return (data, scope) => {
    const value = path.read(data, scope);
    if (value !== undefined) return value;
    const cause = `${fields.where}: the JSONPath '${text}' could not be found in the input '${JSON.stringify(data)}'`;
    throw runtimeError(cause);
  };
}

function startOf(root: Root): (data: Json, scope: Scope) => Json | undefined {
  if (root === 'data') return (data) => data;
  if (root === 'context') return (_, scope) => scope.context;
  return (_, scope) => scope.variables.get(root.variable);
}

function valueAt(value: Json | undefined, key: string | number): Json | undefined {
  if (typeof key === 'string') return member(value, key);
  return Array.isArray(value) ? value.at(key) : undefined;
}

type Groups = Readonly<Record<string, string | undefined>>;

/** The name or the index, if this step leads to one value. */
function keyOf({ name, quoted, indexes }: Groups): string | number | undefined {
  if (name !== undefined && name !== '*') return name;
  if (quoted !== undefined) return quoted.slice(1, -1).replace(/\\(.)/gs, '$1');
  return indexes === undefined || indexes.includes(',') ? undefined : Number(indexes);
}

function stepsOf(groups: Groups, fields: Fields): Step[] {
  const { deep, deepName, slice, indexes, filter } = groups;
  const key = keyOf(groups);
  if (key !== undefined) return [(value) => present(valueAt(value, key))];
  if (deep !== undefined) {
    const into: Step[] = deepName === undefined ? [] : deepName === '*' ? [children] : [named(deepName)];
    return [(value) => descendants(value), ...into];
  }
  if (slice !== undefined) {
    const [from, to] = slice.split(':').map((bound) => (bound.trim() === '' ? undefined : Number(bound)));
    return [(value) => (Array.isArray(value) ? value.slice(from, to) : undefined)];
  }
  if (indexes !== undefined) {
    const each = indexes.split(',').map(Number);
    return [
      (value) => (Array.isArray(value) ? each.flatMap((index) => present(value.at(index))) : undefined),
    ];
  }
  if (filter === undefined) return [children];
  const holds = filterOf(filter, fields);
  return [
    (value) => {
      if (Array.isArray(value)) return value.filter(holds);
      return isObject(value) ? [value].filter(holds) : undefined;
    },
  ];
}

const named =
  (name: string): Step =>
  (value) =>
    present(member(value, name));

const present = (value: Json | undefined): readonly Json[] => (value === undefined ? [] : [value]);

function children(value: Json): readonly Json[] {
  if (Array.isArray(value)) return value;
  return isObject(value) ? Object.values(value) : [];
}

/** The value and all that is in it, outside first. */
function descendants(value: Json): readonly Json[] {
  return [value, ...children(value).flatMap(descendants)];
}

/** Only the first step is upstream of all doubt: where it cannot be applied, the path cannot; later ones lead nowhere. */
function follow(value: Json, [first, ...others]: readonly Step[]): Json | undefined {
  const found = first!(value);
  if (found === undefined) return undefined;
  return others
    .reduce<readonly Json[]>((values, step) => values.flatMap((each) => step(each) ?? []), found)
    .slice();
}

/** "Context object in Step Functions", read November 2026. */
const CONTEXT: Readonly<Record<string, readonly string[]>> = {
  Execution: ['Id', 'Input', 'Name', 'RoleArn', 'StartTime', 'RedriveCount', 'RedriveTime'],
  StateMachine: ['Id', 'Name'],
  State: ['EnteredTime', 'Name', 'RetryCount'],
  Task: ['Token'],
  Map: ['Item'],
};

/** A name that the context object never has would fail each execution. */
function checkContextPath(text: string, fields: Fields): void {
  const [, part, name] = /^\$\$(?:\.(\w+)(?:\.(\w+))?)?/.exec(text) ?? [];
  if (part === undefined) return;
  const names = CONTEXT[part];
  if (!names || (name !== undefined && !names.includes(name)))
    throw fields.unsupported(`the context path ${text}`);
}
