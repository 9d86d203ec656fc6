import { type PaidRecords } from '../payment/paid-records';
import { type OpenIntent, type PaidKind, type PaymentGateway, type Period } from '../payment/payment-gateway';
import { isWithBank } from '../purchase/dispute';
import { dueAtOf } from '../purchase/purchase';
import { type PurchaseOutline } from '../purchase/purchase-item';
import { purchaseHash, referenceOf } from '../shared/reference';
import { type Clock } from '../shared/clock';
import { logger } from '../shared/logger';
import { REFUND_KEPT_SECONDS } from '../shared/retention';
import { type TicketStore } from '../ticket/ticket-store';
import { type AuditState } from './audit-log';
import { type Escalations } from '../shared/escalations';
import { inGroups } from './in-groups';
import { Progress } from './progress';
import { sideBySide } from './side-by-side';
import { type WithoutRecord } from './without-record';

/** Seconds: younger payments may belong to a purchase that is still being settled. */
const SETTLED_BY = 3_600;

/**
 * Seconds: how old a payment is when it is looked at for the second and last time. Whatever is to become of a purchase has
 * by then; and how far back a look goes at most, if audits did not run, or if something stays out of order.
 */
export const LOOKS_BACK = 3 * 86_400;

/** Seconds: a refund can come back for 30 days, says Stripe. The rest is for audits that did not run. */
const REFUNDS_RETURN_WITHIN = 35 * 86_400;

/**
 * Seconds of payments in a list. A list can only be read page after page, and one that a run did not finish is read again:
 * at 500 payments a second it has 3,000 pages, which takes most of a run.
 */
const LISTED_TOGETHER = 600;

/** Lists read at once. Stripe takes 100 reads a second, in a sandbox 25, and checkouts need theirs. */
const LISTS_AT_ONCE = 4;

/** Payments looked up at once: what DynamoDB takes in one request, and Stripe gives in one page. */
const LOOKED_UP_TOGETHER = 100;

interface Dependencies {
  readonly purchases: PaidRecords;
  readonly paidOrders: PaidRecords;
  readonly tickets: Pick<TicketStore, 'has'>;
  readonly gateway: () => Promise<PaymentGateway>;
  readonly clock: Clock;
  readonly escalations: Escalations;
}

/** What the audits of a run share. */
export interface Run {
  readonly state: AuditState;
  /** What they find without a record, to be decided upon when all have looked. */
  readonly withoutRecord: WithoutRecord;
  /** False shortly before the function's time is up: what is left is for the next run. */
  readonly hasTime: () => boolean;
}

/** A list of payments, and whom to tell that one is not in order. */
interface List {
  readonly intents: AsyncIterable<OpenIntent>;
  readonly hold: (at?: number) => void;
  readonly done?: (looked: number) => void;
}

/**
 * Gives back money, and cancels intents, that no confirmed or unsettled purchase accounts for: an intent that was made
 * and never stored, a refund that the bank sent back after its purchase had been settled. One that will not go back is
 * escalated, every hour again as long as it does not, until a person has marked it as repaid or it is too old to be looked
 * at: its purchase is settled, so nobody else would come back to it.
 *
 * Each payment is looked at twice, an hour and three days after it was made; refunds that came back, each time. A payment
 * of another installation is left alone, unless our own record names it.
 */
