import { UnsupportedLocally } from '../aws-service';
import { TerminalError } from './errors';
import { type Json, isObject } from './json';
import { acceptPath, valueAt } from './reference-path';

/** Those the interpreter evaluates as Step Functions does. */
const FUNCTIONS = new Set([
  ...['Array', 'ArrayContains', 'ArrayLength', 'ArrayPartition', 'ArrayRange', 'ArrayUnique'],
  ...['Format', 'Hash', 'JsonToString', 'StringToJson', 'UUID'],
]);

/** Those it has, and why they are refused all the same. */
const WRONG: Readonly<Record<string, string>> = {
  ArrayGetItem: 'the interpreter answers null for an index out of bounds',
  Base64Encode: 'only Latin-1 text comes out right',
  Base64Decode: 'only Latin-1 text comes out right',
  JsonMerge: 'the interpreter changes the first argument in place',
  MathAdd: 'the interpreter does not round to whole numbers of 32 bits',
  MathRandom: 'the interpreter includes the upper bound',
  StringSplit: 'the interpreter takes several delimiters for one',
};

const PATH_ARGUMENT = /(?<=[(,]\s*)\$[^,)\s]*/g;

/**
 * Checks an intrinsic function call, with the calls inside it, and returns it as the interpreter is to see it.
 *
 * The interpreter counts parentheses inside quotes and drops every backslash, so literals with either are refused.
 */
export function acceptIntrinsic(call: string, where: string): string {
  const literal = /'([^']*)'/g;
  for (const [, text] of call.matchAll(literal)) {
    if (/[\\()]/.test(text ?? '')) {
      throw new UnsupportedLocally(`${where}: a backslash or a parenthesis in a literal of ${call}`);
    }
  }
  const code = call.replace(literal, "''");
  if (code.includes('\\') || !/^States\.\w+\(.*\)$/s.test(code)) {
    throw new UnsupportedLocally(`${where}: ${call}`);
  }
  for (const [, name = ''] of code.matchAll(/States\.(\w+)/g)) {
    if (FUNCTIONS.has(name)) continue;
    throw new UnsupportedLocally(`${where}: States.${name}${WRONG[name] ? ` (${WRONG[name]})` : ''}`);
  }
  if (/States\.JsonToString\(\s*States\./.test(code)) {
    throw new UnsupportedLocally(`${where}: another function inside States.JsonToString`);
  }
  return call.replace(PATH_ARGUMENT, (path) => acceptPath(path, where));
}

/**
 * Ends the execution rather than let the interpreter drop characters: it removes every backslash from the string
 * an intrinsic function returns. `template` is a `Parameters` or `ResultSelector` as accepted.
 */
export function refuseBackslashes(template: Json | undefined, data: Json, context: unknown): void {
  if (Array.isArray(template)) template.forEach((item) => refuseBackslashes(item, data, context));
  if (!isObject(template)) return;
  for (const [key, value] of Object.entries(template)) {
    if (!key.endsWith('.$') || typeof value !== 'string' || value.startsWith('$')) {
      refuseBackslashes(value, data, context);
      continue;
    }
    const escapes = /States\.JsonToString/.test(value) ? '\\' : '\\\\';
    if (!/States\.(Format|JsonToString)/.test(value)) continue;
    for (const [path] of value.matchAll(PATH_ARGUMENT)) {
      const text = JSON.stringify(valueAt(path, data, context)) ?? '';
      if (!text.includes(escapes)) continue;
      const cause = `${value}: text that needs a backslash, at ${path}, is not supported by the local run`;
      throw new TerminalError('States.Runtime', cause);
    }
  }
}
