import * as z from 'zod/mini';
import { connectGateway } from '../payment/connect-gateway';
import { type PaymentGateway } from '../payment/payment-gateway';
import { EmptyBalance } from '../purchase/empty-balance';
import { type Clock, systemClock } from '../shared/clock';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { failureOf, failuresSchema } from '../shared/failures';
import { measure } from '../shared/measure';
import { BalanceEmpty, RefundFailed } from '../shared/saga-errors';
import { step } from '../shared/step';
import { connectOrders } from './connect-orders';
import { type Order } from './order';
import { orderInputSchema, type OrderSettled, type OrderStands, whyNotClaimed } from './order-input';
import { OrderNotTaken, type OrderRepository } from './order-repository';
import { ORDER } from './outcomes';

const inputSchema = z.extend(orderInputSchema, { failures: failuresSchema });

/** What was undone. */
const outputSchema = z.object({ payment: z.enum(['refunded', 'cancelled', 'none']) });

interface Dependencies {
  readonly orders: OrderRepository;
  readonly gateway: () => Promise<PaymentGateway>;
  readonly balance: Pick<EmptyBalance, 'note'>;
  readonly clock: Clock;
}

/**
 * Compensates ProcessPayment: claims the order, so that nothing pays for it any more, then reads its payment back and refunds it if it
 * was taken, cancels it if not. It undoes a sale, too, that was revoked with its event. That our balance at the provider is empty is
 * noted, so that whoever cancels a whole event waits.
 *
 * @returns OrderStands when the order is CONFIRMED; OrderSettled when it is another execution's
 * @throws PaymentGatewayTimeout, RefundFailed, BalanceEmpty, or an error of the gateway's when our request is wrong
 */
export async function refundOrder(
  { orderId, executionId, failures }: z.output<typeof inputSchema>,
  { orders, gateway, balance, clock }: Dependencies,
): Promise<z.output<typeof outputSchema> | OrderStands | OrderSettled> {
  const order = await orders.claim(orderId, executionId, failureOf(ORDER, failures));
  if (!order || order instanceof OrderNotTaken) return whyNotClaimed(order, executionId);
  const payment = await undo(order).catch(noteWhy);
  measure({ Compensations: 1 }, { step: 'RefundOrder', result: payment });
  return { payment };

  async function undo({ status, paymentIntentId, revokedAt, amount = 0 }: Order) {
    if (status !== 'COMPENSATING' || !paymentIntentId) return 'none';
    const payments = await gateway();
    const paid = { purchaseId: orderId, kind: 'order', paymentIntentId } as const;
    if (revokedAt === undefined) return payments.undoIntent(paid);
    const soFar = await payments.refundTo({ ...paid, amount });
    // The refund is made, and waits.
    if (soFar === 'UNFUNDED') await balance.note(clock.nowSeconds());
    return 'refunded';
  }

  async function noteWhy(error: unknown): Promise<never> {
    if (error instanceof RefundFailed) await orders.noteRefundFailed(orderId, executionId);
    if (error instanceof BalanceEmpty) await balance.note(clock.nowSeconds());
    throw error;
  }
}

export const handler = step(ORDER, 'RefundPayment', {
  input: inputSchema,
  output: outputSchema,
  connect: (): Dependencies => {
    const client = documentClient();
    return {
      ...{ orders: connectOrders(client), gateway: connectGateway, clock: systemClock },
      balance: new EmptyBalance(client, requireEnvironment(ENVIRONMENT.purchaseTable)),
    };
  },
  run: refundOrder,
});
