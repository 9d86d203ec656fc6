import { type Assign, assignOf } from './assign';
import { type Fields } from './fields';
import { type Json } from './json';
import { type ResultPlace, resultPlaceOf } from './reference-path';
import { errorEqualsOf } from './retry';
import { type Transition, type Visit } from './state';
import { matches, type StateError } from './state-error';

export interface Catcher {
  readonly errorEquals: readonly string[];
  readonly next: string;
  readonly place: ResultPlace;
  readonly assign: Assign | undefined;
}

export function catchersOf(fields: Fields): readonly Catcher[] {
  const catchers = fields.objects('Catch');
  return catchers.map((catcher, index) => {
    const read = {
      errorEquals: errorEqualsOf(catcher, index === catchers.length - 1),
      next: catcher.text('Next'),
      place: resultPlaceOf(catcher),
      assign: assignOf(catcher),
    };
    catcher.refuseOthers();
    return read;
  });
}

/** Where a failed state leads to: the first Catcher that matches decides. Its output passes by `OutputPath`. */
export function caughtBy(
  catchers: readonly Catcher[],
  error: StateError,
  input: Json,
  visit: Visit,
): Transition | undefined {
  const catcher = catchers.find(({ errorEquals }) => matches(errorEquals, error));
  if (!catcher) return undefined;
  const caught = { error: error.name, cause: error.message };
  const failure = { Error: caught.error, Cause: caught.cause };
  catcher.assign?.(failure, visit);
  return { output: catcher.place(input, failure), next: catcher.next, caught };
}
