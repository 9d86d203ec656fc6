import { type EventLayout } from '../../lambda/event/event-layout';
import { type FunctionName } from '../../lib/functions';
import { type ObservedCheckout } from '../observe/checkout-observer';
import { type CountedCalls } from '../observe/call-counter';
import { type ThreadProfile } from '../observe/cpu-profile';

/**
 * `plain` is the local run as it is. `compared` has the embedded baseline beside it. `observed` stands in the way of every
 * call and `profiled` samples the stacks: neither is for timing a whole. `counted` stands in the way of the calls to Stripe and
 * DynamoDB, and adds them up.
 */
export type ServerMode = 'plain' | 'compared' | 'observed' | 'profiled' | 'counted';

/** What the server process is started with. */
export interface ServerOptions {
  /** In the mode `profiled`, its bundles are replaced. */
  readonly assemblyDirectory: string;
  readonly modes: readonly ServerMode[];
}

/** What the server process says when it is ready. */
export interface ServerHello {
  /** The local run: the API is at `/api`. */
  readonly url: string;
  /** The embedded baseline, in the mode `compared`. */
  readonly embeddedUrl?: string;
  /** Milliseconds that an invocation of an empty function takes in the same kind of sandbox; in the mode `observed`. */
  readonly emptyInvocationMs: number;
}

export type ServerQuestion =
  | { readonly ask: 'put-event'; readonly eventId: string; readonly layout: EventLayout }
  | {
      readonly ask: 'take-seats';
      readonly eventId: string;
      readonly seats: number;
      readonly status: 'HELD' | 'SOLD';
    }
  | { readonly ask: 'add-purchases'; readonly count: number }
  /** In the mode `observed`: ends every sandbox, so that each function is loaded anew, these at once. */
  | { readonly ask: 'load-anew'; readonly functions: readonly FunctionName[] }
  | { readonly ask: 'begin' }
  | { readonly ask: 'end' }
  | { readonly ask: 'calls' }
  | { readonly ask: 'start-profile' }
  | { readonly ask: 'stop-profile' };

export interface ServerAnswer {
  /** After `load-anew`: milliseconds of processor time that each took to start and to load. */
  readonly loadMs?: Readonly<Partial<Record<FunctionName, number>>>;
  /** After `end`. */
  readonly checkout?: ObservedCheckout;
  /** After `calls`, in the mode `counted`: all since the server was started. */
  readonly calls?: CountedCalls;
  /** After `stop-profile`. */
  readonly threads?: readonly ThreadProfile[];
}
