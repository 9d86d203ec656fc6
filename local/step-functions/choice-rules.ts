import { UnsupportedLocally } from '../aws-service';
import { isObject, type Json, type JsonObject, textOf } from './json';
import { acceptPath } from './reference-path';

/**
 * Checks a Choice rule and returns it so that the interpreter decides as Step Functions does.
 *
 * - `IsPresent: false` and its kin never match in the interpreter: they become `Not`.
 * - A comparison of another type than the operator's never matches in Step Functions; in the interpreter JavaScript
 *   converts ("5" < 10), so the type test is put before it.
 */
export function acceptChoiceRule(rule: JsonObject, where: string): JsonObject {
  const { Next, Comment: _, ...test } = rule;
  return { ...acceptTest(test, where), ...(Next === undefined ? {} : { Next }) };
}

function acceptTest(test: JsonObject, where: string): JsonObject {
  const [[combination, rules] = ['', null], ...others] = Object.entries(test);
  if (others.length === 0 && (combination === 'And' || combination === 'Or') && Array.isArray(rules)) {
    return { [combination]: rules.map((rule) => acceptRule(rule, where)) };
  }
  if (others.length === 0 && combination === 'Not') return { Not: acceptRule(rules, where) };

  const { Variable, ...comparison } = test;
  const [[operator, operand] = ['', null]] = Object.entries(comparison);
  if (typeof Variable !== 'string' || Object.keys(comparison).length !== 1) {
    throw new UnsupportedLocally(`${where}: the choice rule ${JSON.stringify(test)}`);
  }
  const variable = acceptPath(Variable, where);
  if (operator.startsWith('Is')) {
    const positive = { Variable: variable, [operator]: true };
    return operand === false ? { Not: positive } : positive;
  }
  if (operator === 'StringMatches' && /[\\?]/.test(textOf(operand))) {
    throw new UnsupportedLocally(`${where}: "\\" and "?" in StringMatches ${textOf(operand)}`);
  }
  const accepted = operator.endsWith('Path') ? acceptPath(textOf(operand), where) : operand;
  const comparing = { Variable: variable, [operator]: accepted };
  const type = /^(String|Numeric|Boolean|Timestamp)/.exec(operator)?.[1];
  return { And: [{ Variable: variable, [`Is${type}`]: true }, comparing] };
}

function acceptRule(rule: Json | undefined, where: string): JsonObject {
  if (!isObject(rule)) throw new UnsupportedLocally(`${where}: the choice rule ${JSON.stringify(rule)}`);
  return acceptTest(rule, where);
}
