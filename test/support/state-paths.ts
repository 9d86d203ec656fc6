import { type Definition, type State } from '../../harness/synthesized-stage';

/**
 * What is known of a JSON value: the fields that it certainly has, and whether it may have others. So a path is there,
 * not there, or there on some days.
 */
export interface Shape {
  readonly fields: Readonly<Record<string, Shape>>;
  /** @default false: these fields and no other */
  readonly mayHaveMore?: boolean;
}

/** A value whose inside nobody has described. */
export const ANYTHING: Shape = { fields: {}, mayHaveMore: true };

/** An object with exactly these fields. */
export function object(fields: Record<string, Shape>): Shape {
  return { fields };
}

/** A path that a state reads, and a way into it on which the path need not be there. */
export interface MissingPath {
  readonly state: string;
  /** Where in the state: `Parameters`, `CausePath`, … */
  readonly field: string;
  readonly path: string;
  /** The states before it; `⚡` follows one whose Catch led on. */
  readonly way: string;
}

/** Step Functions gives a caught error both; of a time-out the cause is empty. */
const ERROR_OUTPUT = object({ Error: ANYTHING, Cause: ANYTHING });

/**
 * Every path that some state reads although, on some way into the state, nothing has put it there: Step Functions then ends
 * the execution with `States.Runtime`, which no Catch takes.
 *
 * All ways through the machine are walked, each with the shape of its data, so that what a Choice has looked at is known
 * behind it. Only definite paths are understood (no wildcards, no `Map`); anything else is refused.
 *
 * @param input of the execution
 * @param resultOf the result of a Task's resource by the state's name, as the API of its service describes it
 */
export function missingPaths(
  definition: Pick<Definition, 'StartAt' | 'States'>,
  input: Shape,
  resultOf: (state: string) => Shape,
): MissingPath[] {
  return new Walk(definition, resultOf).from(definition.StartAt, input);
}

interface Step {
  readonly name: string;
  readonly data: Shape;
  readonly way: readonly string[];
}

class Walk {
  private readonly missing = new Map<string, MissingPath>();
  private readonly seen = new Set<string>();

  constructor(
    private readonly definition: Pick<Definition, 'StartAt' | 'States'>,
    private readonly resultOf: (state: string) => Shape,
  ) {}

  from(start: string, input: Shape): MissingPath[] {
    const steps: Step[] = [{ name: start, data: input, way: [] }];
    // First in, first out: of the ways to a missing path, a shortest one is told.
    for (let step = steps.shift(); step; step = steps.shift()) {
      const { name, data, way } = step;
      const key = `${name} ${JSON.stringify(data)}`;
      if (this.seen.has(key)) continue;
      this.seen.add(key);
      const state = this.definition.States[name];
      if (!state) throw new Error(`There is no state ${name}`);
      for (const { next, after, caught } of this.visit(step, state)) {
        steps.push({ name: next, data: after, way: [...way, caught ? `${name} ⚡` : name] });
      }
    }
    return [...this.missing.values()];
  }

  /** Where the state leads, and with what. */
  private visit(step: Step, state: State): { next: string; after: Shape; caught?: boolean }[] {
    const read = (field: string, path: unknown, data: Shape = step.data): Shape =>
      this.read({ ...step, data }, field, String(path));
    const template = (field: string, data: Shape): Shape =>
      this.template({ ...step, data }, field, state[field]);

    const effective = 'InputPath' in state ? read('InputPath', state.InputPath) : step.data;
    switch (state.Type) {
      case 'Fail':
        for (const field of ['ErrorPath', 'CausePath']) if (field in state) read(field, state[field]);
        return [];
      case 'Succeed':
        if ('OutputPath' in state) read('OutputPath', state.OutputPath, effective);
        return [];
      case 'Choice':
        return this.choose(step, state, effective);
      case 'Wait':
        for (const field of ['SecondsPath', 'TimestampPath'])
          if (field in state) read(field, state[field], effective);
        return this.leave(state, effective, read);
      case 'Pass':
      case 'Task':
      case 'Parallel':
        break;
      default:
        throw new Error(`${step.name}: the paths of a ${state.Type} state are not understood`);
    }

    const parameters = 'Parameters' in state ? template('Parameters', effective) : effective;
    let result = this.result(step, state, parameters);
    if ('ResultSelector' in state) result = template('ResultSelector', result);
    const catches = (state.Catch ?? []).map(({ Next, ResultPath }) => ({
      next: Next,
      after: placed(step.data, ResultPath, ERROR_OUTPUT),
      caught: true,
    }));
    const output = placed(effective, state.ResultPath as string | null | undefined, result);
    return [...catches, ...this.leave(state, output, read)];
  }