export async function undoOrphanPayments(
  { purchases, paidOrders, tickets, gateway, clock, escalations }: Dependencies,
  { state, withoutRecord, hasTime }: Run,
) {
  const now = clock.nowSeconds();
  const young = lookOf(state.payments, now - SETTLED_BY);
  const again = lookOf(state.paymentsAgain ?? now - SETTLED_BY - LOOKS_BACK, now - SETTLED_BY - LOOKS_BACK);
  const records: Readonly<Record<PaidKind, PaidRecords>> = { purchase: purchases, order: paidOrders };
  const [payments, purchaseTable, orderTable] = await Promise.all([
    ...([gateway(), purchases.installation.find(), paidOrders.installation.find()] as const),
  ]);
  const installations = { purchase: purchaseTable, order: orderTable };
  /** By the beginning of their part of time. */
  const lookedYoung = new Map<number, number>();
  const returned = new Set<string>();
  const counts = { looked: 0, undone: 0, failed: 0, foreign: 0 };

  const refunds = payments.listReturnedRefunds({
    from: now - SETTLED_BY - REFUNDS_RETURN_WITHIN,
    to: now - SETTLED_BY,
  });
  await readList({ intents: noting(refunds), hold: () => undefined });
  await sideBySide(LISTS_AT_ONCE, [...listsOf(young, lookedYoung), ...listsOf(again)], readList);
  return {
    counts,
    /** What to remember, once it is known what was left alone. */
    state: (): Pick<AuditState, 'payments' | 'paymentsAgain'> => ({
      payments: young.position,
      paymentsAgain: again.position,
    }),
    /** How many payments no later run will look at a first time again. */
    lookedForGood: () =>
      [...lookedYoung].reduce((sum, [from, looked]) => sum + (from < young.position ? looked : 0), 0),
  };

  function listsOf(progress: Progress, looked?: Map<number, number>): List[] {
    return parts(progress).map((part) => ({
      intents: payments.listOpenIntents(part),
      hold: (at = part.from) => progress.hold(at),
      done: (count) => void looked?.set(part.from, count),
    }));
  }

  /** While it is young, a payment whose refund came back is in two lists. */
  async function* noting(intents: AsyncIterable<OpenIntent>): AsyncGenerator<OpenIntent> {
    for await (const intent of intents) {
      returned.add(intent.paymentIntentId);
      yield intent;
    }
  }

  async function readList(list: List): Promise<void> {
    let looked = 0;
    try {
      for await (const intents of inGroups(LOOKED_UP_TOGETHER, list.intents)) {
        if (!hasTime()) return list.hold();
        const isFirst = ({ paymentIntentId }: OpenIntent) => !list.done || !returned.has(paymentIntentId);
        looked += await lookAt(intents.filter(isFirst), list.hold);
      }
      list.done?.(looked);
    } catch (error) {
      list.hold();
      throw error;
    }
  }

  /** @returns how many of them are ours: the bound is a share of those alone */
  async function lookAt(intents: readonly OpenIntent[], hold: (at: number) => void): Promise<number> {
    const ofKind = (wanted: PaidKind) => intents.filter(({ kind = 'purchase' }) => kind === wanted);
    return (
      (await lookAtKind('purchase', ofKind('purchase'), hold)) +
      (await lookAtKind('order', ofKind('order'), hold))
    );
  }

  async function lookAtKind(
    kind: PaidKind,
    intents: readonly OpenIntent[],
    hold: (at: number) => void,
  ): Promise<number> {
    if (intents.length === 0) return 0;
    let ours = intents.length;
    const [recorded, installation] = [records[kind], installations[kind]];
    const outlines = await recorded.outlines(intents.map(({ purchaseId }) => purchaseId));
    for (const intent of intents) {
      const { purchaseId, createdAt } = intent;
      const first = standingOf(intent, outlines.get(purchaseId), { installation, now });
      // What is about to be undone, or missed, is asked for again, and as it is now.
      const purchase = isQuiet(first) ? undefined : await recorded.find(purchaseId);
      const standing = isQuiet(first) ? first : standingOf(intent, purchase, { installation, now });
      if (standing === 'foreign') {
        counts.foreign++;
        ours--;
      }
      if (standing === 'orphan' && !(await isChargedBack(intent)))
        await undo(intent, () => hold(createdAt), purchase);
      if (standing === 'forgotten') await leaveToPeople(intent);
      if (standing === 'without record') {
        withoutRecord.add({
          kind: 'payment',
          hash: purchaseHash(purchaseId),
          // An order is written down before its payment is made: one without a record is lost, and nothing says whether it was sold.
          ...(kind === 'purchase' && { undo: () => undo(intent, () => hold(createdAt)) }),
          leave: () => hold(createdAt),
          wasSold: () => hasTicket(intent),
        });
      }
    }
    counts.looked += ours;
    return ours;
  }

  /** A refund of long ago has come back, and only people know what it was for. */
  async function leaveToPeople({ purchaseId, kind, paymentIntentId }: OpenIntent): Promise<void> {
    logger.error('A refund has come back of a payment that is not kept', {
      reference: referenceOf(purchaseId),
    });
    await escalations.refundFailed({
      ...{ purchaseId, ...(kind && { kind }), paymentIntentId },
      error: 'RecordNotKept',
    });
  }

  /** The bank has the money already: who gave it back as well would pay twice. If it comes back to us, Stripe tells. */
  async function isChargedBack({ paymentIntentId, disputed }: OpenIntent): Promise<boolean> {
    const { dispute } = (disputed && (await payments.readPayment(paymentIntentId, { disputed }))) || {};
    return dispute !== undefined && isWithBank(dispute);
  }

  /** Its folder is the day on which the purchase was opened, seconds before its payment was made. */
  async function hasTicket({ purchaseId, createdAt }: OpenIntent): Promise<boolean> {
    const found = await Promise.all(
      [createdAt, createdAt - SETTLED_BY].map((openedAt) => tickets.has({ purchaseId, createdAt: openedAt })),
    );
    return found.includes(true);
  }

  async function undo(intent: OpenIntent, hold: () => void, purchase?: PurchaseOutline): Promise<void> {
    const { purchaseId, kind, paymentIntentId } = intent;
    const paid = { purchaseId, ...(kind && { kind }), paymentIntentId };
    const reference = referenceOf(purchaseId);
    const owed = purchase?.paymentIntentId === paymentIntentId ? owedOf(purchase) : Infinity;
    try {
      if (purchase) await records[kind ?? 'purchase'].keep(purchaseId);
      const outcome =
        owed < Infinity
          ? await payments.refundTo({ ...paid, amount: owed })
          : await payments.undoIntent(paid);
      counts.undone++;
      logger.warn('Orphan payment undone', { reference, outcome });
    } catch (error) {
      // One that will not go back must not keep the others from it.
      counts.failed++;
      hold();
      const { name } = error as Error;
      logger.error('Orphan payment not undone', { reference, errorName: name });
      await escalations.refundFailed({ ...paid, error: name });
    }
  }
}

