import { type OpenIntent, type PaymentGateway, type Period } from '../payment/payment-gateway';
import { type PurchaseRepository } from '../purchase/purchase-repository';
import { referenceOf } from '../purchase/reference';
import { type Clock } from '../shared/clock';
import { logger } from '../shared/logger';
import { measure } from '../shared/measure';
import { type Escalations } from './escalations';
import { sideBySide } from './side-by-side';

/** Seconds: younger payments may belong to a purchase that is still being settled. */
const SETTLED_BY = 3_600;

/** Seconds: how far back an audit looks for payments. Every payment is looked at by many audits. */
const LOOKS_BACK = 3 * 86_400;

/** Seconds: a refund can come back for 30 days, says Stripe. The rest is for audits that did not run. */
const REFUNDS_RETURN_WITHIN = 35 * 86_400;

/** Seconds of payments in a list: a list can only be read page after page. */
const LISTED_TOGETHER = 6 * 3_600;

/** Lists read at once. Stripe takes 100 reads a second, in a sandbox 25, and checkouts need theirs. */
const LISTS_AT_ONCE = 4;

interface Dependencies {
  readonly purchases: PurchaseRepository;
  readonly gateway: () => Promise<PaymentGateway>;
  readonly clock: Clock;
  readonly escalations: Escalations;
}

/**
 * Gives back money, and cancels intents, that no confirmed or unsettled purchase accounts for: an intent that was made
 * and never stored, a refund that the bank sent back after its purchase had been settled. One that will not go back is
 * escalated, every hour again as long as it does not, until a person has marked it as repaid or its last refund is too old
 * to be looked at: its purchase is settled, so nobody else would come back to it.
 *
 * @throws Error when some could not be undone; each was tried
 */
export async function undoOrphanPayments({ purchases, gateway, clock, escalations }: Dependencies) {
  const to = clock.nowSeconds() - SETTLED_BY;
  const payments = await gateway();
  const lists = [
    payments.listReturnedRefunds({ from: to - REFUNDS_RETURN_WITHIN, to }),
    ...parts({ from: to - LOOKS_BACK, to }).map((part) => payments.listOpenIntents(part)),
  ];
  const looked = new Set<string>();
  let undone = 0;
  let failed = 0;
  try {
    await sideBySide(LISTS_AT_ONCE, lists, async (list) => {
      for await (const intent of list) {
        // While it is young, a payment whose refund came back is in two lists.
        if (looked.has(intent.paymentIntentId)) continue;
        looked.add(intent.paymentIntentId);
        if (await isOrphan(intent)) await undo(intent);
      }
    });
  } finally {
    measure({ AuditFindings: undone }, { finding: 'payment' });
  }
  if (failed > 0) throw new Error(`${failed} of ${looked.size} open payments could not be undone`);
  return { looked: looked.size, undone };

  async function isOrphan({ purchaseId, paymentIntentId }: OpenIntent): Promise<boolean> {
    const purchase = await purchases.find(purchaseId);
    // Neither a sale's, nor the reconciler's, which retries and escalates.
    return purchase?.paymentIntentId !== paymentIntentId || purchase.status === 'FAILED';
  }

  async function undo({ purchaseId, paymentIntentId }: OpenIntent): Promise<void> {
    const reference = referenceOf(purchaseId);
    try {
      const outcome = await payments.undoIntent({ purchaseId, paymentIntentId });
      undone++;
      logger.warn('Orphan payment undone', { reference, outcome });
    } catch (error) {
      // One that will not go back must not keep the others from it.
      failed++;
      const { name } = error as Error;
      logger.error('Orphan payment not undone', { reference, errorName: name });
      await escalations.refundFailed({ purchaseId, paymentIntentId, error: name });
    }
  }
}

/** The newest first: where there are too many for one run, each is looked at while it is young. */
function parts({ from, to }: Period): Period[] {
  return Array.from({ length: Math.ceil((to - from) / LISTED_TOGETHER) }, (_, part) => ({
    from: to - (part + 1) * LISTED_TOGETHER,
    to: to - part * LISTED_TOGETHER,
  }));
}
