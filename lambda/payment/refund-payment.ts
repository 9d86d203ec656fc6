import * as z from 'zod/mini';
import { CHECKOUT } from '../checkout/outcomes';
import { isPurchaseId, type Purchase } from '../purchase/purchase';
import { purchaseAnswer } from '../purchase/purchase-answer';
import { connectPurchases } from '../purchase/connect-purchases';
import { NotTaken, type PurchaseRepository } from '../purchase/purchase-repository';
import { type Clock, systemClock } from '../shared/clock';
import { failureOf, type Failures, failuresSchema } from '../shared/failures';
import { measure } from '../shared/measure';
import { Problem, type ProblemName } from '../shared/problem';
import {
  BalanceEmpty,
  NotDue,
  PurchaseAlreadyAnswered,
  RefundFailed,
  SaleCancelled,
} from '../shared/saga-errors';
import { OwnError } from '../shared/own-error';
import { type SaleStands } from '../purchase/sale-stands';
import { step } from '../shared/step';
import { connectGateway } from './connect-gateway';
import { type PaymentGateway, refundStatusOf } from './payment-gateway';

const inputSchema = z.object({
  /** Where the buyer gives a purchase up, what somebody typed into a path. */
  purchaseId: z.string(),
  /** Absent in recovery, which may claim any execution's purchase. */
  executionId: z.optional(z.string()),
  failures: failuresSchema,
});

/** What was undone. */
const outputSchema = z.object({ payment: z.enum(['refunded', 'cancelled', 'none']) });

interface Dependencies {
  readonly purchases: PurchaseRepository;
  readonly gateway: () => Promise<PaymentGateway>;
  readonly clock: Clock;
}

type RefundRefusal =
  | SaleStands
  | NotDue
  | SaleCancelled
  | PurchaseAlreadyAnswered
  | Problem<'PurchaseNotFound' | 'PurchaseInProgress' | 'AlreadyConfirmed' | 'PurchaseCancelled'>;

/**
 * Compensates ProcessPayment: claims the purchase, then reads its intent back and refunds it if it was charged,
 * cancels it if not. A purchase without an intent was never charged, and never will be: the claim stops a payment that
 * is still on its way from storing one. Of a sale that is being cancelled, it gives back what was agreed.
 *
 * Where the buyer gives up a purchase that waits for the bank, this is the first
 * step, and takes it for this execution.
 *
 * @returns SaleStands when the purchase is CONFIRMED; to recovery NotDue when somebody else has it, SaleCancelled when only the
 * buyer is still to be told; to a buyer who gives up,
 *   why there is nothing to give up
 * @throws PaymentGatewayTimeout while the outcome is unknown
 * @throws RefundFailed when the money will not go back
 * @throws BalanceEmpty while our own balance at the gateway does not cover the refund
 * @throws an error of the gateway's when our request or our account is wrong: the payment is not undone then, and somebody
 *   must look at it
 */
export async function refundPayment(
  { purchaseId, executionId, failures }: z.output<typeof inputSchema>,
  { purchases, gateway, clock }: Dependencies,
): Promise<z.output<typeof outputSchema> | RefundRefusal> {
  const now = clock.nowSeconds();
  const failure = failureOf(CHECKOUT, failures);
  const isGivenUp = failures?.[CHECKOUT.givenUp.by] !== undefined;
  const purchase = isGivenUp && executionId ? await takeGivenUp(executionId) : await claim();
  if (purchase instanceof OwnError) return purchase;
  if (purchase?.status === 'CANCELLED' && !executionId) return new SaleCancelled();
  const payment = await undo(purchase).catch(noteEmptyBalance);
  measure({ Compensations: 1 }, { step: 'RefundPayment', result: payment });
  if (isUnknown(failures)) measure({ UnknownPayments: 1 }, { result: payment });
  return { payment };

  async function claim() {
    const claimed = await purchases.claim(purchaseId, failure, executionId ? { executionId } : { now });
    if (!(claimed instanceof NotTaken)) return claimed;
    // To a saga it is another execution's: what is undone is not its business.
    return executionId ? undefined : new NotDue();
  }

  async function takeGivenUp(by: string) {
    const taken = isPurchaseId(purchaseId)
      ? await purchases.abandon(purchaseId, by, failure, now)
      : undefined;
    if (!taken) return new Problem('PurchaseNotFound');
    if (!(taken instanceof NotTaken)) return taken;
    switch (taken.purchase.status) {
      case 'CONFIRMED':
        return new Problem('AlreadyConfirmed');
      case 'CANCELLING':
      case 'CANCELLED':
        return new Problem('PurchaseCancelled');
      case 'FAILED':
        return new PurchaseAlreadyAnswered(purchaseAnswer(taken.purchase));
      default:
        return new Problem('PurchaseInProgress');
    }
  }

  /** Whoever cancels a whole event then waits. */
  async function noteEmptyBalance(error: unknown): Promise<never> {
    if (error instanceof BalanceEmpty) await purchases.balance.note(now);
    throw error;
  }

  async function undo(purchase: Purchase | undefined) {
    if (purchase?.status === 'CANCELLING') return giveBack(purchase);
    if (purchase?.status !== 'COMPENSATING' || !purchase.paymentIntentId) return 'none';
    const payments = await gateway();
    return payments.undoIntent({ purchaseId, paymentIntentId: purchase.paymentIntentId });
  }

  /** Of a sale that is cancelled, what was agreed. Seats that cost nothing have no payment. */
  async function giveBack({ paymentIntentId, cancellation }: Purchase) {
    if (!paymentIntentId || !cancellation) return 'none';
    const { amount } = cancellation.refund;
    try {
      const payments = await gateway();
      const soFar = await payments.refundTo({ purchaseId, paymentIntentId, amount });
      // Here the refund waits, too.
      if (soFar === 'UNFUNDED') await purchases.balance.note(now);
      await purchases.noteRefund(purchaseId, refundStatusOf(soFar));
      return soFar === 'NONE' ? 'none' : 'refunded';
    } catch (error) {
      if (error instanceof RefundFailed) await purchases.noteRefund(purchaseId, 'FAILED');
      throw error;
    }
  }
}

/** Our own fault is none: it had a definite answer, and an alarm of its own. */
function isUnknown(failures: Failures): boolean {
  const failure = failures?.['ProcessPayment'];
  return failure !== undefined && failure.Error !== ('PaymentNotPossible' satisfies ProblemName);
}

export const handler = step(CHECKOUT, 'RefundPayment', {
  input: inputSchema,
  output: outputSchema,
  connect: (): Dependencies => ({
    purchases: connectPurchases(),
    gateway: connectGateway,
    clock: systemClock,
  }),
  run: refundPayment,
});