/** What a payment is to us: in order, another's, one to undo, one whose purchase has no record, or one whose record is not kept any more. */
type Standing = 'in order' | 'foreign' | 'orphan' | 'without record' | 'forgotten';

/** @param installation undefined in a table that no payment was made from */
function standingOf(
  { paymentIntentId, installation: itsInstallation, refunded = 0, createdAt }: OpenIntent,
  purchase: PurchaseOutline | undefined,
  { installation, now }: { readonly installation: string | undefined; readonly now: number },
): Standing {
  // An execution, or its buyer, is at work on it: until it is due, it is nobody else's.
  if (purchase && !isSettled(purchase) && dueAtOf(purchase) > now) return 'in order';
  // Neither a sale's, nor the reconciler's, which retries and escalates, unless it has failed or less than agreed is given back.
  if (purchase?.paymentIntentId === paymentIntentId)
    return refunded < owedOf(purchase) ? 'orphan' : 'in order';
  if (itsInstallation && itsInstallation !== installation) return 'foreign';
  if (purchase) return 'orphan';
  if (!itsInstallation) return 'foreign';
  // No record of that time has to be there any more, so that there is none says nothing: to give back what is left would be a guess.
  return createdAt < now - REFUND_KEPT_SECONDS ? 'forgotten' : 'without record';
}

/** What must have been given back of its payment, in minor units: of one that has failed, everything there is. */
function owedOf({ status, cancellation }: PurchaseOutline): number {
  if (status === 'FAILED') return Infinity;
  return status === 'CANCELLED' && cancellation ? cancellation.refund.amount : 0;
}

function isSettled({ status }: PurchaseOutline): boolean {
  return status === 'CONFIRMED' || status === 'FAILED' || status === 'CANCELLED';
}

function isQuiet(standing: Standing): boolean {
  return standing === 'in order' || standing === 'foreign';
}

function lookOf(reached: number | undefined, to: number): Progress {
  return new Progress(Math.max(reached ?? 0, to - LOOKS_BACK), to);
}

/** Of a look, the oldest first: both ends of a part are in it. */
function parts({ from, to }: Progress): Period[] {
  return Array.from({ length: Math.max(0, Math.ceil((to - from) / LISTED_TOGETHER)) }, (_, index) => ({
    from: from + index * LISTED_TOGETHER,
    to: Math.min(to, from + (index + 1) * LISTED_TOGETHER) - 1,
  }));
}
