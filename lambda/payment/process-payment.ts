import * as z from 'zod/mini';
import { CHECKOUT } from '../checkout/outcomes';
import { purchaseIdSchema } from '../purchase/purchase';
import { PurchaseRepository } from '../purchase/purchase-repository';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment, SecretUnusable } from '../shared/environment';
import { reservationSchema } from '../seat/reservation';
import { OwnError } from '../shared/own-error';
import { step } from '../shared/step';
import { connectGateway } from './connect-gateway';
import { type PaymentGateway } from './payment-gateway';
import { PaymentNotPossible, PaymentRefusal } from './payment-refusal';

const { amount, currency, paymentMethod } = reservationSchema.shape;
const inputSchema = z.object({ purchaseId: purchaseIdSchema, amount, currency, paymentMethod });

/** None where there was nothing to pay. */
const outputSchema = z.object({ paymentIntentId: z.optional(z.string()) });

/**
 * Milliseconds for authorising, capturing and cancelling together, so that the step ends in its time. What runs out of it is
 * retried by the state machine, and goes on where it was.
 */
const PAYING_TIMEOUT = 7_000;

interface Dependencies {
  readonly purchases: PurchaseRepository;
  readonly gateway: () => Promise<PaymentGateway>;
}

/**
 * Takes the payment: creates the intent, stores its id on the purchase, has the bank hold the money, and captures it.
 *
 * The id is stored before any money can move, so that a compensation can always find and undo what happened. Running
 * it again makes the same intent and no second charge: the record counts the attempts. What costs nothing is not paid for: the
 * gateway never hears of it.
 *
 * @returns PaymentDeclined, PaymentActionRequired: definite, nothing was charged; PaymentNotPossible: our doing, so trying
 * again does not help, and the compensation reads what happened
 * @throws PaymentGatewayTimeout: the outcome is unknown
 * @throws SaleNotPossible when a compensation has claimed the purchase
 */
export async function processPayment(
  input: z.output<typeof inputSchema>,
  dependencies: Dependencies,
): Promise<z.output<typeof outputSchema> | PaymentRefusal> {
  try {
    return await pay(input, dependencies);
  } catch (error) {
    if (error instanceof PaymentRefusal) return error;
    throw error;
  }
}

async function pay(
  { purchaseId, amount, currency, paymentMethod }: z.output<typeof inputSchema>,
  { purchases, gateway }: Dependencies,
): Promise<z.output<typeof outputSchema>> {
  if (amount === 0) return {};
  // ReserveSeat has refused it. A price that nothing pays must not look like a free ticket.
  if (paymentMethod === null) throw new PaymentMethodMissing('There is a price and nothing to pay it with');
  const [payments, installation] = await Promise.all([
    gateway().catch(withoutKey),
    purchases.installation.id(),
  ]);
  const { paymentIntentId } = await payments.createIntent({ purchaseId, installation, amount, currency });
  const intent = { purchaseId, paymentIntentId, deadline: Date.now() + PAYING_TIMEOUT };
  const attempt = await purchases.recordPaymentIntent(purchaseId, paymentIntentId);
  const authorisation = await payments.authoriseIntent({ ...intent, paymentMethod, attempt });
  if (authorisation === 'authentication-required') {
    await payments.cancelIntent({ ...intent, reason: 'abandoned' });
    throw new PaymentRefusal('PaymentActionRequired');
  }
  await payments.captureIntent(intent);
  return { paymentIntentId };
}

class PaymentMethodMissing extends OwnError {
  override readonly name = 'PaymentMethodMissing';
}

/** A secret without a usable key is our doing, as a wrong key is. */
function withoutKey(error: unknown): never {
  if (!(error instanceof SecretUnusable) || !error.lasting) throw error;
  throw new PaymentNotPossible({ reason: error.message });
}

export const handler = step(CHECKOUT, 'ProcessPayment', {
  input: inputSchema,
  output: outputSchema,
  connect: (): Dependencies => ({
    purchases: new PurchaseRepository(documentClient(), requireEnvironment(ENVIRONMENT.purchaseTable)),
    gateway: connectGateway,
  }),
  run: processPayment,
});
