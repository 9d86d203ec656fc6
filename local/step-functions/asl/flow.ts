import { type Fields } from './fields';

/** Where a state leads to; nowhere if it ends the path. */
export interface Flow {
  readonly next?: string;
}

/** Reads `Next` or `End`: one of them, and not both. */
export function flowOf(fields: Fields): Flow {
  const next = fields.optionalText('Next');
  const end = fields.value('End');
  if ((next === undefined) !== (end === true) || (end !== undefined && typeof end !== 'boolean')) {
    throw fields.invalid('a state needs either Next or "End": true');
  }
  return next === undefined ? {} : { next };
}
