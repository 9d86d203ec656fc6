import { UnsupportedLocally } from '../aws/aws-service';
import { type MessageAttributes } from '../sqs/message';
import { invalidParameter } from './query-protocol';

export type FilterPolicyScope = 'MessageAttributes' | 'MessageBody';

/** Answers whether a message passes. */
export type Filter = (message: string, attributes: MessageAttributes) => boolean;

type Json = Record<string, unknown>;
type Scalar = string | number | boolean | null;
/** `values` are those of the key in the message: several for an array, none if the key is not there. */
type Condition = (values: readonly Scalar[]) => boolean;
interface Rule {
  readonly path: readonly string[];
  /** One of them must hold. */
  readonly conditions: readonly Condition[];
}

/**
 * Compiles a subscription's filter policy: every key must match, by any one of its conditions.
 *
 * Understood: exact values, `prefix`, `suffix`, `equals-ignore-case`, `anything-but` (values, or one prefix or
 * suffix), `numeric`, `exists`; in the body's scope also nested keys. Others, such as `$or`, `wildcard` and `cidr`,
 * are refused here, when the subscription is made: a message must not be filtered by half a policy.
 */
export function compileFilterPolicy(policy: unknown, scope: FilterPolicyScope = 'MessageAttributes'): Filter {
  if (!isObject(policy)) throw invalidParameter('FilterPolicy: not a JSON object');
  const rules = compileRules(policy, scope, []);
  const matches = (read: (path: readonly string[]) => readonly Scalar[]) =>
    rules.every(({ path, conditions }) => conditions.some((condition) => condition(read(path))));
  if (scope === 'MessageAttributes') {
    return (_message, attributes) => matches(([name]) => attributeValues(attributes, name!));
  }
  return (message) => {
    const body = parseJson(message);
    return isObject(body) && matches((path) => bodyValues(body, path));
  };
}

function compileRules(policy: Json, scope: FilterPolicyScope, parent: readonly string[]): Rule[] {
  return Object.entries(policy).flatMap(([key, value]) => {
    if (key.startsWith('$')) throw new UnsupportedLocally(`The SNS filter policy operator ${key}`);
    const path = [...parent, key];
    if (Array.isArray(value)) return [{ path, conditions: (value as unknown[]).map(compileCondition) }];
    if (isObject(value) && scope === 'MessageBody') return compileRules(value, scope, path);
    throw invalidParameter(`FilterPolicy: "${path.join('.')}" must be an array`);
  });
}

function compileCondition(condition: unknown): Condition {
  if (isScalar(condition)) return (values) => values.includes(condition);
  const entries = isObject(condition) ? Object.entries(condition) : [];
  if (entries.length !== 1)
    throw invalidParameter(`FilterPolicy: ${JSON.stringify(condition)} is no condition`);
  const [operator, operand] = entries[0]!;
  if (operator === 'exists') {
    if (typeof operand !== 'boolean') throw invalidParameter('FilterPolicy: exists must be true or false');
    return (values) => values.length > 0 === operand;
  }
  const test = compileTest(operator, operand);
  return (values) => values.some(test);
}

function compileTest(operator: string, operand: unknown): (value: Scalar) => boolean {
  switch (operator) {
    case 'prefix':
    case 'suffix':
    case 'equals-ignore-case':
      return textTest(operator, operand);
    case 'anything-but':
      return anythingBut(operand);
    case 'numeric':
      return numericTest(operand);
    default:
      throw new UnsupportedLocally(`The SNS filter policy operator ${operator}`);
  }
}

function textTest(
  operator: 'prefix' | 'suffix' | 'equals-ignore-case',
  operand: unknown,
): (value: Scalar) => boolean {
  if (typeof operand !== 'string') throw invalidParameter(`FilterPolicy: ${operator} must be a string`);
  const test = {
    prefix: (text: string) => text.startsWith(operand),
    suffix: (text: string) => text.endsWith(operand),
    'equals-ignore-case': (text: string) => text.toLowerCase() === operand.toLowerCase(),
  }[operator];
  return (value) => typeof value === 'string' && test(value);
}

/** Of an array attribute, one element that is not excluded is enough. */
function anythingBut(operand: unknown): (value: Scalar) => boolean {
  if (isObject(operand)) {
    const [[operator, text] = ['', undefined], ...others] = Object.entries(operand);
    if (others.length > 0 || (operator !== 'prefix' && operator !== 'suffix')) {
      throw new UnsupportedLocally(`The SNS filter policy operator anything-but ${JSON.stringify(operand)}`);
    }
    const excluded = textTest(operator, text);
    return (value) => !excluded(value);
  }
  const excluded: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  if (excluded.some((value) => typeof value !== 'string' && typeof value !== 'number')) {
    throw invalidParameter('FilterPolicy: anything-but takes strings or numbers');
  }
  return (value) => !excluded.includes(value);
}

const COMPARISONS: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  '=': (value, limit) => value === limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
};

/** `[">=", 0, "<", 100]` */
function numericTest(operand: unknown): (value: Scalar) => boolean {
  const parts: unknown[] = Array.isArray(operand) ? operand : [];
  const tests = Array.from({ length: Math.ceil(parts.length / 2) }, (_, pair) => {
    const compare = COMPARISONS[String(parts[pair * 2])];
    const limit = parts[pair * 2 + 1];
    if (!compare || typeof limit !== 'number')
      throw invalidParameter('FilterPolicy: malformed numeric condition');
    return (value: number) => compare(value, limit);
  });
  if (tests.length === 0 || tests.length > 2)
    throw invalidParameter('FilterPolicy: malformed numeric condition');
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
}

/** A binary attribute has no value that a policy could match, as in SNS. */
function attributeValues(attributes: MessageAttributes, name: string): readonly Scalar[] {
  const attribute = attributes[name];
  if (attribute?.StringValue === undefined) return [];
  if (attribute.DataType === 'Number') return [Number(attribute.StringValue)];
  if (attribute.DataType !== 'String.Array') return [attribute.StringValue];
  const parsed = parseJson(attribute.StringValue);
  return Array.isArray(parsed) ? parsed.filter(isScalar) : [];
}

/** Values at the path; an array on the way stands for each of its elements. */
function bodyValues(body: unknown, path: readonly string[]): readonly Scalar[] {
  if (Array.isArray(body)) return body.flatMap((element) => bodyValues(element, path));
  const [key, ...rest] = path;
  if (key === undefined) return isScalar(body) ? [body] : [];
  return isObject(body) && Object.hasOwn(body, key) ? bodyValues(body[key], rest) : [];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isScalar(value: unknown): value is Scalar {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
