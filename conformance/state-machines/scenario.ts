import { type Json } from '../../local/step-functions/asl/json';

/** What a function or a service answers to one call. */
export type Answer =
  /** `token`: what comes back with the token that the payload has as `taskToken`. @default nothing comes back */
  | { readonly ok: Json; readonly token?: TokenAnswer }
  /** The function failed: with this answer, which may have an `errorType`. */
  | { readonly fail: Json }
  /** The service refused, by this code. */
  | { readonly refused: string }
  /** No answer in time. */
  | { readonly late: true };

export type TokenAnswer = { readonly ok: Json } | { readonly error: string; readonly cause: string };

/** A definition, its input, and what answers it. Both engines play the same. */
export interface Scenario {
  readonly name: string;
  readonly definition: object;
  readonly input: Json;
  /**
   * Answers by whom they come from: a function's name, or a service and its action (`sqs:sendMessage`), which answers always the same
   * when it does not refuse. The last one is repeated. @default `{}` from each
   */
  readonly answers?: Readonly<Record<string, readonly Answer[]>>;
}

/** Status where a definition is refused by name. */
export const REFUSED = 'REFUSED';

/** What can be seen of an execution from outside. */
export interface Outcome {
  readonly status: string;
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: string;
  /** The states entered, in order. */
  readonly states: readonly string[];
  /** Who was called, with what, in order. */
  readonly calls: readonly (readonly [string, Json])[];
}

/** The name of a function, without what CDK adds to it. */
export function calledName(arn: string): string {
  return arn
    .replace(/:live$/, '')
    .split(':')
    .at(-1)!
    .replace(/(CurrentVersion|Live|live).*$/, '')
    .replace(/[0-9A-F]{8}$/, '');
}
