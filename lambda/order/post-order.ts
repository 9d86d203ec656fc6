import type { APIGatewayProxyEvent } from 'aws-lambda';
import { fingerprintOf } from '../purchase/purchase';
import { type AddressHashes, connectAddressHashes } from '../shared/address-hash';
import { json, route } from '../shared/api';
import { type Clock, systemClock } from '../shared/clock';
import { ENVIRONMENT } from '../shared/environment';
import { headersNamed } from '../shared/headers';
import { logger } from '../shared/logger';
import { Problem } from '../shared/problem';
import { referenceOf } from '../shared/reference';
import { parse, parseJson } from '../shared/validation';
import { viewerAddressOf } from '../shared/viewer-address';
import { connectOrders } from './connect-orders';
import { type Order, orderIdSchema, type OrderRequest, orderRequestSchema } from './order';
import { orderAccepted } from './order-answer';
import { OrderExecutions } from './order-executions';
import { type OrderRepository } from './order-repository';

export interface PostOrderDependencies {
  readonly orders: Pick<OrderRepository, 'open' | 'unpaid'>;
  readonly executions: Pick<OrderExecutions, 'start'>;
  readonly addresses: Pick<AddressHashes, 'of'>;
  readonly clock: Clock;
  /** By which CloudFront's word for the buyer's address is believed. @default there is no CloudFront */
  readonly originSecret?: string | undefined;
}

/**
 * Writes the order down, then starts its execution. What is written is accepted: if the start fails, or this function dies before it,
 * the reconciler finds an order that nobody has begun. The same key again gets the same order, as it is now.
 *
 * @param viewer the address that the request came from: what is kept is a hash, under which unpaid extras are counted
 * @throws Problem IdempotencyKeyReused
 */
export async function postOrder(
  orderId: string,
  { request, viewer }: { readonly request: OrderRequest; readonly viewer: string },
  { orders, executions, addresses, clock }: PostOrderDependencies,
): Promise<Order> {
  const { eventId, items, paymentMethod, purchaseId } = request;
  const { name, email } = request.buyer;
  const order: Order = {
    ...{ orderId, status: 'PENDING', fingerprint: fingerprintOf(request), eventId, items },
    ...{ buyer: { name, email }, emailHash: await addresses.of(email) },
    ...{ paymentMethod, purchaseId, createdAt: clock.nowSeconds() },
    unpaidKey: await orders.unpaid.keyOf(eventId, viewer),
  };
  const existing = await orders.open(order);
  if (existing && existing.fingerprint !== order.fingerprint) {
    throw new Problem(
      'IdempotencyKeyReused',
      'This idempotency key came with another body before. Use a new key for a new order.',
    );
  }
  const standing = existing ?? order;
  if (standing.status === 'PENDING' && standing.executionId === undefined) await start();
  return standing;

  async function start(): Promise<void> {
    try {
      await executions.start(orderId);
    } catch (error) {
      const { name: errorName } = error as Error;
      logger.warn('An order is left to the reconciler', { reference: referenceOf(orderId), errorName });
    }
  }
}

/** @throws Problem ValidationFailed */
function keyOf({ headers }: APIGatewayProxyEvent): string {
  const id = orderIdSchema.safeParse(headersNamed(headers, 'idempotency-key')[0]?.toLowerCase());
  if (id.success) return id.data;
  throw new Problem('ValidationFailed', 'The header Idempotency-Key must be a UUID.');
}

/** `POST /orders` */
export const handler = route({
  name: 'PostOrder',
  connect: (): PostOrderDependencies => ({
    ...{ orders: connectOrders(), executions: new OrderExecutions() },
    originSecret: process.env[ENVIRONMENT.originSecret],
    ...{ addresses: connectAddressHashes(), clock: systemClock },
  }),
  answer: async (event, dependencies) => {
    const orderId = keyOf(event);
    const request = parse(orderRequestSchema, parseJson(event.body));
    const viewer = viewerAddressOf(event, dependencies.originSecret);
    const order = await postOrder(orderId, { request, viewer }, dependencies);
    const answer = json(202, orderAccepted(order));
    return { ...answer, headers: { ...answer.headers, Location: `orders/${orderId}` } };
  },
});
