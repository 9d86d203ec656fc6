import { type PaymentGateway } from '../payment/payment-gateway';
import { type PurchaseRepository } from '../purchase/purchase-repository';
import { type Clock } from '../shared/clock';
import { logger } from '../shared/logger';
import { measure } from '../shared/measure';
import { type Escalations } from './escalations';

/** Seconds: younger payments may belong to a purchase that is still being settled. */
const SETTLED_BY = 3_600;

/** Seconds: how far back an audit looks. Every payment is looked at by many audits. */
const LOOKS_BACK = 3 * 86_400;

interface Dependencies {
  readonly purchases: PurchaseRepository;
  readonly gateway: () => Promise<PaymentGateway>;
  readonly clock: Clock;
  readonly escalations: Escalations;
}

/**
 * Gives back money, and cancels intents, that no confirmed or unsettled purchase accounts for: an intent that was made
 * and never stored, a refund that the bank sent back after its purchase had been settled. One that will not go back is
 * escalated, every hour again as long as it does not: its purchase is settled, so nobody else would come back to it.
 *
 * @throws Error when some could not be undone; each was tried
 */
export async function undoOrphanPayments({ purchases, gateway, clock, escalations }: Dependencies) {
  const now = clock.nowSeconds();
  const payments = await gateway();
  let looked = 0;
  let undone = 0;
  let failed = 0;
  for await (const intent of payments.listOpenIntents({ from: now - LOOKS_BACK, to: now - SETTLED_BY })) {
    looked++;
    const { purchaseId, paymentIntentId } = intent;
    const purchase = await purchases.find(purchaseId);
    const isItsPayment = purchase?.paymentIntentId === paymentIntentId;
    if (isItsPayment && purchase.status === 'CONFIRMED') continue;
    // The reconciler's: it retries and escalates.
    if (isItsPayment && purchase.status !== 'FAILED') continue;
    try {
      const outcome = await payments.undoIntent({ purchaseId, paymentIntentId });
      undone++;
      logger.warn('Orphan payment undone', { purchaseId, outcome });
    } catch (error) {
      // One that will not go back must not keep the others from it.
      failed++;
      const { name } = error as Error;
      logger.error('Orphan payment not undone', { purchaseId, errorName: name });
      await escalations.refundFailed({ purchaseId, paymentIntentId, error: name });
    }
  }
  measure({ AuditFindings: undone }, { finding: 'payment' });
  if (failed > 0) throw new Error(`${failed} of ${looked} open payments could not be undone`);
  return { looked, undone };
}
