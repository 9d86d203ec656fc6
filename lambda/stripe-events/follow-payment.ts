import { type Cancellations } from '../cancellation/start-cancellation';
import { type PaymentState, refundStatusOf } from '../payment/payment-gateway';
import { CANCELS_ADMITTED, type RefundStatus } from '../purchase/cancellation';
import { type Dispute, isSameDispute, isWithBank } from '../purchase/dispute';
import { type Purchase } from '../purchase/purchase';
import { type PurchaseRepository } from '../purchase/purchase-repository';
import { type Clock } from '../shared/clock';
import { logger } from '../shared/logger';
import { Problem } from '../shared/problem';
import { referenceOf } from '../shared/reference';
import { RefundFailed } from '../shared/saga-errors';
import { followOrder, type FollowOrderDependencies } from './follow-order';

/** Seconds for which nobody else tells people of a dispute: the function that does has ended by then. */
const TELLS_WITHIN = 60;

/** The `requestId` of what an audit asks for: every hour the same again. */
export const OF_THE_AUDIT = 'audit';

/** How often it is asked again when somebody else writes to the purchase meanwhile. */
const ATTEMPTS = 5;

export interface FollowDependencies extends FollowOrderDependencies {
  readonly purchases: PurchaseRepository;
  readonly cancellations: Pick<Cancellations, 'startRefunded'>;
  readonly clock: Clock;
}

/** `unknown`: its purchase has no record, which is for the audit to judge. */
export type Followed = 'followed' | 'nothing' | 'foreign' | 'unknown';

interface Told {
  readonly paymentIntentId: string;
  /** @default not said */
  readonly live?: boolean;
  readonly disputed?: boolean;
  /** Of whoever asks, for the cancellation's correlation. */
  readonly requestId: string;
}

/**
 * Brings the purchase, or the order, to what its payment is now. What was told is only that something has changed: the payment is read, and so
 * it does not matter how often, in which order, or how late one is told.
 *
 * The record is read before the payment, and written under the condition that it is as it was read: of two at once, whoever has
 * the older answer of Stripe's reads again.
 *
 * @throws Problem PurchaseInProgress while a run has the purchase, which may end it either way: told again later, it is decided
 */
export async function followPayment(told: Told, dependencies: FollowDependencies): Promise<Followed> {
  const { purchases, gateway } = dependencies;
  const payments = await gateway();
  const read = () => payments.readPayment(told.paymentIntentId, { disputed: told.disputed });
  const first = await read();
  if (!first || (told.live ?? first.live) !== first.live) return 'foreign';
  if (first.kind === 'order') {
    const followed = await followOrder(first, dependencies);
    if (followed === 'unknown') await tellUnkept(first, told, dependencies);
    return followed;
  }
  const purchase = await purchases.find(first.purchaseId);
  if (purchase?.paymentIntentId !== first.paymentIntentId) {
    const isOurs = first.installation && first.installation === (await purchases.installation.find());
    if (!isOurs) return 'foreign';
    await tellUnkept(first, told, dependencies);
    return 'unknown';
  }
  if (isFollowed(purchase, first)) return 'nothing';
  for (let attempt = 1, known: Purchase | undefined = purchase; known && attempt <= ATTEMPTS; attempt++) {
    const payment = await read();
    if (!payment) return 'foreign';
    if (isFollowed(known, payment)) return 'nothing';
    if (await bringTo(payment, known, told, dependencies)) return 'followed';
    known = await purchases.find(first.purchaseId);
  }
  throw new Problem('PurchaseInProgress');
}

/**
 * A dispute may come when the record of a failed purchase is not kept any more: people are told all the same, by Stripe's event alone,
 * because nothing remembers that they are.
 */
async function tellUnkept(
  { purchaseId, kind, dispute }: PaymentState,
  { disputed, requestId }: Told,
  { tellDispute }: Pick<FollowDependencies, 'tellDispute'>,
): Promise<void> {
  if (disputed && dispute && requestId !== OF_THE_AUDIT) await tellDispute(purchaseId, dispute, kind);
}

