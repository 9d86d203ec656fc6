import { type Fields } from './fields';
import { type Json } from './json';
import { pathOf, requiredPathOf } from './path';
import { type Evaluate, type Scope } from './scope';
import { timestampOf } from './timestamp';

export type ChoiceTest = (data: Json, scope: Scope) => boolean;
type Comparison = (value: Json, operand: Json) => boolean;

const COMBINATIONS = ['And', 'Or', 'Not'] as const;

/** Values of any other type than the operator's never match. */
const TYPE_TESTS: Readonly<Record<string, (value: Json) => boolean>> = {
  IsNull: (value) => value === null,
  IsNumeric: (value) => typeof value === 'number',
  IsString: (value) => typeof value === 'string',
  IsBoolean: (value) => typeof value === 'boolean',
  IsTimestamp: (value) => timestampOf(value) !== undefined,
};

const ORDERS = {
  Equals: (one, other) => one === other,
  LessThan: (one, other) => one < other,
  LessThanEquals: (one, other) => one <= other,
  GreaterThan: (one, other) => one > other,
  GreaterThanEquals: (one, other) => one >= other,
} satisfies Record<string, (one: number | string, other: number | string) => boolean>;

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  BooleanEquals: (value, operand) => typeof value === 'boolean' && value === operand,
  ...compared('Numeric', (value) => (typeof value === 'number' ? value : undefined)),
  ...compared('String', (value) => (typeof value === 'string' ? value : undefined)),
  ...compared('Timestamp', timestampOf),
};

/** Reads a rule of a Choice state: a comparison, or others under `And`, `Or`, `Not`. */
export function choiceTestOf(rule: Fields): ChoiceTest {
  const [combination] = COMBINATIONS.filter((each) => rule.has(each));
  if (combination === 'Not') {
    const test = nestedTestOf(rule.object('Not'));
    return (data, scope) => !test(data, scope);
  }
  if (combination) {
    const tests = rule.objects(combination).map(nestedTestOf);
    if (tests.length === 0) throw rule.invalid(`${combination} without rules`);
    if (combination === 'And') return (data, scope) => tests.every((test) => test(data, scope));
    return (data, scope) => tests.some((test) => test(data, scope));
  }
  return comparisonOf(rule);
}

function nestedTestOf(rule: Fields): ChoiceTest {
  const test = choiceTestOf(rule);
  rule.refuseOthers();
  return test;
}

function comparisonOf(rule: Fields): ChoiceTest {
  const variable = rule.text('Variable');
  const operators = rule.names.filter((name) => !['Variable', 'Next', 'Assign', 'Comment'].includes(name));
  const [operator] = operators;
  if (!operator || operators.length > 1)
    throw rule.invalid(`a rule needs one operator, not ${operators.join(', ')}`);
  if (operator === 'IsPresent') {
    const path = pathOf(variable, rule);
    const expected = flagOf(rule, operator);
    return (data, scope) => (path.read(data, scope) !== undefined) === expected;
  }
  const value = requiredPathOf(variable, rule);
  const typeTest = TYPE_TESTS[operator];
  if (typeTest) {
    const expected = flagOf(rule, operator);
    return (data, scope) => typeTest(value(data, scope)) === expected;
  }
  if (operator === 'StringMatches') {
    const pattern = patternOf(rule.text(operator));
    return (data, scope) => {
      const text = value(data, scope);
      return typeof text === 'string' && pattern.test(text);
    };
  }
  const compare = COMPARISONS[operator.replace(/Path$/, '')];
  if (!compare) throw rule.invalid(`there is no operator ${operator}`);
  const operand = operandOf(rule, operator);
  return (data, scope) => compare(value(data, scope), operand(data, scope));
}

function flagOf(rule: Fields, operator: string): boolean {
  const flag = rule.value(operator);
  if (typeof flag !== 'boolean') throw rule.invalid(`${operator} must be true or false`);
  return flag;
}

/** A literal must be of the operator's type. */
function operandOf(rule: Fields, operator: string): Evaluate {
  if (operator.endsWith('Path')) return requiredPathOf(rule.text(operator), rule);
  const operand = rule.value(operator) ?? null;
  const type = /^(Boolean|Numeric|String|Timestamp)/.exec(operator)?.[0] ?? '';
  if (!TYPE_TESTS[`Is${type}`]!(operand)) throw rule.invalid(`${operator} ${JSON.stringify(operand)}`);
  return () => operand;
}

function compared(
  type: string,
  read: (value: Json) => number | string | undefined,
): Readonly<Record<string, Comparison>> {
  return Object.fromEntries(
    Object.entries(ORDERS).map(([order, holds]) => [
      `${type}${order}`,
      (value, operand) => {
        const [one, other] = [read(value), read(operand)];
        return one !== undefined && other !== undefined && holds(one, other);
      },
    ]),
  );
}

/** `*` stands for any characters, `\*` for an asterisk, `\\` for a backslash. */
function patternOf(pattern: string): RegExp {
  const source = pattern.replace(/\\(.)|\*|[^\\*]+/gs, (text, escaped: string | undefined) => {
    if (text === '*') return '.*';
    return (escaped ?? text).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  });
  return new RegExp(`^${source}$`, 's');
}
