import * as z from 'zod/mini';
import { purchaseIdSchema } from '../purchase/purchase';
import { PurchaseRepository } from '../purchase/purchase-repository';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment, SecretUnusable } from '../shared/environment';
import { PaymentNotPossible, Problem } from '../shared/problem';
import { step } from '../shared/step';
import { connectGateway } from './connect-gateway';
import { type PaymentGateway } from './payment-gateway';

const inputSchema = z.object({
  purchaseId: purchaseIdSchema,
  amount: z.int().check(z.nonnegative()),
  currency: z.string(),
  /** Null where there is nothing to pay. */
  paymentMethod: z.nullable(z.string()),
});

interface Dependencies {
  readonly purchases: PurchaseRepository;
  readonly gateway: () => Promise<PaymentGateway>;
}

/**
 * Takes the payment: creates the intent, stores its id on the purchase, confirms it.
 *
 * The id is stored before any money can move, so that a compensation can always find and undo what happened. Running
 * it again makes the same intent and no second charge: the record counts the attempts. What costs nothing is not paid for: the
 * gateway never hears of it.
 *
 * @throws Problem PaymentDeclined, PaymentActionRequired: definite, nothing was charged
 * @throws Problem PaymentNotPossible: our doing, so trying again does not help; the compensation reads what happened
 * @throws PaymentGatewayTimeout: the outcome is unknown
 * @throws SaleNotPossible when a compensation has claimed the purchase
 */
export async function processPayment(
  { purchaseId, amount, currency, paymentMethod }: z.output<typeof inputSchema>,
  { purchases, gateway }: Dependencies,
): Promise<{ paymentIntentId?: string }> {
  if (amount === 0) return {};
  // ReserveSeat has refused it. A price that nothing pays must not look like a free ticket.
  if (paymentMethod === null) throw new Problem('ValidationFailed', 'paymentMethod is missing.');
  const [payments, installation] = await Promise.all([
    gateway().catch(withoutKey),
    purchases.installation.id(),
  ]);
  const { paymentIntentId } = await payments.createIntent({ purchaseId, installation, amount, currency });
  const attempt = await purchases.recordPaymentIntent(purchaseId, paymentIntentId);
  await payments.confirmIntent({ purchaseId, paymentIntentId, paymentMethod, attempt });
  return { paymentIntentId };
}

/** A secret without a usable key is our doing, as a wrong key is. */
function withoutKey(error: unknown): never {
  if (!(error instanceof SecretUnusable) || !error.lasting) throw error;
  throw new PaymentNotPossible({ reason: error.message });
}

export const handler = step({
  name: 'ProcessPayment',
  input: inputSchema,
  connect: (): Dependencies => ({
    purchases: new PurchaseRepository(documentClient(), requireEnvironment(ENVIRONMENT.purchaseTable)),
    gateway: connectGateway,
  }),
  run: processPayment,
});
