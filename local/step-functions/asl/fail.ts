import { type Fields } from './fields';
import { type Json } from './json';
import { expressionOf } from './payload-template';
import { type Scope } from './scope';
import { type State } from './state';
import { runtimeError, StateError } from './state-error';

export function failOf(name: string, fields: Fields): State {
  const error = textOf(fields, 'Error');
  const cause = textOf(fields, 'Cause');
  return {
    name,
    type: 'Fail',
    run(input, visit) {
      throw new StateError(error(input, visit), cause(input, visit));
    },
  };
}

/** `Error` or `ErrorPath`, `Cause` or `CausePath`: the path, or the intrinsic function, must answer a string. */
function textOf(fields: Fields, field: 'Error' | 'Cause'): (input: Json, scope: Scope) => string {
  const text = fields.optionalText(field);
  const path = fields.optionalText(`${field}Path`);
  if (path === undefined) return () => text ?? '';
  if (text !== undefined) throw fields.invalid(`${field} and ${field}Path`);
  const evaluate = expressionOf(path, fields);
  return (input, scope) => {
    const value = evaluate(input, scope);
    if (typeof value === 'string') return value;
    throw runtimeError(
      `${fields.where}: ${field}Path must point at a string, not at ${JSON.stringify(value)}`,
    );
  };
}
