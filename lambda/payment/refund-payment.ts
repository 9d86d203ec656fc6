import * as z from 'zod/mini';
import { CHECKOUT } from '../checkout/outcomes';
import { type Purchase, purchaseIdSchema } from '../purchase/purchase';
import { PurchaseRepository } from '../purchase/purchase-repository';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { failureOf, type Failures, failuresSchema } from '../shared/failures';
import { measure } from '../shared/measure';
import { type ProblemName } from '../shared/problem';
import { SaleStands } from '../purchase/sale-stands';
import { step } from '../shared/step';
import { connectGateway } from './connect-gateway';
import { type PaymentGateway } from './payment-gateway';

const inputSchema = z.object({
  purchaseId: purchaseIdSchema,
  /** Absent in recovery, which may claim any execution's purchase. */
  executionId: z.optional(z.string()),
  failures: failuresSchema,
});

/** What was undone. */
const outputSchema = z.object({ payment: z.enum(['refunded', 'cancelled', 'none']) });

interface Dependencies {
  readonly purchases: PurchaseRepository;
  readonly gateway: () => Promise<PaymentGateway>;
}

/**
 * Compensates ProcessPayment: claims the purchase, then reads its intent back and refunds it if it was charged,
 * cancels it if not. A purchase without an intent was never charged, and never will be: the claim stops a payment that
 * is still on its way from storing one.
 *
 * @returns SaleStands when the purchase is CONFIRMED
 * @throws PaymentGatewayTimeout while the outcome is unknown
 * @throws RefundFailed when the money will not go back
 * @throws an error of the gateway's when our request or our account is wrong: the payment is not undone then, and somebody
 *   must look at it
 */
export async function refundPayment(
  { purchaseId, executionId, failures }: z.output<typeof inputSchema>,
  { purchases, gateway }: Dependencies,
): Promise<z.output<typeof outputSchema> | SaleStands> {
  const purchase = await purchases.claim(purchaseId, failureOf(CHECKOUT, failures), executionId);
  if (purchase instanceof SaleStands) return purchase;
  const payment = await undo(purchase);
  measure({ Compensations: 1 }, { step: 'RefundPayment', result: payment });
  if (isUnknown(failures)) measure({ UnknownPayments: 1 }, { result: payment });
  return { payment };

  async function undo(purchase: Purchase | undefined) {
    if (purchase?.status !== 'COMPENSATING' || !purchase.paymentIntentId) return 'none';
    const payments = await gateway();
    return payments.undoIntent({ purchaseId, paymentIntentId: purchase.paymentIntentId });
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
    purchases: new PurchaseRepository(documentClient(), requireEnvironment(ENVIRONMENT.purchaseTable)),
    gateway: connectGateway,
  }),
  run: refundPayment,
});
