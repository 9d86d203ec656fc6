import { randomUUID } from 'node:crypto';
import { QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Order, type OrderRequest } from '../../../lambda/order/order';
import { OrderRepository } from '../../../lambda/order/order-repository';
import { type Tables } from '../../support/tables';
import { MovableClock } from '../checkout';

export const BUYER = { name: 'Ann', email: 'ann@example.com' };

/** Of one of each extra. */
const PRICE = 500;

/** An event with extras, and orders brought as far as a test wants them. */
export class OrderShop {
  readonly eventId = `event-${randomUUID()}`;
  readonly clock = new MovableClock();
  readonly orders: OrderRepository;

  constructor(private readonly tables: Tables) {
    this.orders = new OrderRepository(tables.client, tables.orderTable, this.clock);
  }

  static async open(tables: Tables, stock: Readonly<Record<string, number>>): Promise<OrderShop> {
    const shop = new OrderShop(tables);
    await shop.orders.extras.replace(
      shop.eventId,
      Object.entries(stock).map(([extraId, of]) => ({ extraId, name: extraId, price: PRICE, stock: of })),
    );
    return shop;
  }

  /** An order that an execution of its own has taken. */
  async taken(quantities: Readonly<Record<string, number>>, executionId = randomUUID()): Promise<Order> {
    const orderId = randomUUID();
    await this.orders.open(this.order(orderId, quantities));
    return (await this.orders.take(orderId, executionId)) as Order;
  }

  order(orderId: string, quantities: Readonly<Record<string, number>>): Order {
    const items: OrderRequest['items'] = Object.entries(quantities).map(([extraId, quantity]) => ({
      ...{ extraId, quantity },
    }));
    return {
      ...{ orderId, status: 'PENDING', fingerprint: 'f', eventId: this.eventId, items, buyer: BUYER },
      createdAt: this.clock.nowSeconds(),
    };
  }

  async reserved(quantities: Readonly<Record<string, number>>): Promise<Order> {
    const order = await this.taken(quantities);
    await this.orders.reserve(order, order.executionId!);
    return (await this.orders.find(order.orderId))!;
  }

  async sold(quantities: Readonly<Record<string, number>>): Promise<Order> {
    return this.confirmed(await this.reserved(quantities));
  }

  /** Makes an order CONFIRMED: `UpdateInventory` writes that without a function. */
  async confirmed({ orderId, items }: Order): Promise<Order> {
    await this.tables.client.send(
      new UpdateCommand({
        TableName: this.tables.orderTable,
        Key: { pk: `ORDER#${orderId}`, sk: 'ORDER' },
        UpdateExpression:
          'SET #status = :confirmed, stock = :sold, paymentIntentId = :intent, amount = :amount REMOVE dueAt, dueShard',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ...{ ':confirmed': 'CONFIRMED', ':sold': 'SOLD', ':intent': `pi_${orderId}` },
          ':amount': items.reduce((sum, { quantity }) => sum + quantity * PRICE, 0),
        },
      }),
    );
    return (await this.orders.find(orderId))!;
  }

  /** The buyer is told of the order's end. */
  async told(order: Order): Promise<Order> {
    await this.orders.beginTelling(order, randomUUID());
    await this.orders.endTelling(order);
    return order;
  }

  async claimed(order: Order): Promise<Order> {
    const failure = { code: 'PAYMENT_DECLINED', detail: 'The card was declined.' } as const;
    return (await this.orders.claim(order.orderId, order.executionId!, failure)) as Order;
  }

  async available(): Promise<Record<string, number>> {
    const extras = await this.orders.extras.list(this.eventId);
    return Object.fromEntries(extras.map(({ extraId, available }) => [extraId, available]));
  }

  /** What the reservations of the event say, by extra. */
  async reservedOf(): Promise<Record<string, number>> {
    const { Items = [] } = await this.tables.client.send(
      new QueryCommand({
        TableName: this.tables.orderTable,
        KeyConditionExpression: 'pk = :orders',
        ExpressionAttributeValues: { ':orders': `EVENT#${this.eventId}#ORDERS` },
      }),
    );
    const sums: Record<string, number> = {};
    for (const { items } of Items as { items: { extraId: string; quantity: number }[] }[]) {
      for (const { extraId, quantity } of items) sums[extraId] = (sums[extraId] ?? 0) + quantity;
    }
    return sums;
  }
}