  private result({ name }: Step, state: State, parameters: Shape): Shape {
    if (state.Type === 'Task') return this.resultOf(name);
    if (state.Type === 'Pass') return 'Result' in state ? shapeOf(state.Result) : parameters;
    for (const branch of state.Branches as Definition[]) {
      for (const missing of missingPaths(branch, parameters, this.resultOf)) {
        this.missing.set(JSON.stringify([missing.state, missing.field, missing.path]), missing);
      }
    }
    return ANYTHING;
  }

  private leave(
    state: State,
    data: Shape,
    read: (field: string, path: unknown, data: Shape) => Shape,
  ): { next: string; after: Shape }[] {
    const after = 'OutputPath' in state ? read('OutputPath', state.OutputPath, data) : data;
    return state.Next ? [{ next: state.Next, after }] : [];
  }

  /** The rules in their order, each with what the ones before it have found out. */
  private choose(step: Step, state: State, data: Shape): { next: string; after: Shape }[] {
    const ways: { next: string; after: Shape }[] = [];
    let left: Shape[] = [data];
    for (const { Next, ...rule } of state.Choices as ({ Next: string } & Rule)[]) {
      const tested = left.map((each) => this.test(step, rule, each));
      for (const { whenTrue } of tested) for (const after of whenTrue) ways.push({ next: Next, after });
      left = tested.flatMap(({ whenFalse }) => whenFalse);
    }
    if (typeof state.Default === 'string')
      for (const after of left) ways.push({ next: state.Default, after });
    return ways;
  }

  /** What is known where the rule holds, and where it does not; nothing where that cannot be. */
  private test(step: Step, rule: Rule, data: Shape): { whenTrue: Shape[]; whenFalse: Shape[] } {
    const { And, Or, Not, Variable } = rule;
    if (Not) {
      const { whenTrue, whenFalse } = this.test(step, Not, data);
      return { whenTrue: whenFalse, whenFalse: whenTrue };
    }
    if (And ?? Or) {
      const whenTrue: Shape[] = [];
      const whenFalse: Shape[] = [];
      // A later rule is looked at only where the ones before have not decided.
      let undecided = [data];
      for (const each of (And ?? Or)!) {
        const tested = undecided.map((known) => this.test(step, each, known));
        undecided = tested.flatMap((one) => (And ? one.whenTrue : one.whenFalse));
        (And ? whenFalse : whenTrue).push(...tested.flatMap((one) => (And ? one.whenFalse : one.whenTrue)));
      }
      (And ? whenTrue : whenFalse).push(...undecided);
      return { whenTrue, whenFalse };
    }
    const path = Variable!;
    if ('IsPresent' in rule) {
      const present = { whenTrue: [withPath(data, path)], whenFalse: [data] };
      const found = lookUp(data, path);
      const asked =
        found === 'absent'
          ? { whenTrue: [], whenFalse: [data] }
          : found === 'unknown'
            ? present
            : { whenTrue: [data], whenFalse: [] };
      return rule.IsPresent === true ? asked : { whenTrue: asked.whenFalse, whenFalse: asked.whenTrue };
    }
    this.read({ ...step, data }, 'Choices', path);
    for (const [operator, operand] of Object.entries(rule)) {
      if (operator.endsWith('Path')) this.read({ ...step, data }, 'Choices', String(operand));
    }
    return { whenTrue: [data], whenFalse: [data] };
  }

