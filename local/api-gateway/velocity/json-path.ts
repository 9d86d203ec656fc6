import { UnsupportedLocally } from '../../aws/aws-service';
import { type JavaValue } from './java-value';

const STEP =
  /\.([\p{L}_$@][\p{L}\p{N}_$@-]*)|\[\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(-?\d+))\s*\]/uy;

/** Steps into a JSON document: a string is a key, a number an index (negative from the end). */
type JsonPath = readonly (string | number)[];

const compiled = new Map<string, JsonPath>();

/**
 * Reads one value by a definite JSONPath (`$`, `$.a.b[0]['c d']`); undefined if there is none.
 *
 * @throws UnsupportedLocally for filters, wildcards, slices, unions and deep scans
 */
export function readJsonPath(document: JavaValue, path: string): JavaValue | undefined {
  let steps = compiled.get(path);
  if (!steps) compiled.set(path, (steps = compileJsonPath(path)));
  return steps.reduce<JavaValue | undefined>(readStep, document);
}

function readStep(value: JavaValue | undefined, step: string | number): JavaValue | undefined {
  if (typeof step === 'string') return value instanceof Map ? value.get(step) : undefined;
  return Array.isArray(value) ? value.at(step) : undefined;
}

function compileJsonPath(path: string): JsonPath {
  if (!path.startsWith('$')) throw new UnsupportedLocally(`JSONPath '${path}' (it must start with $)`);
  const steps: (string | number)[] = [];
  STEP.lastIndex = 1;
  for (let position = 1; position < path.length; position = STEP.lastIndex) {
    STEP.lastIndex = position;
    const match = STEP.exec(path);
    if (!match)
      throw new UnsupportedLocally(`JSONPath '${path}' (only names and indexes, such as $.a[0]['b'])`);
    const [, name, single, double, index] = match;
    steps.push(index !== undefined ? Number(index) : (name ?? (single ?? double)!.replace(/\\(.)/gs, '$1')));
  }
  return steps;
}
