import * as z from 'zod/mini';
import { connectGateway } from '../payment/connect-gateway';
import { type PaymentGateway } from '../payment/payment-gateway';
import { failureOf, failuresSchema } from '../shared/failures';
import { measure } from '../shared/measure';
import { RefundFailed } from '../shared/saga-errors';
import { step } from '../shared/step';
import { connectOrders } from './connect-orders';
import { orderInputSchema, type OrderSettled, type OrderStands, whyNotClaimed } from './order-input';
import { OrderNotTaken, type OrderRepository } from './order-repository';
import { ORDER } from './outcomes';

const inputSchema = z.extend(orderInputSchema, { failures: failuresSchema });

/** What was undone. */
const outputSchema = z.object({ payment: z.enum(['refunded', 'cancelled', 'none']) });

interface Dependencies {
  readonly orders: OrderRepository;
  readonly gateway: () => Promise<PaymentGateway>;
}

/**
 * Compensates ProcessPayment: claims the order, so that nothing pays for it any more, then reads its payment back and refunds it if it
 * was taken, cancels it if not. It undoes a sale, too, that was revoked with its event.
 *
 * @returns OrderStands when the order is CONFIRMED; OrderSettled when it is another execution's
 * @throws PaymentGatewayTimeout, RefundFailed, or an error of the gateway's when our request is wrong
 */
export async function refundOrder(
  { orderId, executionId, failures }: z.output<typeof inputSchema>,
  { orders, gateway }: Dependencies,
): Promise<z.output<typeof outputSchema> | OrderStands | OrderSettled> {
  const order = await orders.claim(orderId, executionId, failureOf(ORDER, failures));
  if (!order || order instanceof OrderNotTaken) return whyNotClaimed(order, executionId);
  const { paymentIntentId, status } = order;
  const payment =
    status === 'COMPENSATING' && paymentIntentId ? await undo(paymentIntentId).catch(noteRefusal) : 'none';
  measure({ Compensations: 1 }, { step: 'RefundOrder', result: payment });
  return { payment };

  async function undo(intent: string) {
    return (await gateway()).undoIntent({ purchaseId: orderId, kind: 'order', paymentIntentId: intent });
  }

  async function noteRefusal(error: unknown): Promise<never> {
    if (error instanceof RefundFailed) await orders.noteRefundFailed(orderId, executionId);
    throw error;
  }
}

export const handler = step(ORDER, 'RefundPayment', {
  input: inputSchema,
  output: outputSchema,
  connect: (): Dependencies => ({ orders: connectOrders(), gateway: connectGateway }),
  run: refundOrder,
});
