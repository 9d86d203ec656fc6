import { UnsupportedLocally } from '../aws-service';
import { type Json, isObject } from './json';

/** `$`, `$.a.b`, `$.a[0]`, `$['a b']`, the same after `$$`: paths that point at one value. */
const DEFINITE_PATH = /^\$\$?(\.[^.[\]'"()\s,*?@:^~`$]+|\[\d+\]|\['[^'\\]+'\])*$/;

const CONTEXT_PATH =
  /^\$\$\.(Execution\.(Id|Name|StartTime|Input)|StateMachine\.(Id|Name)|State\.(Name|EnteredTime|RetryCount))(?![\w-])/;

/** The interpreter overwrites `$$.Execution` with its own idea of it, so ours stands beside it. */
export const EXECUTION_KEY = 'LocalExecution';

/**
 * Checks a path and returns it as the interpreter is to see it.
 *
 * Wildcards, filters and slices are refused: with one match, or none, the interpreter answers the bare value or
 * fails, where Step Functions answers an array.
 */
export function acceptPath(path: string, where: string): string {
  if (/^\$[A-Za-z_]/.test(path)) throw new UnsupportedLocally(`${where}: the variable ${path}`);
  if (!DEFINITE_PATH.test(path)) {
    throw new UnsupportedLocally(`${where}: the path ${path}, which may point at several values,`);
  }
  if (!path.startsWith('$$')) return path;
  if (!CONTEXT_PATH.test(path)) throw new UnsupportedLocally(`${where}: the context path ${path}`);
  return path.replace('$$.Execution', `$$$$.${EXECUTION_KEY}`);
}

/** The value a definite path points at, or undefined. */
export function valueAt(path: string, data: Json, context: unknown): unknown {
  const names = [...path.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\['([^']+)'\]/g)];
  return names.reduce<unknown>(
    (value, [, name, index, quoted]) => {
      if (Array.isArray(value)) return value[Number(index)] as unknown;
      return isObject(value) ? value[name ?? quoted ?? ''] : undefined;
    },
    path.startsWith('$$') ? context : data,
  );
}
