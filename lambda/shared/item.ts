import { OwnError } from './own-error';

/** An item of a table is not what this version, or one before it, writes. The message names the field and nothing that is in it. */
export class ItemNotReadable extends OwnError {
  override readonly name = 'ItemNotReadable';
}

export type Check = (value: unknown) => boolean;

/** A check for every field of an item: one that is added to the type and not here does not compile. */
export type Fields<Item> = { readonly [Field in keyof Item]-?: Check };

export const text: Check = (value) => typeof value === 'string';
export const number: Check = (value) => typeof value === 'number';
export const oneOf =
  (values: Readonly<Record<string, true>>): Check =>
  (value) =>
    typeof value === 'string' && Object.hasOwn(values, value);
/** Absent from some items, or from those of an older version. */
export const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
export const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
/** Has these fields; others may be there. */
export const record =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    typeof value === 'object' && value !== null && misfitIn(value, fields) === undefined;
/** Has the fields of one of these variants, whose name is in the field `tag`. */
export const variant =
  (tag: string, variants: Readonly<Record<string, Readonly<Record<string, Check>>>>): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(variants).some(
      ([name, fields]) => misfitIn(value, { [tag]: (found) => found === name, ...fields }) === undefined,
    );

/**
 * The item as its type has it, once each field has been looked at. What else is in the item stays.
 *
 * Checks of our own instead of a schema: a function reads items before it does anything else, and some have no other use for the
 * library.
 *
 * @param kind what the item is, for the message
 * @throws ItemNotReadable naming the first field that does not fit
 */
export function itemOf<Item extends object>(kind: string, fields: Fields<Item>, item: object): Item {
  const misfit = misfitIn(item, fields);
  if (misfit !== undefined)
    throw new ItemNotReadable(`The field ${misfit} of a ${kind} in the table is not as it is written`);
  return item as Item;
}

function misfitIn(item: object, fields: Readonly<Record<string, Check>>): string | undefined {
  return Object.keys(fields).find((field) => !fields[field]!((item as Record<string, unknown>)[field]));
}
