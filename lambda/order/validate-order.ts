import * as z from 'zod/mini';
import { connectEvent } from '../event/connect-event';
import { type EventRepository } from '../event/event-repository';
import { whyNotOnSale } from '../event/sale-hours';
import { type Purchase } from '../purchase/purchase';
import { connectPurchases } from '../purchase/connect-purchases';
import { type PurchaseRepository } from '../purchase/purchase-repository';
import { type Clock } from '../shared/clock';
import { money, whyNotPayable } from '../shared/currencies';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireNumber } from '../shared/environment';
import { Problem } from '../shared/problem';
import { type RefusalOf } from '../shared/outcomes';
import { keptUntil } from '../event/event-times';
import { step } from '../shared/step';
import { connectOrders } from './connect-orders';
import { measureFailedOrder } from './measure-order';
import { type Order, type OrderedItem } from './order';
import { OrderLeft, OrderLost, orderInputSchema, OrderSettled } from './order-input';
import { OrderNotTaken, type OrderRepository } from './order-repository';
import { ORDER } from './outcomes';

const outputSchema = z.object({});

interface Dependencies {
  readonly orders: OrderRepository;
  readonly events: Pick<EventRepository, 'findLayout'>;
  readonly purchases: Pick<PurchaseRepository, 'find'>;
  readonly clock: Clock;
  /** Seconds after its event for which an order is kept. */
  readonly salesKept: number;
}

/** What is refused for good, and recorded so. */
type OrderRefusal = Problem<Exclude<RefusalOf<typeof ORDER, 'ValidateOrder'>, 'OrderLeft' | 'OrderSettled'>>;

interface Priced {
  readonly items: readonly OrderedItem[];
  readonly amount: number;
  readonly currency: string;
  readonly keptUntil: number;
}

/**
 * Takes the order for this execution, looks whether it can be had, and writes down what it costs at this moment: what the buyer pays.
 * A refusal is recorded: nothing is reserved yet, so nothing is undone.
 *
 * @returns OrderLeft when an execution before this one has reserved, or asked for money: that is undone; OrderSettled when nothing
 * is to be done for the order, or another execution has it
 */
export async function validateOrder(
  { orderId, executionId }: z.output<typeof orderInputSchema>,
  { orders, events, purchases, clock, salesKept }: Dependencies,
): Promise<z.output<typeof outputSchema> | OrderRefusal | OrderLeft | OrderSettled> {
  const order = await orders.take(orderId, executionId);
  if (!order) return new Problem('OrderNotFound');
  if (order instanceof OrderNotTaken) return new OrderSettled();
  if ((order.status !== 'PENDING' || order.stock) ?? order.paymentIntentId) return new OrderLeft();
  const priced = await price(order);
  if (!(priced instanceof Problem)) {
    const noted = await orders.price(order, executionId, priced);
    if (!noted || noted instanceof OrderNotTaken) throw new OrderLost();
    return {};
  }
  await orders.refuse(orderId, executionId, { code: priced.code, detail: priced.message });
  measureFailedOrder(priced.code);
  return priced;

  async function price({ eventId, items, purchaseId, paymentMethod }: Order): Promise<Priced | OrderRefusal> {
    const layout = await events.findLayout(eventId);
    if (!layout) return new Problem('EventNotFound', `There is no event ${eventId}.`);
    const closed = whyNotOnSale(layout, clock.nowSeconds());
    if (closed) return new Problem('SaleClosed', `${closed} Nothing was charged.`);
    const extras = new Map((await orders.extras.list(eventId)).map((extra) => [extra.extraId, extra]));
    const unknown = items.filter(({ extraId }) => !extras.has(extraId)).map(({ extraId }) => extraId);
    if (unknown.length > 0) return new Problem('ExtraNotFound', `Not for sale: ${unknown.join(', ')}.`);
    const unlinked =
      purchaseId === undefined ? undefined : whyNotLinked(await purchases.find(purchaseId), eventId);
    if (unlinked) return unlinked;

    const { currency } = layout;
    const pricedItems = items.map(({ extraId, quantity }) => {
      const { name, price: each } = extras.get(extraId)!;
      return { extraId, quantity, name, price: each };
    });
    const amount = pricedItems.reduce((sum, { quantity, price: each }) => sum + quantity * each, 0);
    const unpayable = whyNotPayable(amount, currency);
    if (unpayable) return new Problem('ValidationFailed', `items: their price together ${unpayable}.`);
    if (amount > 0 && paymentMethod === undefined) {
      const words = `paymentMethod is missing: the extras cost ${money(amount, currency)}.`;
      return new Problem('ValidationFailed', words);
    }
    const until = keptUntil(layout, clock.nowSeconds(), salesKept);
    return { items: pricedItems, amount, currency, keptUntil: until };
  }
}

/** Extras go with a sale that stands, of the same event. */
function whyNotLinked(purchase: Purchase | undefined, eventId: string): OrderRefusal | undefined {
  if (purchase?.eventId !== eventId)
    return new Problem('PurchaseNotFound', 'There is no purchase with this id for the event.');
  switch (purchase.status) {
    case 'CONFIRMED':
      return undefined;
    case 'CANCELLING':
    case 'CANCELLED':
      return new Problem('PurchaseCancelled', 'The purchase that the extras go with is cancelled.');
    case 'FAILED':
    case 'COMPENSATING':
      return new Problem('PurchaseFailed', 'The purchase that the extras go with has failed.');
    default:
      return new Problem('PurchaseInProgress', 'The purchase that the extras go with is still running.');
  }
}

export const handler = step(ORDER, 'ValidateOrder', {
  input: orderInputSchema,
  output: outputSchema,
  connect: (): Dependencies => {
    const client = documentClient();
    const { events, clock } = connectEvent(client);
    return {
      ...{ events, clock, orders: connectOrders(client) },
      purchases: connectPurchases(client),
      salesKept: requireNumber(ENVIRONMENT.salesKept),
    };
  },
  run: validateOrder,
});
