import * as z from 'zod/mini';
import { CHECKOUT } from '../checkout/outcomes';
import { connectCancellations } from '../event/connect-cancellations';
import { RecentCancellations } from '../event/recent-cancellations';
import { EVENT_IS_CANCELLED } from '../event/sale-hours';
import { measureAsked, measureAuthenticated } from '../purchase/measure-authentication';
import { AUTHENTICATED_WITHIN, type Purchase, purchaseIdSchema } from '../purchase/purchase';
import { connectPurchases } from '../purchase/connect-purchases';
import { type PurchaseRepository } from '../purchase/purchase-repository';
import { TooManyUnpaid } from '../purchase/unpaid-seats';
import { type Clock, systemClock } from '../shared/clock';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireNumber } from '../shared/environment';
import { reservationSchema } from '../seat/reservation';
import { OwnError } from '../shared/own-error';
import { Problem } from '../shared/problem';
import { AuthenticationAsked, SaleNotPossible } from '../shared/saga-errors';
import { step } from '../shared/step';
import { connectGateway } from './connect-gateway';
import { type PaymentGateway } from './payment-gateway';
import { keyUsable, PAYING_TIMEOUT } from './paying';
import { PaymentRefusal } from './payment-refusal';

/**
 * Seconds that must be left to answer the bank when it asks: fewer, and a buyer who finds the telephone and types a code in
 * vain is undone at once instead.
 */
const LEAST_TO_ANSWER = 90;

const { eventId, amount, currency, paymentMethod, paymentIntentId, viewer } = reservationSchema.shape;
const inputSchema = z.object({
  purchaseId: purchaseIdSchema,
  executionId: z.string().check(z.minLength(1)),
  ...{ eventId, amount, currency, paymentMethod, paymentIntentId, viewer },
});

/** None where there was nothing to pay. */
const outputSchema = z.object({ paymentIntentId: z.optional(z.string()) });

interface Dependencies {
  readonly purchases: PurchaseRepository;
  readonly gateway: () => Promise<PaymentGateway>;
  readonly cancellations: Pick<RecentCancellations, 'isCancelled'>;
  readonly clock: Clock;
  /** Seats of an event that one address may hold unpaid. */
  readonly unpaidBound: number;
}

type Paid = z.output<typeof outputSchema>;
type Refusal = PaymentRefusal | Problem<'SaleClosed' | 'AuthenticationExpired' | 'TooManyUnpaidSeats'>;

/**
 * Takes the payment: creates the intent, stores its id on the purchase, has the bank authorise it, captures it. Money moves by
 * the capture alone, so a buyer who answers the bank and never comes back is not charged (decision 0012).
 *
 * The id is stored before the bank is asked, so that a compensation can always find and undo what happened. Running
 * it again makes the same intent and no second charge: the record counts the attempts. What costs nothing is not paid for: the
 * gateway never hears of it.
 *
 * A hold that was taken in time may be paid for, also when the sale has closed since; not when the event is cancelled.
 *
 * When the bank wants the buyer, the purchase waits, its seats held and counted as unpaid; over the bound it is undone at once.
 * An execution that takes it up again comes here with the intent that the bank was asked for, and only reads what the bank says
 * now.
 *
 * @returns AuthenticationAsked; a refusal: definite, nothing was charged and nothing will be; PaymentNotPossible: our doing, so
 * trying again does not help, and the compensation reads what happened
 * @throws PaymentGatewayTimeout: the outcome is unknown
 * @throws SaleNotPossible when a compensation has claimed the purchase
 */
export async function processPayment(
  input: z.output<typeof inputSchema>,
  dependencies: Dependencies,
): Promise<Paid | AuthenticationAsked | Refusal> {
  try {
    return await pay(input, dependencies);
  } catch (error) {
    if (error instanceof PaymentRefusal) return error;
    throw error;
  }
}

