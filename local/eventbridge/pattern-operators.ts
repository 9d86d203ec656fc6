import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { type AwsError } from '../aws/aws-error';
import { type LeafValue } from './event-leaves';

export type LeafMatcher = (value: LeafValue) => boolean;

/**
 * Which comparisons are taken: a pipe's filter knows neither wildcards nor anything-but of anything but values ("Comparison
 * operators for use in event patterns", column "Pipe support", read November 2026).
 */
export type Operators = 'all' | 'pipe';

type Invalid = (reason: string) => AwsError;

/** One element of a field's array; `absent` for `{"exists": false}`, which no leaf can answer. */
export function parseOperator(
  value: unknown,
  operators: Operators,
  invalid: Invalid,
): LeafMatcher | 'absent' {
  if (Array.isArray(value)) throw invalid('Match value must be String, number, true, false, or null');
  if (typeof value !== 'object' || value === null) return equals(value as LeafValue);
  const [[name, operand] = [], ...others] = Object.entries(value) as [string, unknown][];
  if (name === undefined) throw invalid('Match expression name not found');
  if (others.length > 0) throw invalid('Only one key allowed in match expression');
  switch (name) {
    case 'exactly':
      return equals(text(operand, 'exact match pattern must be a string', invalid));
    case 'prefix':
    case 'suffix':
      return affix(name, operand, invalid);
    case 'equals-ignore-case': {
      const wanted = text(
        operand,
        'equals-ignore-case match pattern must be a string',
        invalid,
      ).toLowerCase();
      return ofText((each) => each.toLowerCase() === wanted);
    }
    case 'wildcard':
      if (operators === 'pipe') throw invalid('Unrecognized match type wildcard');
      return wildcard(text(operand, 'wildcard match pattern must be a string', invalid), invalid);
    case 'numeric':
      return numeric(operand, invalid);
    case 'anything-but':
      return anythingBut(operand, operators, invalid);
    case 'exists':
      if (typeof operand !== 'boolean') throw invalid('exists match pattern must be either true or false.');
      return operand ? () => true : 'absent';
    case 'cidr':
      return cidr(text(operand, 'prefix match pattern must be a string', invalid), invalid);
    default:
      throw invalid(`Unrecognized match type ${name}`);
  }
}

export function quotedName(name: string): string {
  return `"${name}"`;
}

/** Numbers are the same if their value is. So are two spellings of one IPv6 address. */
function equals(wanted: LeafValue): LeafMatcher {
  if (typeof wanted === 'string' && isIPv6(wanted)) return within(wanted, 128);
  return (value) => value === wanted;
}

function affix(name: 'prefix' | 'suffix', operand: unknown, invalid: Invalid): LeafMatcher {
  const test = (value: string, part: string): boolean =>
    name === 'prefix' ? value.startsWith(part) : value.endsWith(part);
  if (typeof operand === 'object' && operand !== null && !Array.isArray(operand)) {
    const [[inner, part] = [], ...others] = Object.entries(operand) as [string, unknown][];
    const title = name === 'prefix' ? 'Prefix' : 'Suffix';
    if (inner === undefined) throw invalid(`${title} expression name not found`);
    if (inner !== 'equals-ignore-case') throw invalid(`Unsupported ${name} pattern: ${inner}`);
    if (others.length > 0) throw invalid('Only one key allowed in match expression');
    const folded = text(part, 'equals-ignore-case match pattern must be a string', invalid).toLowerCase();
    return ofText((each) => test(each.toLowerCase(), folded));
  }
  const part = text(operand, `${name} match pattern must be a string`, invalid);
  return ofText((each) => test(each, part));
}

/** `*` is any text, also none; `\*` is an asterisk and `\\` a backslash. */
function wildcard(pattern: string, invalid: Invalid): LeafMatcher {
  let expression = '';
  for (let position = 0; position < pattern.length; position++) {
    const character = pattern[position]!;
    const next = pattern[position + 1];
    if (character === '*') {
      if (next === '*') throw invalid(`Consecutive wildcard characters at pos ${position + 1}`);
      expression += '.*';
    } else if (character === '\\') {
      if (next !== '*' && next !== '\\') throw invalid(`Invalid escape character at pos ${position + 1}`);
      expression += `\\${next}`;
      position++;
    } else {
      expression += character.replace(/[.+?^${}()|[\]/]/g, '\\$&');
    }
  }
  const compiled = new RegExp(`^${expression}$`, 's');
  return ofText((each) => compiled.test(each));
}

const COMPARE: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  '=': (value, limit) => value === limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
};

