import { connectGateway } from '../payment/connect-gateway';
import { type PaymentGateway } from '../payment/payment-gateway';
import { PaymentRefusal } from '../payment/payment-refusal';
import { emptyRequestSchema } from '../purchase/purchase';
import { json, route } from '../shared/api';
import { type Clock, systemClock } from '../shared/clock';
import { Problem, type ProblemName, PROBLEMS } from '../shared/problem';
import { PaymentGatewayTimeout, SaleNotPossible } from '../shared/saga-errors';
import { parse, parseJson } from '../shared/validation';
import { connectOrders } from './connect-orders';
import { findOrder } from './find-order';
import { type Order } from './order';
import { orderAnswer } from './order-answer';
import { OrderExecutions } from './order-executions';
import { type OrderRepository } from './order-repository';

interface Dependencies {
  readonly orders: Pick<OrderRepository, 'find'>;
  readonly executions: Pick<OrderExecutions, 'wake'>;
  readonly gateway: () => Promise<PaymentGateway>;
  readonly clock: Clock;
}

/**
 * The buyer has answered the bank: wakes the execution that waits for it, which alone takes money. Told twice, or when it waits no more,
 * it answers what has become of the order: the record says so, and the token of another visit wakes nothing.
 *
 * The bank is asked first, so that a client that asks again and again does not wake the execution for nothing: each time would be
 * some events of its history.
 *
 * @returns the order, which goes on
 * @throws Problem AuthenticationExpired
 */
export async function answerAuthentication(
  order: Order,
  { orders, executions, gateway, clock }: Dependencies,
): Promise<Order> {
  const { orderId, status, taskToken, authenticateBy = 0, paymentIntentId } = order;
  if (status !== 'AWAITING_AUTHENTICATION' || !taskToken || !paymentIntentId) return order;
  if (authenticateBy <= clock.nowSeconds()) throw expired();
  if (await isAnswered(paymentIntentId)) await executions.wake(taskToken);
  return (await orders.find(orderId)) ?? order;

  /** A definite no is an answer, too: the execution finds it, and undoes the order. While nobody knows, the client asks again. */
  async function isAnswered(intentId: string): Promise<boolean> {
    try {
      const payments = await gateway();
      return (await payments.readAuthorisation({ paymentIntentId: intentId })) === 'authorised';
    } catch (error) {
      if (error instanceof PaymentGatewayTimeout) return false;
      if (error instanceof PaymentRefusal || error instanceof SaleNotPossible) return true;
      throw error;
    }
  }
}

function expired(): Problem {
  return new Problem('AuthenticationExpired', 'The time to answer the bank ran out. Nothing was charged.');
}

/** What a failed order says of itself. @throws Problem */
function refuseFailed({ failure }: Order): void {
  const name = (Object.keys(PROBLEMS) as ProblemName[]).find((each) => PROBLEMS[each].code === failure?.code);
  if (name) throw new Problem(name, failure!.detail);
}

/** `POST /orders/{orderId}/authentication` */
export const handler = route({
  name: 'PostOrderAuthentication',
  connect: (): Dependencies => ({
    ...{ orders: connectOrders(), executions: new OrderExecutions() },
    ...{ gateway: connectGateway, clock: systemClock },
  }),
  answer: async (event, dependencies) => {
    parse(emptyRequestSchema, parseJson(event.body));
    const order = await answerAuthentication(await findOrder(event, dependencies.orders), dependencies);
    if (order.status === 'FAILED') refuseFailed(order);
    const answer = json(order.status === 'CONFIRMED' ? 201 : 202, orderAnswer(order));
    return { ...answer, headers: { ...answer.headers, Location: `../${order.orderId}` } };
  },
});
