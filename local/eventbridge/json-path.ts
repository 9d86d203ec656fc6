import { UnsupportedLocally } from '../aws/aws-service';

/** What a path finds: nothing, or values, of which a path with `[*]` finds a list. */
export type JsonPath = (root: unknown) => unknown;

/**
 * The paths of EventBridge, not all of JSONPath: dots, names of letters, digits, dashes, underscores and slashes, indexes and `[*]`
 * ("Amazon EventBridge input transformation" and "… Pipes input transformation", user guide, read November 2026).
 *
 * @throws UnsupportedLocally for any other path
 */
export function compileJsonPath(path: string): JsonPath {
  if (!/^\$(\.[\w/-]+(\[(\d+|\*)\])*)*$/.test(path)) throw new UnsupportedLocally(`The path ${path}`);
  const steps = [...path.matchAll(/\.([\w/-]+)|\[(\d+|\*)\]/g)].map(([, name, index]) => name ?? index!);
  const many = steps.includes('*');
  return (root) => {
    let found: unknown[] = [root];
    for (const step of steps) found = found.flatMap((value) => children(value, step));
    return many ? (found.length > 0 ? found : undefined) : found[0];
  };
}

function children(value: unknown, step: string): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if (step === '*') return Array.isArray(value) ? (value as unknown[]) : [];
  if (!Object.hasOwn(value, step)) return [];
  return [(value as Readonly<Record<string, unknown>>)[step]];
}
