import { type Fields } from './fields';
import { exceedsPayloadLimit, type Json, type JsonObject } from './json';
import { payloadTemplateOf } from './payload-template';
import { type Scope } from './scope';
import { StateError } from './state-error';

/** Sets variables from what a state has made; `data` is what `$` stands for. */
export type Assign = (data: Json, scope: Scope) => void;

const VARIABLE_NAME = /^[\p{ID_Start}_][\p{ID_Continue}]{0,79}$/u;

/** Reads `Assign`. All its values are evaluated before one is set. */
export function assignOf(fields: Fields): Assign | undefined {
  if (!fields.has('Assign')) return undefined;
  const declared = fields.object('Assign');
  for (const field of declared.names) {
    const name = field.replace(/\.\$$/, '');
    if (!VARIABLE_NAME.test(name) || name === 'states')
      throw declared.invalid(`${name} is no name of a variable`);
  }
  const evaluate = payloadTemplateOf(declared.raw, declared);
  return (data, scope) => {
    const values = evaluate(data, scope) as JsonObject;
    if (exceedsPayloadLimit(values)) {
      throw new StateError(
        'States.DataLimitExceeded',
        `${fields.where}: the variables assigned exceed 256 KiB.`,
      );
    }
    scope.variables.assign(values);
  };
}

/** The variables that an `Assign` of this state, of its rules or of its Catchers sets. */
export function assignedNames(state: JsonObject): string[] {
  const clauses = [state, ...['Choices', 'Catch'].flatMap((field) => (state[field] ?? []) as JsonObject[])];
  return clauses.flatMap(({ Assign }) => Object.keys(Assign ?? {}).map((name) => name.replace(/\.\$$/, '')));
}
