import { type Order } from '../../lambda/order/order';
import { timeText } from '../../lambda/shared/clock';
import { purchaseHash, referenceOf } from '../../lambda/shared/reference';
import { money } from '../../lambda/shared/currencies';
import { price } from '../../lambda/shared/wording';
import { sheet } from './purchase-sheet';

/** An order of extras for a person at a terminal, as `purchaseSheet` shows a purchase. Its token is not shown: it wakes the execution. */
export function orderSheet(order: Order, { withBuyer }: { withBuyer: boolean }): string {
  const { orderId, status, eventId, items, amount, currency, buyer, failure, dispute, refunded } = order;
  const { authenticateBy, createdAt, dueAt, revokedAt } = order;
  return sheet([
    ['Order', referenceOf(orderId)],
    ['Status', status],
    ['Failure', failure && `${failure.code}: ${failure.detail}`],
    ['Cancelled', revokedAt === undefined ? undefined : `with its event, ${timeText(revokedAt)}`],
    ['By hand', refunded && currency ? `${money(refunded, currency)} given back` : undefined],
    ['Refund', order.refundFailed ? 'the bank does not take the money back' : undefined],
    ['Dispute', dispute?.status],
    ['Event', eventId],
    ['Extras', items.map(({ name, extraId, quantity }) => `${quantity} × ${name ?? extraId}`).join(', ')],
    ['Stock', order.stock],
    ['Amount', amount === undefined || currency === undefined ? undefined : price(amount, currency)],
    ['Opened', timeText(createdAt)],
    [
      'Waits',
      status === 'AWAITING_AUTHENTICATION' && authenticateBy !== undefined
        ? `for the buyer to answer the bank, until ${timeText(authenticateBy)}`
        : undefined,
    ],
    // Reconcile then starts an execution that undoes it.
    ['Due', dueAt === undefined ? undefined : timeText(dueAt)],
    ['Payment', order.paymentIntentId],
    ['Buyer', withBuyer ? `${buyer.name}, ${buyer.email}` : undefined],
    ['Execution', order.executionId],
    ['Hash', purchaseHash(orderId)],
  ]);
}
