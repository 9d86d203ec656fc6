import { AwsError } from '../aws/aws-error';
import { type ArrayMembership, flattenEvent, joined, type Leaf } from './event-leaves';
import { type LeafMatcher, type Operators, parseOperator, quotedName } from './pattern-operators';

/** Whether an event matches. */
export type EventPattern = (event: object) => boolean;

/** What one field of a pattern asks of the leaves at its path. */
interface Condition {
  readonly path: string;
  /** One of them must match a leaf; for a path that must not be there, `absent` stands beside them. */
  readonly anyOf: readonly LeafMatcher[];
  readonly absent: boolean;
}

/** All of them hold; a pattern with `$or` is several such lists, of which one must hold. */
type Conditions = readonly Condition[];

export interface EventPatternOptions {
  /** @default all that rules of an event bus take */
  readonly operators?: Operators;
}

/**
 * Compiles an event pattern as EventBridge reads it ("Creating Amazon EventBridge event patterns" and "Comparison operators for use
 * in event patterns", user guide, read November 2026), where they leave a question as AWS's own engine answers it (aws/event-ruler).
 *
 * A pattern matches leaves: an array is each of its elements, and fields below an array must match in the same element of it.
 *
 * @throws AwsError `InvalidEventPatternException`
 */
export function compileEventPattern(pattern: unknown, options: EventPatternOptions = {}): EventPattern {
  const alternatives = alternativesOf(pattern, options.operators ?? 'all');
  const ways = waysTo(alternatives);
  return (event) => {
    const leaves = flattenEvent(event, ways);
    return alternatives.some((conditions) => allHold(conditions, leaves, new Map()));
  };
}

/** The same, from text. */
export function compileEventPatternText(text: string, options?: EventPatternOptions): EventPattern {
  let pattern: unknown;
  try {
    pattern = JSON.parse(text);
  } catch {
    throw invalid('Filter is not valid JSON');
  }
  return compileEventPattern(pattern, options);
}

/** Every path at which there is a condition, or that leads to one. */
function waysTo(alternatives: readonly Conditions[]): ReadonlySet<string> {
  // A field may have no name.
  const ways = new Set(['']);
  for (const { path } of alternatives.flat()) {
    for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1))
      ways.add(path.slice(0, dot));
    ways.add(path);
  }
  return ways;
}

/** Tries every leaf for the first condition, then the rest with what it says of the arrays it lies in. */
function allHold(
  [condition, ...others]: Conditions,
  leaves: ReadonlyMap<string, readonly Leaf[]>,
  elements: ArrayMembership,
): boolean {
  if (!condition) return true;
  const here = leaves.get(condition.path) ?? [];
  if (condition.absent && !here.some((leaf) => joined(elements, leaf.elements))) {
    if (allHold(others, leaves, elements)) return true;
  }
  return here.some((leaf) => {
    const together = joined(elements, leaf.elements);
    return (
      together !== undefined &&
      condition.anyOf.some((matches) => matches(leaf.value)) &&
      allHold(others, leaves, together)
    );
  });
}

const RESERVED_IN_OR = new Set([
  ...['exactly', 'equals-ignore-case', 'prefix', 'suffix', 'anything-but', 'exists', 'wildcard', 'numeric'],
  ...['cidr', '=', '<', '<=', '>', '>=', 'regex', 'not-wildcard', 'not-equals-ignore-case', 'date-after'],
  ...['date-on-or-after', 'date-before', 'date-on-or-before', 'in-date-range', 'ip-address-in-range'],
  'ip-address-not-in-range',
]);

function alternativesOf(pattern: unknown, operators: Operators): readonly Conditions[] {
  if (!isObject(pattern)) throw invalid('Filter is not an object');
  return read(pattern, '', [[]], { operators, inOr: false });
}

/** Adds what an object of the pattern asks to each of the alternatives before it. */
function read(
  object: Readonly<Record<string, unknown>>,
  path: string,
  before: readonly Conditions[],
  context: { readonly operators: Operators; readonly inOr: boolean },
): readonly Conditions[] {
  let alternatives = before;
  const entries = Object.entries(object);
  if (entries.length === 0) throw invalid('Empty objects are not allowed');
  for (const [name, value] of entries) {
    const field = path === '' ? name : `${path}.${name}`;
    if (name === '$or') {
      alternatives = eitherOf(value).flatMap((each) =>
        read(each, path, alternatives, { ...context, inOr: true }),
      );
    } else if (context.inOr && RESERVED_IN_OR.has(name)) {
      throw invalid(`${name} is Ruler reserved fieldName which cannot be used inside $or.`);
    } else if (isObject(value)) {
      alternatives = read(value, field, alternatives, context);
    } else if (Array.isArray(value)) {
      const condition = conditionOf(field, value, context.operators);
      // A path that is written twice keeps its last condition, as in event-ruler.
      alternatives = alternatives.map((each) => [...each.filter((one) => one.path !== field), condition]);
    } else {
      throw invalid(`${quotedName(name)} must be an object or an array`);
    }
  }
  return alternatives;
}

function eitherOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(value)) throw invalid('It must be an Array followed with $or.');
  if (!value.every(isObject)) throw invalid('Only JSON object is allowed in array of $or relationship.');
  if (value.length < 2) throw invalid('There must have at least 2 Objects in $or relationship.');
  return value;
}

function conditionOf(path: string, values: readonly unknown[], operators: Operators): Condition {
  if (values.length === 0) throw invalid('Empty arrays are not allowed');
  const parsed = values.map((value) => parseOperator(value, operators, invalid));
  return {
    path,
    anyOf: parsed.filter((each) => each !== 'absent'),
    absent: parsed.includes('absent'),
  };
}

function invalid(reason: string): AwsError {
  return new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