/** @returns false when the purchase has changed since it was read */
async function bringTo(
  payment: PaymentState,
  purchase: Purchase,
  { requestId }: Told,
  { purchases, gateway, cancellations, tellDispute, clock }: FollowDependencies,
): Promise<boolean> {
  const { purchaseId, paymentIntentId, dispute } = payment;
  if (dispute && !isTold(purchase, dispute) && !(await tell(dispute))) return false;
  const step = nextStep(purchase, payment);
  if (step) logger.info('Following a payment', { reference: referenceOf(purchaseId), step });
  switch (step) {
    case undefined:
      return true;
    case 'wait':
      throw new Problem('PurchaseInProgress');
    case 'cancel':
      await cancellations.startRefunded(purchaseId, requestId);
      return true;
    case 'note refunds':
      return purchases.noteRefunded(purchase, payment.refunded);
    case 'note refund':
      return purchases.noteRefundSince(purchase, refundOf(purchase, payment));
    case 'give back':
      return giveBack(purchase.cancellation!.refund.amount);
    case 'undo':
      await purchases.keep(purchaseId);
      await unlessRefused(async () => (await gateway()).undoIntent({ purchaseId, paymentIntentId }));
      return true;
  }

  /**
   * Of several who are told of it at once, one tells people. Whoever finds that somebody is about to comes again: that one may
   * have died.
   */
  async function tell(dispute: Dispute): Promise<boolean> {
    const now = clock.nowSeconds();
    const { tellingSince = 0 } = purchase.dispute ?? {};
    if (isSameDispute(purchase.dispute, dispute) && now < tellingSince + TELLS_WITHIN)
      throw new Problem('PurchaseInProgress');
    const noted = { ...dispute, tellingSince: now };
    if (!(await purchases.noteDispute(purchase, noted))) return false;
    await tellDispute(purchaseId, dispute);
    await purchases.noteDisputeTold(purchaseId, noted);
    return true;
  }

  /** Of a sale that is cancelled, what has come back. */
  async function giveBack(amount: number): Promise<boolean> {
    await purchases.keep(purchaseId);
    const given = await unlessRefused(async () =>
      (await gateway()).refundTo({ purchaseId, paymentIntentId, amount }),
    );
    return purchases.noteRefundSince(purchase, { amount, status: given ? refundStatusOf(given) : 'FAILED' });
  }

  /** What the bank does not take is escalated by the audit, every hour until somebody has repaid it. */
  async function unlessRefused<Result>(request: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof RefundFailed)) throw error;
      logger.warn('A refund that came back is not taken again', { reference: referenceOf(purchaseId) });
      return undefined;
    }
  }
}

function isFollowed(purchase: Purchase, payment: PaymentState): boolean {
  const isKnown = !payment.dispute || isTold(purchase, payment.dispute);
  return isKnown && nextStep(purchase, payment) === undefined;
}

function isTold({ dispute: noted }: Purchase, dispute: Dispute): boolean {
  return isSameDispute(noted, dispute) && noted?.tellingSince === undefined;
}

type Step = 'cancel' | 'note refunds' | 'note refund' | 'give back' | 'undo' | 'wait';

/** What the purchase lacks to be what its payment is. Nothing, while a compensation or a cancellation has it: it asks itself. */
function nextStep(purchase: Purchase, payment: PaymentState): Step | undefined {
  const { status, amount, refunded = 0, cancellation } = purchase;
  const isTheirs = payment.dispute !== undefined && isWithBank(payment.dispute);
  switch (status) {
    case 'CONFIRMED':
      if (payment.refunded >= amount && !isKeptIn(purchase)) return 'cancel';
      return payment.refunded === refunded ? undefined : 'note refunds';
    case 'CANCELLED': {
      if (!cancellation) return undefined;
      if (payment.refunded < cancellation.refund.amount) return isTheirs ? undefined : 'give back';
      const wanted = refundOf(purchase, payment);
      const { refund } = cancellation;
      return wanted.amount === refund.amount && wanted.status === refund.status ? undefined : 'note refund';
    }
    case 'FAILED':
      return payment.captured > payment.refunded && !isTheirs ? 'undo' : undefined;
    case 'PENDING':
    case 'PAID':
    case 'AWAITING_AUTHENTICATION':
      return payment.refunded > 0 ? 'wait' : undefined;
    case 'CANCELLING':
      // More than it gives back: by hand, perhaps after it has asked. It is noted when the cancellation has come to its end.
      return cancellation && payment.refunded > cancellation.refund.amount ? 'wait' : undefined;
    case 'COMPENSATING':
      return undefined;
  }
}

/** Whoever is inside stays there, with all the money back. */
function isKeptIn({ admitted }: Purchase): boolean {
  return admitted !== undefined && !CANCELS_ADMITTED.REFUNDED;
}

/** More than was agreed is what somebody has given back by hand since. */
function refundOf({ cancellation }: Purchase, { refunded, isPending }: PaymentState) {
  const amount = Math.max(cancellation!.refund.amount, refunded);
  const status: RefundStatus = refunded === 0 ? 'NONE' : isPending ? 'PENDING' : 'SUCCEEDED';
  return { amount, status };
}
