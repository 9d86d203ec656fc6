import * as z from 'zod/mini';
import { connectGateway } from '../payment/connect-gateway';
import { type PaymentGateway } from '../payment/payment-gateway';
import { findByIdOrReference } from '../purchase/find-purchase';
import { type Purchase, purchaseIdSchema } from '../purchase/purchase';
import { purchaseAnswer } from '../purchase/purchase-answer';
import { connectPurchases } from '../purchase/connect-purchases';
import { NotTaken, type PurchaseRepository } from '../purchase/purchase-repository';
import { connectSeats } from '../seat/connect-seats';
import { type SeatRepository } from '../seat/seat-repository';
import { type Clock, systemClock } from '../shared/clock';
import { documentClient } from '../shared/dynamodb';
import { Problem } from '../shared/problem';
import { PurchaseAlreadyAnswered } from '../shared/saga-errors';
import { step } from '../shared/step';
import { type CancellationCause, cancellationCauseSchema, CANCELS_ADMITTED } from '../purchase/cancellation';
import { CANCELLATION } from './outcomes';

const inputSchema = z.object({
  /** What somebody typed into a path: the id, or the reference. */
  purchaseId: z.string(),
  executionId: z.string().check(z.minLength(1)),
  request: cancellationCauseSchema,
});

/** Whose sale is claimed, and what will have been given back in all, in minor units. */
export const claimSchema = z.object({ purchaseId: purchaseIdSchema, amount: z.int() });

interface Dependencies {
  readonly purchases: PurchaseRepository;
  readonly seats: SeatRepository;
  readonly gateway: () => Promise<PaymentGateway>;
  readonly clock: Clock;
}

type ClaimRefusal =
  | Problem<'ValidationFailed' | 'PurchaseNotFound' | 'PurchaseInProgress' | 'NotCancellable'>
  | PurchaseAlreadyAnswered;

/**
 * Agrees what is given back and claims the sale with it: from here on its tickets are not valid, and one execution has it. Of
 * two at once the first agreement is the purchase's; whoever comes after it is cancelled is answered with it.
 */
export async function claimCancellation(
  { purchaseId: named, executionId, request }: z.output<typeof inputSchema>,
  { purchases, seats, gateway, clock }: Dependencies,
): Promise<z.output<typeof claimSchema> | ClaimRefusal> {
  const { reason } = request;
  const purchase = await findByIdOrReference(named, purchases);
  if (!purchase) return new Problem('PurchaseNotFound');
  const { purchaseId } = purchase;
  if (purchase.status !== 'CONFIRMED') return toldBy(purchase);
  if (isKeptIn(purchase)) return admitted();
  const amount = await agree(purchase);
  if (amount instanceof Problem) return amount;
  const agreed = {
    reason,
    refund: { amount, status: amount > 0 ? ('PENDING' as const) : ('NONE' as const) },
  };
  const now = clock.nowSeconds();
  const revocation = seats.revoke(purchase.eventId, purchaseId, now, purchase.keptUntil);
  const claimed = await purchases.cancel(purchaseId, executionId, agreed, revocation, now);
  if (!claimed) return new Problem('PurchaseNotFound');
  return claimed instanceof NotTaken ? toldBy(claimed.purchase) : { purchaseId, amount };

  /** Of a disputed payment the bank has the money: what was given back before is all. */
  async function agree({ amount: price, paymentIntentId }: Purchase) {
    const refunded = paymentIntentId ? await (await gateway()).readRefunded(paymentIntentId) : 0;
    // Who says so is believed as little as Stripe's event was: the money itself tells.
    if (reason === 'REFUNDED')
      return refunded >= price ? refunded : new Problem('NotCancellable', 'It is not given back in full.');
    const wanted = reason === 'DISPUTE' ? refunded : (askedFor(request) ?? price);
    if (wanted > price)
      return new Problem('ValidationFailed', `refund.amount is more than the price, ${price}.`);
    if (wanted >= refunded) return wanted;
    return new Problem('ValidationFailed', `refund.amount is less than was given back already, ${refunded}.`);
  }

  function isKeptIn(sale: Purchase): boolean {
    return sale.admitted !== undefined && !CANCELS_ADMITTED[reason];
  }

  /** What a purchase says that is not there to be cancelled. A step whose answer was lost finds its own claim. */
  function toldBy(other: Purchase): z.output<typeof claimSchema> | ClaimRefusal {
    switch (other.status) {
      case 'CANCELLED':
        return new PurchaseAlreadyAnswered(purchaseAnswer(other));
      case 'FAILED':
        return new Problem('NotCancellable');
      case 'CANCELLING':
        if (other.executionId !== executionId || !other.cancellation) return inProgress();
        return { purchaseId: other.purchaseId, amount: other.cancellation.refund.amount };
      case 'CONFIRMED':
        return isKeptIn(other) ? admitted() : inProgress();
      default:
        return inProgress();
    }
  }
}

/** What somebody wants to be given back; of the other causes there is nobody to ask. */
function askedFor(request: CancellationCause): number | undefined {
  return 'refund' in request ? request.refund?.amount : undefined;
}

function inProgress() {
  return new Problem('PurchaseInProgress', 'The purchase, or its cancellation, is still running.');
}

function admitted() {
  return new Problem('NotCancellable', 'A ticket of the purchase has let somebody in already.');
}

export const handler = step(CANCELLATION, 'ClaimCancellation', {
  input: inputSchema,
  output: claimSchema,
  connect: (): Dependencies => {
    const client = documentClient();
    return {
      purchases: connectPurchases(client),
      seats: connectSeats(client),
      gateway: connectGateway,
      clock: systemClock,
    };
  },
  run: claimCancellation,
});
