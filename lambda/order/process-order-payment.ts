import * as z from 'zod/mini';
import { connectCancellations } from '../event/connect-cancellations';
import { RecentCancellations } from '../event/recent-cancellations';
import { EVENT_IS_CANCELLED } from '../event/sale-hours';
import { connectGateway } from '../payment/connect-gateway';
import { type PaymentGateway } from '../payment/payment-gateway';
import { PaymentRefusal } from '../payment/payment-refusal';
import { keyUsable, PAYING_TIMEOUT } from '../payment/paying';
import { systemClock } from '../shared/clock';
import { documentClient } from '../shared/dynamodb';
import { failuresSchema } from '../shared/failures';
import { Problem } from '../shared/problem';
import { AuthenticationAsked } from '../shared/saga-errors';
import { step } from '../shared/step';
import { connectOrders } from './connect-orders';
import { OrderLost, orderInputSchema } from './order-input';
import { type OrderRepository } from './order-repository';
import { ORDER } from './outcomes';

const inputSchema = z.extend(orderInputSchema, { failures: failuresSchema });
const outputSchema = z.object({});

interface Dependencies {
  readonly orders: OrderRepository;
  readonly gateway: () => Promise<PaymentGateway>;
  readonly cancellations: Pick<RecentCancellations, 'isCancelled'>;
}

type Refused = 'PaymentDeclined' | 'PaymentActionRequired' | 'AuthenticationFailed' | 'PaymentNotPossible';
type Refusal = Problem<Refused | 'SaleClosed' | 'AuthenticationExpired'>;

/** What the buyer of an order reads, who has no seats. */
const WORDS: Readonly<Record<Refused | 'AuthenticationExpired', string>> = {
  PaymentDeclined: 'The card was declined. Nothing was charged.',
  PaymentActionRequired: 'The card asks for authentication (3-D Secure). Nothing was charged.',
  AuthenticationFailed: "The card's bank could not authenticate the buyer. Nothing was charged.",
  AuthenticationExpired: 'The time to answer the bank ran out. Nothing was charged.',
  PaymentNotPossible:
    'The extras cannot be paid for at present. The fault is ours, and we know of it. Money already taken is given back.',
};

/**
 * Takes the payment of an order as the checkout takes that of a purchase, by the same gateway: creates the intent, stores its id, has the
 * bank authorise it, captures it (decision 0012).
 *
 * When the bank wants the buyer, the execution waits, and comes here again: with the buyer's word that the bank has answered, or with
 * the failure that nobody has come. A late yes of the bank is not paid: the intent is cancelled first.
 *
 * @returns AuthenticationAsked; a refusal: definite, nothing was charged and nothing will be; PaymentNotPossible: our doing
 * @throws PaymentGatewayTimeout: the outcome is unknown
 * @throws OrderLost when the order is another execution's, or undone
 */
export async function processOrderPayment(
  input: z.output<typeof inputSchema>,
  dependencies: Dependencies,
): Promise<z.output<typeof outputSchema> | AuthenticationAsked | Refusal> {
  try {
    return await pay(input, dependencies);
  } catch (error) {
    if (error instanceof PaymentRefusal) return inWordsOfOrders(error);
    throw error;
  }
}

async function pay(
  { orderId, executionId, failures }: z.output<typeof inputSchema>,
  { orders, gateway, cancellations }: Dependencies,
): Promise<z.output<typeof outputSchema> | AuthenticationAsked | Refusal> {
  const order = await orders.find(orderId);
  if (order?.amount === undefined || order.currency === undefined) throw new OrderLost();
  const { amount, currency, eventId, paymentMethod, authenticateBy } = order;
  const isCancelled = await cancellations.isCancelled(eventId);
  if (amount === 0) return isCancelled ? eventCancelled() : {};
  const [payments, installation] = await Promise.all([keyUsable(gateway()), orders.installation.id()]);
  const payer = { purchaseId: orderId, kind: 'order' } as const;
  const { paymentIntentId } = order.paymentIntentId
    ? { paymentIntentId: order.paymentIntentId }
    : await payments.createIntent({ ...payer, amount, currency, installation });
  const intent = { ...payer, paymentIntentId, deadline: Date.now() + PAYING_TIMEOUT };
  const recorded = await orders.recordPaymentIntent(orderId, executionId, paymentIntentId);
  if (!recorded) throw new OrderLost();

  if (isCancelled) return giveUp(eventCancelled());
  const isLate = failures?.['AwaitAuthentication'] !== undefined;
  if (isLate) return giveUp(new Problem('AuthenticationExpired', WORDS.AuthenticationExpired));
  if ((await authorise()) === 'authentication-required') return new AuthenticationAsked();
  await payments.captureIntent(intent);
  // It was counted when the bank asked.
  if (authenticateBy !== undefined) await orders.noLongerUnpaid(order);
  return {};

  async function authorise() {
    if (authenticateBy !== undefined) return payments.readAuthorisation(intent);
    const { paymentAttempts: attempt = 1 } = recorded!;
    return payments.authoriseIntent({ ...intent, paymentMethod: paymentMethod!, attempt });
  }

  async function giveUp(refusal: Refusal) {
    await payments.cancelIntent({ ...intent, reason: 'abandoned' });
    return refusal;
  }
}

function eventCancelled() {
  return new Problem('SaleClosed', `${EVENT_IS_CANCELLED} Nothing was charged.`);
}

/** What people who are called read of it stays with it. */
function inWordsOfOrders({ name, facts }: PaymentRefusal): Refusal {
  return Object.assign(new Problem(name, WORDS[name]), { facts });
}

export const handler = step(ORDER, 'ProcessPayment', {
  input: inputSchema,
  output: outputSchema,
  connect: (): Dependencies => {
    const client = documentClient();
    return {
      orders: connectOrders(client),
      gateway: connectGateway,
      cancellations: new RecentCancellations(connectCancellations(client), systemClock),
    };
  },
  run: processOrderPayment,
});
