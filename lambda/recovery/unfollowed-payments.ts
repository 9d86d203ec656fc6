import { type PaidRecords } from '../payment/paid-records';
import { type OpenIntent, type PaidKind } from '../payment/payment-gateway';
import { type PurchaseOutline } from '../purchase/purchase-item';
import { logger } from '../shared/logger';
import { Problem } from '../shared/problem';
import { type FollowDependencies, followPayment, OF_THE_AUDIT } from '../stripe-events/follow-payment';
import { inGroups } from './in-groups';
import { type Run } from './orphan-payments';
import { sideBySide } from './side-by-side';

/** Seconds: for so long Stripe itself tries to tell, and its events are the first to follow. */
const LOOKS_BACK = 3 * 86_400;

/** Seconds: what is younger, Stripe's first events are still about. */
const TOLD_BY = 600;

/** Payments looked up at once: what DynamoDB takes in one request. */
const LOOKED_UP_TOGETHER = 100;

/** Payments followed at once: each takes two requests of Stripe's, and checkouts need theirs. */
const FOLLOWED_AT_ONCE = 2;

/**
 * Follows the refunds and disputes of the last three days that no event has told of: no endpoint was there, it refused them, or the
 * cancellation that one has started died before its claim. A purchase that is as its payment is costs half a read unit an hour.
 */
export async function followUntold(
  dependencies: FollowDependencies & { readonly paidOrders: PaidRecords },
  { hasTime }: Pick<Run, 'hasTime'>,
) {
  const { purchases, paidOrders, gateway, clock } = dependencies;
  const now = clock.nowSeconds();
  const period = { from: now - LOOKS_BACK, to: now - TOLD_BY };
  const payments = await gateway();
  const counts = { looked: 0, followed: 0 };

  for await (const intents of inGroups(LOOKED_UP_TOGETHER, payments.listRefunded(period))) {
    if (!hasTime()) return { counts };
    const idsOf = (wanted: PaidKind) =>
      intents.filter(({ kind = 'purchase' }) => kind === wanted).map(({ purchaseId }) => purchaseId);
    const outlines = {
      purchase: await purchases.outlines(idsOf('purchase')),
      order: await paidOrders.outlines(idsOf('order')),
    };
    counts.looked += intents.length;
    const behind = intents.filter((intent) => {
      const { kind = 'purchase', purchaseId } = intent;
      return isBehind(outlines[kind].get(purchaseId), intent);
    });
    await sideBySide(FOLLOWED_AT_ONCE, behind, ({ paymentIntentId }) => follow(paymentIntentId, false));
  }
  await sideBySide(FOLLOWED_AT_ONCE, payments.listDisputed(period), async (paymentIntentId) => {
    counts.looked++;
    if (hasTime()) await follow(paymentIntentId, true);
  });
  return { counts };

  async function follow(paymentIntentId: string, disputed: boolean): Promise<void> {
    try {
      const followed = await followPayment(
        { paymentIntentId, disputed, requestId: OF_THE_AUDIT },
        dependencies,
      );
      if (followed === 'followed') counts.followed++;
    } catch (error) {
      // A run has the purchase: the next audit looks again.
      if (!(error instanceof Problem)) throw error;
      logger.info('Not followed yet', { errorName: error.name });
    }
  }
}

/** Whether the record may not be as the payment is. What came back of a FAILED one, another look undoes. */
function isBehind(
  purchase: PurchaseOutline | undefined,
  { paymentIntentId, refunded = 0 }: OpenIntent,
): boolean {
  if (purchase?.paymentIntentId !== paymentIntentId) return false;
  const { status, cancellation } = purchase;
  if (status === 'CONFIRMED') return refunded !== (purchase.refunded ?? 0);
  if (status !== 'CANCELLED' || !cancellation) return false;
  const { refund } = cancellation;
  return refunded !== refund.amount || (refund.amount > 0 && refund.status !== 'SUCCEEDED');
}
