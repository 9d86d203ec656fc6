import { connectGateway } from '../payment/connect-gateway';
import { type Authentication } from '../purchase/purchase-answer';
import { json, route } from '../shared/api';
import { systemClock, timeText } from '../shared/clock';
import { Problem } from '../shared/problem';
import { connectOrders } from './connect-orders';
import { findOrder } from './find-order';

/**
 * `GET /orders/{orderId}/authentication`: the secret by which the buyer's page lets the bank ask, read from the provider each time.
 */
export const handler = route({
  name: 'GetOrderAuthentication',
  connect: () => ({ orders: connectOrders(), gateway: connectGateway, clock: systemClock }),
  answer: async (event, { orders, gateway, clock }) => {
    const { status, paymentIntentId, authenticateBy = 0 } = await findOrder(event, orders);
    const isAwaited = status === 'AWAITING_AUTHENTICATION' && authenticateBy > clock.nowSeconds();
    if (!isAwaited || !paymentIntentId)
      throw new Problem(
        'NothingToAuthenticate',
        'This order does not wait for its buyer. Ask for its status.',
      );
    const clientSecret = await (await gateway()).clientSecretOf(paymentIntentId);
    return json(200, { clientSecret, authenticateBy: timeText(authenticateBy) } satisfies Authentication);
  },
});
