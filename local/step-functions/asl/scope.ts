import { type Json, type JsonObject } from './json';
import { type Variables } from './variables';

/** What a path can read beside the state's data. */
export interface Scope {
  /** The context object, `$$`. */
  readonly context: JsonObject;
  readonly variables: Variables;
}

/** Makes a value of a state's data. Fails with `States.Runtime` where a path in it points at nothing. */
export type Evaluate = (data: Json, scope: Scope) => Json;
