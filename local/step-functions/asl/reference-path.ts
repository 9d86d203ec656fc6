import { type Fields } from './fields';
import { isObject, type Json, type JsonObject } from './json';
import { StateError } from './state-error';

/** Where a result goes in a state's input: `ResultPath`. */
export type ResultPlace = (input: Json, result: Json) => Json;

const STEP =
  /\.([^.[\]'"()\s,*?@:^~`$]+)|\[\s*'((?:[^'\\]|\\.)*)'\s*\]|\[\s*"((?:[^"\\]|\\.)*)"\s*\]|\[(\d+)\]/y;

/**
 * Reads a `ResultPath`: null keeps the input, `$` the result, anything else is a reference path, which names one node.
 *
 * Input is never changed, but copied along the path: others may still hold it.
 */
export function resultPlaceOf(fields: Fields, field = 'ResultPath'): ResultPlace {
  const text = fields.value(field);
  if (text === undefined || text === '$') return (_, result) => result;
  if (text === null) return (input) => input;
  if (typeof text !== 'string' || !text.startsWith('$')) {
    throw fields.invalid(`${field} must be a reference path or null, not ${JSON.stringify(text)}`);
  }
  const keys: (string | number)[] = [];
  STEP.lastIndex = 1;
  while (STEP.lastIndex < text.length) {
    const match = STEP.exec(text);
    if (!match) throw fields.invalid(`${field} must name one node, which ${text} does not`);
    const [, name, single, double, index] = match;
    keys.push(index === undefined ? (name ?? (single ?? double)!.replace(/\\(.)/gs, '$1')) : Number(index));
  }
  return (input, result) => placed(input, keys, result);
}

function placed(input: Json | undefined, [key, ...others]: readonly (string | number)[], result: Json): Json {
  if (key === undefined) return result;
  if (typeof key === 'number') {
    if (!Array.isArray(input) || key >= input.length) throw conflict(key, input);
    return input.with(key, placed(input[key], others, result));
  }
  if (input !== undefined && !isObject(input)) throw conflict(key, input);
  const into: JsonObject = { ...input };
  const value = placed(Object.hasOwn(into, key) ? into[key] : undefined, others, result);
  // Not by assignment: that would set the prototype by the name `__proto__`.
  return Object.defineProperty(into, key, { value, enumerable: true, writable: true, configurable: true });
}

/** As AWS words it (cdklabs/construct-hub #459, localstack/localstack #1854). */
function conflict(key: string | number, input: Json | undefined): StateError {
  return new StateError(
    'States.ReferencePathConflict',
    `Unable to apply step "${key}" to input ${JSON.stringify(input)}`,
  );
}
