import { type Assign, assignOf } from './assign';
import { type Fields } from './fields';
import { type Json } from './json';
import { requiredPathOf } from './path';
import { payloadTemplateOf } from './payload-template';
import { type ResultPlace, resultPlaceOf } from './reference-path';
import { type Evaluate, type Scope } from './scope';

const unchanged: Evaluate = (data) => data;

/** `InputPath` or `OutputPath`: null stands for an empty object. */
export function selectionOf(fields: Fields, field: 'InputPath' | 'OutputPath'): Evaluate {
  const path = fields.value(field);
  if (path === undefined || path === '$') return unchanged;
  if (path === null) return () => ({});
  if (typeof path !== 'string')
    throw fields.invalid(`${field} must be a path or null, not ${JSON.stringify(path)}`);
  return requiredPathOf(path, fields);
}

export function templateOf(fields: Fields, field: string): Evaluate {
  const template = fields.value(field);
  return template === undefined ? unchanged : payloadTemplateOf(template, fields);
}

/** What becomes of a state's result: `ResultSelector`, `ResultPath` and `Assign`, which sees the result as it came. */
export class ResultFlow {
  private readonly select: Evaluate;
  private readonly place: ResultPlace;
  private readonly assign: Assign | undefined;

  constructor(fields: Fields, { selector = true } = {}) {
    this.select = selector ? templateOf(fields, 'ResultSelector') : unchanged;
    this.place = resultPlaceOf(fields);
    this.assign = assignOf(fields);
  }

  apply(input: Json, result: Json, scope: Scope): Json {
    const output = this.place(input, this.select(result, scope));
    this.assign?.(result, scope);
    return output;
  }
}