  /** The shape of what a payload template makes, once everything in it has been read. */
  private template(step: Step, field: string, template: unknown): Shape {
    if (Array.isArray(template)) {
      for (const each of template) this.template(step, field, each);
      return ANYTHING;
    }
    if (typeof template !== 'object' || template === null) return ANYTHING;
    return object(
      Object.fromEntries(
        Object.entries(template).map(([key, value]) => {
          if (!key.endsWith('.$')) return [key, this.template(step, field, value)];
          return [key.slice(0, -2), this.expression(step, field, value as string)];
        }),
      ),
    );
  }

  /** A path, or an intrinsic function with paths among its arguments. */
  private expression(step: Step, field: string, expression: string): Shape {
    if (expression.startsWith('$')) return this.read(step, field, expression);
    const withoutTexts = expression.replace(/'(?:[^'\\]|\\.)*'/g, "''");
    for (const [path] of withoutTexts.matchAll(/\$[^\s,)]*/g)) this.read(step, field, path);
    return ANYTHING;
  }

  private read({ name, data, way }: Step, field: string, path: string): Shape {
    if (path.startsWith('$$')) return ANYTHING;
    const found = lookUp(data, path);
    if (typeof found !== 'string') return found;
    const missing: MissingPath = { state: name, field, path, way: way.join(' → ') };
    this.missing.set(
      JSON.stringify([name, field, path]),
      this.missing.get(JSON.stringify([name, field, path])) ?? missing,
    );
    return ANYTHING;
  }
}

interface Rule {
  readonly And?: readonly Rule[];
  readonly Or?: readonly Rule[];
  readonly Not?: Rule;
  readonly Variable?: string;
  readonly IsPresent?: boolean;
}

const PATH = /^\$((?:\.[^.[\]'"()\s,*?@:^~`$]+|\['[^'\\]+'\]|\[\d+\])*)$/;

function stepsOf(path: string): string[] {
  const [, steps] = PATH.exec(path) ?? [];
  if (steps === undefined) throw new Error(`The path ${path} is not understood`);
  return [...steps.matchAll(/\.([^.[]+)|\['([^']+)'\]|\[(\d+)\]/g)].map(
    ([, name, quoted, index]) => name ?? quoted ?? index!,
  );
}

function lookUp(data: Shape, path: string): Shape | 'absent' | 'unknown' {
  let shape = data;
  for (const step of stepsOf(path)) {
    const inner = Object.hasOwn(shape.fields, step) ? shape.fields[step] : undefined;
    if (!inner) return shape.mayHaveMore ? 'unknown' : 'absent';
    shape = inner;
  }
  return shape;
}

/** The data with this path there, whatever it leads to; what was known stays. */
function withPath(data: Shape, path: string): Shape {
  return grown(data, stepsOf(path), (inner) => inner ?? ANYTHING);
}

/** The data with the result put where `ResultPath` says. */
function placed(data: Shape, resultPath: string | null | undefined, result: Shape): Shape {
  if (resultPath === null) return data;
  return grown(data, stepsOf(resultPath ?? '$'), () => result);
}

function grown(
  data: Shape | undefined,
  [first, ...rest]: readonly string[],
  end: (inner: Shape | undefined) => Shape,
): Shape {
  if (first === undefined) return end(data);
  const { fields, mayHaveMore } = data ?? object({});
  // In one order, so that two ways to the same data are seen to be the same.
  const entries = Object.entries({ ...fields, [first]: grown(fields[first], rest, end) }).sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return { fields: Object.fromEntries(entries), ...(mayHaveMore && { mayHaveMore }) };
}

/** The shape of a value that is written down. */
export function shapeOf(value: unknown): Shape {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return ANYTHING;
  return object(Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)])));
}

/** The shape of every value that a JSON schema takes. */
export function shapeOfSchema(schema: object): Shape {
  const { properties = {}, required = [] } = schema as {
    properties?: Record<string, object>;
    required?: readonly string[];
  };
  return {
    fields: Object.fromEntries(required.map((name) => [name, shapeOfSchema(properties[name] ?? {})])),
    // What is optional, and what an object is not.
    mayHaveMore: true,
  };
}
