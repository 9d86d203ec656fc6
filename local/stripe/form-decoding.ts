import { refusal } from './rules';

/** Decoded parameters: a Map and not an object, so that no key of a request can reach a prototype. */
export type Form = Map<string, FormValue>;
export type FormValue = string | Form;

/**
 * Decodes Stripe's v1 form encoding: `metadata[order]=7&expand[]=latest_charge` nests by brackets.
 *
 * Lists come as `a[]=x` (curl) or `a[0]=x` (the SDKs); both become a Form whose values keep their order, under `[]0` or `0`.
 *
 * @throws StripeError 400 when one name is used both as a value and as a group
 */
export function decodeForm(encoded: string | URLSearchParams): Form {
  const form: Form = new Map();
  for (const [key, value] of new URLSearchParams(encoded)) {
    const path = nestedPath(key);
    const name = path.pop()!;
    const group = path.reduce((parent, step) => childGroup(parent, step, key), form);
    if (group.get(name) instanceof Map) throw ambiguous(key);
    // An item of a list is not the key of a group: `metadata[]=x` is no metadata.
    group.set(name === '' ? `[]${group.size}` : name, value);
  }
  return form;
}

/** `a[b][]` → `['a', 'b', '']`; a key with unbalanced brackets is one plain name, which no operation knows. */
function nestedPath(key: string): string[] {
  const match = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(key);
  if (!match) return [key];
  return [match[1]!, ...Array.from(match[2]!.matchAll(/\[([^\]]*)\]/g), ([, step]) => step!)];
}

function childGroup(parent: Form, step: string, key: string): Form {
  const child = parent.get(step) ?? new Map<string, FormValue>();
  if (typeof child === 'string') throw ambiguous(key);
  parent.set(step, child);
  return child;
}

function ambiguous(key: string) {
  return refusal(
    'parameter-type',
    `Parameter ${key} is given both as a value and as a group of values.`,
    key,
  );
}