/** `["=", 3]`, `["<", 3]`, or a range whose lower end comes first: `[">", 0, "<=", 5]`. */
function numeric(operand: unknown, invalid: Invalid): LeafMatcher {
  if (!Array.isArray(operand)) throw invalid('Value of numeric must be an array.');
  const [operator, limit, upperOperator, upperLimit, ...rest] = operand as unknown[];
  if (typeof operator !== 'string')
    throw invalid(`Invalid member in numeric match: ${JSON.stringify(operator)}`);
  const compare = COMPARE[operator];
  if (!compare) throw invalid(`Unrecognized numeric range operator: ${operator}`);
  if (typeof limit !== 'number')
    throw invalid(`Value of ${operator === '=' ? 'equals' : operator} must be numeric`);
  if (operand.length === 2) return (value) => typeof value === 'number' && compare(value, limit);
  if (!operator.startsWith('>')) throw invalid('Too many elements in numeric expression');
  if (typeof upperOperator !== 'string')
    throw invalid(`Bad value in numeric range: ${JSON.stringify(upperOperator)}`);
  if (upperOperator !== '<' && upperOperator !== '<=')
    throw invalid(`Bad numeric range operator: ${upperOperator}`);
  if (typeof upperLimit !== 'number') throw invalid(`Value of ${upperOperator} must be numeric`);
  if (rest.length > 0) throw invalid('Too many terms in numeric range expression');
  if (limit >= upperLimit) throw invalid('Bottom must be less than top');
  const below = COMPARE[upperOperator]!;
  return (value) => typeof value === 'number' && compare(value, limit) && below(value, upperLimit);
}

/** Something must be there, and be something else. What is no text has no prefix. */
function anythingBut(operand: unknown, operators: Operators, invalid: Invalid): LeafMatcher {
  if (typeof operand !== 'object' || operand === null || Array.isArray(operand)) {
    const values = Array.isArray(operand) ? (operand as unknown[]) : [operand];
    const single = !Array.isArray(operand);
    if (!values.every((each) => typeof each === 'string' || typeof each === 'number')) {
      throw invalid(
        single
          ? 'Value of anything-but must be an array or single string/number value.'
          : 'Inside anything but list, start|null|boolean is not supported.',
      );
    }
    if (new Set(values.map((each) => typeof each)).size !== 1) {
      throw invalid(
        'Inside anything but list, either all values are number or string, mixed type is not supported',
      );
    }
    return (value) => !values.includes(value as string | number);
  }
  const [[name, inner] = [], ...others] = Object.entries(operand) as [string, unknown][];
  if (name === undefined) throw invalid('Anything-But expression name not found');
  const kinds = ['equals-ignore-case', 'prefix', 'suffix', 'wildcard'];
  if (operators === 'pipe' || !kinds.includes(name))
    throw invalid(`Unsupported anything-but pattern: ${name}`);
  if (others.length > 0) throw invalid('Too many elements in numeric expression');
  const texts = Array.isArray(inner) ? (inner as unknown[]) : [inner];
  if (texts.some((each) => each === '') && (name === 'prefix' || name === 'suffix')) {
    throw invalid('Null prefix/suffix not allowed');
  }
  const complaint =
    name === 'equals-ignore-case'
      ? 'Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.'
      : `${name === 'wildcard' ? name : 'prefix/suffix'} match pattern must be a string`;
  const matchers = texts.map(
    (each) => parseOperator({ [name]: text(each, complaint, invalid) }, operators, invalid) as LeafMatcher,
  );
  return (value) => !matchers.some((matches) => matches(value));
}

function cidr(block: string, invalid: Invalid): LeafMatcher {
  const [address, bits, ...rest] = block.split('/');
  if (bits === undefined || rest.length > 0) throw invalid("Malformed CIDR, one '/' required");
  if (!/^-?\d+$/.test(bits)) throw invalid('Malformed CIDR, mask bits must be an integer');
  if (Number(bits) < 0) throw invalid('Malformed CIDR, mask bits must not be negative');
  if (!isIPv4(address!) && !isIPv6(address!)) throw invalid(`Nonstandard IP address: ${address}`);
  const [family, most] = isIPv4(address!) ? ['IPv4', 31] : ['IPv6', 127];
  if (Number(bits) > most) throw invalid(`${family} mask bits must be < ${most + 1}`);
  return within(address!, Number(bits));
}

function within(address: string, bits: number): LeafMatcher {
  const block = new BlockList();
  const family = isIPv4(address) ? 'ipv4' : 'ipv6';
  const isOne = family === 'ipv4' ? isIPv4 : isIPv6;
  block.addSubnet(address, bits, family);
  return ofText((each) => isOne(each) && block.check(each, family));
}

function ofText(matches: (value: string) => boolean): LeafMatcher {
  return (value) => typeof value === 'string' && matches(value);
}

function text(operand: unknown, complaint: string, invalid: Invalid): string {
  if (typeof operand !== 'string') throw invalid(complaint);
  return operand;
}
