/** A string, a number, true, false or null. */
export type LeafValue = string | number | boolean | null;

/** In which element of which array something lies, by the array. */
export type ArrayMembership = ReadonlyMap<object, number>;

/** A value of an event that is neither object nor array. */
export interface Leaf {
  readonly value: LeafValue;
  readonly elements: ArrayMembership;
}

/**
 * The leaves of an event by their path: `detail.seats.row`. An array has no place in a path: each of its elements stands there. So
 * an empty array is as good as no field.
 *
 * @param ways the paths that are looked into, those above a leaf as well: most of a large event no pattern asks about
 */
export function flattenEvent(event: object, ways: ReadonlySet<string>): ReadonlyMap<string, readonly Leaf[]> {
  const leaves = new Map<string, Leaf[]>();

  function visit(value: unknown, path: string, elements: ArrayMembership): void {
    if (Array.isArray(value)) {
      value.forEach((element: unknown, index) => {
        const inside = typeof element === 'object' && element !== null;
        visit(element, path, inside ? new Map([...elements, [value, index]]) : elements);
      });
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, each] of Object.entries(value)) {
        const field = path === '' ? name : `${path}.${name}`;
        if (ways.has(field)) visit(each, field, elements);
      }
    } else {
      const known = leaves.get(path);
      const leaf = { value: value as LeafValue, elements };
      if (known) known.push(leaf);
      else leaves.set(path, [leaf]);
    }
  }

  visit(event, '', new Map());
  return leaves;
}

/** Both memberships together; undefined when they name two elements of one array. */
export function joined(known: ArrayMembership, more: ArrayMembership): ArrayMembership | undefined {
  for (const [array, index] of more) if ((known.get(array) ?? index) !== index) return undefined;
  return more.size === 0 ? known : new Map([...known, ...more]);
}
