import { randomUUID } from 'node:crypto';
import { type FunctionName } from '../../lib/functions';
import { SQS } from '../../local/sqs/plugin';
import { type Queue } from '../../local/sqs/queue';
import { type AlteredAssembly } from '../altered-assembly';
import { type Breakpoints } from '../breakpoints';
import { type Effect } from '../effects/effects';
import { type Harness } from '../harness';
import { type Guard } from './guard';

/**
 * A guard that can be taken away unnoticed is a hole in the harness, or a guard too many. So each is taken away alone,
 * from outside, and the scenario that needs it must then leave a violation; with the guard it leaves none.
 */
export interface Control {
  /** What the guard sees to: a sentence goes on with "without …". */
  readonly guard: string;
  readonly without: SourceGuard | TemplateGuard;
  readonly scenario: (stage: Stage) => Promise<readonly string[] | void>;
  /** Part of the violation that must be reported. */
  readonly violation: RegExp;
  /** Without the audits, which would make good an hour later what the guard prevents. */
  readonly unaudited?: true;
}

/** A sale stands whose money has gone back; or Stripe was quicker to tell of the refund, and it is cancelled though nobody wanted that. */
export const SOLD_FOR_NOTHING =
  /is CONFIRMED and 0 of \d+ is kept|is CANCELLED for REFUNDED with \d+, and nobody has asked/;

/** In the source of these functions. */
export interface SourceGuard extends Guard {
  readonly functions: readonly FunctionName[];
}

/** In the templates. */
export interface TemplateGuard {
  readonly remove: (assembly: AlteredAssembly) => void;
}

/** What a scenario may do and see of the harness. */
type Shown =
  | ('buy' | 'answerBank' | 'comeBack' | 'giveUp' | 'cancel' | 'admit' | 'refundByHand')
  | 'order'
  | ('client' | 'run' | 'idle' | 'makeDue' | 'lose' | 'strayHold');

/** Where a scenario plays. */
export interface Stage extends Pick<Harness, Shown> {
  readonly before: Breakpoints['before'];
  /** Two seats of its own. */
  readonly seats: readonly [string, string];
  /** Lets recovery try to settle the purchase now, as one does that the index has told of it: which may be behind the record. */
  readonly recover: (purchaseId: string) => Promise<unknown>;
  /** Waits until a fault has hit this effect of the purchase. */
  readonly hit: (purchaseId: string, effect: Effect) => Promise<unknown>;
  /** Invokes a function past the state machines. */
  readonly invoke: (name: FunctionName, payload: object) => Promise<unknown>;
}

/** A purchase that holds its seat and stands in front of a state. */
export async function heldBefore(
  state: string,
  {
    buy,
    before,
    seat,
    recoveryDies = false,
  }: Pick<Stage, 'buy' | 'before'> & { readonly seat: string; readonly recoveryDies?: boolean },
) {
  const purchaseId = randomUUID();
  const { reached, resume } = before(state, purchaseId);
  const faults = recoveryDies ? [{ killBefore: 'RefundPayment', role: 'recovery' }] : [];
  const answer = buy({ key: purchaseId, seats: [seat], faults });
  await reached;
  return { purchaseId, resume, answer };
}

/** A sale. */
export async function sold(
  { buy, seats: [seat] }: Pick<Stage, 'buy' | 'seats'>,
  more: Parameters<Stage['buy']>[0] = {},
): Promise<string> {
  const { purchaseId } = await buy({ seats: [seat], ...more });
  return purchaseId;
}

/** The violation of a buyer who was told something else than expected. */
export function told(expected: number, status: number): string[] {
  return status === expected ? [] : [`a buyer was told ${status} instead of ${expected}`];
}

/** The queue whose name has this in it: `EmailChannelQueue`. */
export function queue({ run }: Stage, name: string): Queue {
  return run.cloud
    .get(SQS)
    .list()
    .find((each) => each.name.includes(name))!;
}

/** Lets what cannot be delivered be received so many times. */
export async function receive({ idle, run }: Stage, { attributes }: Queue, times: number): Promise<void> {
  for (let count = 1; count <= times; count++) {
    await idle();
    run.clock.advance(attributes.visibilityTimeout + 1);
  }
}
