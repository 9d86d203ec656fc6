import { type Effect } from './effects/effects';

/**
 * What happens to a request for an effect, seen from the function that makes it.
 *
 * - `cut`: the connection breaks before anything is done. `error`: a server error instead.
 * - `answer-lost`: it is done, then the connection breaks.
 * - `timeout`: nothing is done, no answer comes for a while, then the connection breaks. `timeout-done`: the same, done.
 * - `silence`: nothing is done and no answer ever comes: the client's own time-out ends it.
 * - `late`: the connection breaks, and the request is carried out when the purchase's execution has ended.
 * - `duplicate`: it is done twice, and the second answer is what the function gets.
 * - `slow`: it is done and answered after a while.
 * - `conflict`, `throttled`, `forbidden`: the service refuses with the error that says so; the last is our own fault.
 * - `kill-before`, `kill-after`: the function's sandbox dies there. `abort-before`, `abort-after`: its execution does,
 *   and the function goes on. `crash-before`, `crash-after`: both die.
 */
export type FaultMode =
  | 'cut'
  | 'error'
  | 'answer-lost'
  | 'timeout'
  | 'timeout-done'
  | 'silence'
  | 'late'
  | 'duplicate'
  | 'slow'
  | 'conflict'
  | 'throttled'
  | 'forbidden'
  | 'kill-before'
  | 'kill-after'
  | 'abort-before'
  | 'abort-after'
  | 'crash-before'
  | 'crash-after';

/** A fault in one effect of a purchase. Several in the same effect hit one after the other. */
export interface EffectFault {
  readonly effect: Effect;
  readonly mode: FaultMode;
  /** Requests that are hit; mind that the SDKs repeat a request by themselves. @default all, until the faults are healed */
  readonly times?: number;
  /** How the function learns that there is no answer: from a broken connection, or from a gateway that says so. */
  readonly instead?: 'nothing' | '502';
  /** How long `slow` takes, in milliseconds. @default 60, long for a request on one machine and short for a test */
  readonly delayMs?: number;
  /** Waits until then. @default from the beginning */
  readonly from?: Since;
}

/**
 * `return`: the buyer comes back from the bank, or gives up. `recovery`: the first request has been answered. `cancelled`: the
 * request that cancels the sale has been.
 */
export type Since = 'return' | 'recovery' | 'cancelled';

/** An execution that dies before it enters a state. */
export interface ExecutionKill {
  readonly killBefore: string;
  /** Of the workflow. @default 'checkout' */
  readonly role?: string;
  /** Only one by which the buyer comes back, or gives up. @default any */
  readonly from?: 'return';
}

export type Fault = EffectFault | ExecutionKill;