async function pay(
  {
    executionId,
    eventId,
    paymentMethod,
    paymentIntentId: asked,
    viewer,
    ...charge
  }: z.output<typeof inputSchema>,
  { purchases, gateway, cancellations, clock, unpaidBound }: Dependencies,
): Promise<Paid | AuthenticationAsked | Refusal> {
  const { purchaseId, amount } = charge;
  if (amount === 0) return (await cancellations.isCancelled(eventId)) ? eventCancelled() : {};
  /** The intent that the bank was asked for, by the execution before. */
  const askedFor = asked === null ? undefined : { paymentIntentId: asked };
  // ReserveSeat has refused it. A price that nothing pays must not look like a free ticket.
  if (paymentMethod === null && !askedFor)
    throw new PaymentMethodMissing('There is a price and nothing to pay it with');
  const [payments, installation, isCancelled] = await Promise.all([
    keyUsable(gateway()),
    purchases.installation.id(),
    cancellations.isCancelled(eventId),
  ]);
  const { paymentIntentId } = askedFor ?? (await payments.createIntent({ ...charge, installation }));
  const intent = { purchaseId, paymentIntentId, deadline: Date.now() + PAYING_TIMEOUT };
  const { attempt, purchase } = await purchases.recordPaymentIntent(purchaseId, paymentIntentId);
  if (purchase.status === 'AWAITING_AUTHENTICATION') return awaited(purchase, executionId);

  const { createdAt, authenticateBy = createdAt + AUTHENTICATED_WITHIN } = purchase;
  const secondsLeft = () => authenticateBy - clock.nowSeconds();
  if (isCancelled) return giveUp(eventCancelled());
  const authorisation = await authorise();
  if (authorisation instanceof Problem) return authorisation;
  if (authorisation === 'authentication-required') return askBuyer();
  await payments.captureIntent(intent);
  await purchases.unpaid.takeOff(purchase);
  if (askedFor) measureAuthenticated(purchase);
  return { paymentIntentId };

  async function authorise() {
    if (paymentMethod !== null) return payments.authoriseIntent({ ...intent, paymentMethod, attempt });
    try {
      return await payments.readAuthorisation(intent);
    } catch (error) {
      // This step has cancelled it, and its answer was lost.
      if (error instanceof SaleNotPossible && secondsLeft() <= 0) return new Problem('AuthenticationExpired');
      throw error;
    }
  }

  async function askBuyer() {
    if (askedFor && secondsLeft() <= 0) return giveUp(new Problem('AuthenticationExpired'));
    if (!askedFor && secondsLeft() < LEAST_TO_ANSWER)
      return giveUp(new PaymentRefusal('PaymentActionRequired'));
    const unpaidBy =
      viewer === null ? undefined : { address: viewer, bound: unpaidBound, now: clock.nowSeconds() };
    try {
      await purchases.awaitAuthentication(purchase, executionId, authenticateBy, unpaidBy);
    } catch (error) {
      if (!(error instanceof TooManyUnpaid)) throw error;
      return giveUp(new Problem('TooManyUnpaidSeats'));
    }
    if (!askedFor) measureAsked();
    return new AuthenticationAsked();
  }

  async function giveUp(refusal: Refusal) {
    await payments.cancelIntent({ ...intent, reason: 'abandoned' });
    return refusal;
  }
}

function eventCancelled() {
  return new Problem('SaleClosed', `${EVENT_IS_CANCELLED} Nothing was charged, and no seat is held.`);
}

/** This step has run before, and its answer was lost; or another execution has asked since, and this one comes late. */
function awaited(purchase: Purchase, executionId: string): AuthenticationAsked {
  if (purchase.executionId === executionId) return new AuthenticationAsked();
  throw new SaleNotPossible("The purchase is no longer this execution's");
}

class PaymentMethodMissing extends OwnError {
  override readonly name = 'PaymentMethodMissing';
}

export const handler = step(CHECKOUT, 'ProcessPayment', {
  input: inputSchema,
  output: outputSchema,
  connect: (): Dependencies => {
    const client = documentClient();
    return {
      purchases: connectPurchases(client),
      gateway: connectGateway,
      cancellations: new RecentCancellations(connectCancellations(client), systemClock),
      clock: systemClock,
      unpaidBound: requireNumber(ENVIRONMENT.unpaidSeats),
    };
  },
  run: processPayment,
});
