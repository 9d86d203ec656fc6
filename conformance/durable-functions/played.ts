import { type Event, type ErrorObject } from '@aws-sdk/client-lambda';

/** What whoever is asked by a callback says. */
export type CallbackAnswer =
  | { readonly Result: string }
  | { readonly Error: { readonly ErrorType: string; readonly ErrorMessage: string } };

/** An execution that each engine plays. */
export interface PlayedExecution {
  /** Of the configuration that it has in the local run. */
  readonly functionName: string;
  readonly input: object;
  readonly answer?: CallbackAnswer;
}

/** What an engine tells of an execution that has ended. */
export interface Played {
  readonly status?: string;
  /** JSON. */
  readonly result?: string;
  readonly error?: ErrorObject;
  readonly events: readonly Event[];
}

export interface DurableEngine {
  play(execution: PlayedExecution): Promise<Played>;
  close(): Promise<void>;
}
