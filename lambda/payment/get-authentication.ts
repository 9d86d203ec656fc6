import { findPurchase } from '../purchase/find-purchase';
import { type Authentication } from '../purchase/purchase-answer';
import { connectPurchases } from '../purchase/connect-purchases';
import { json, route } from '../shared/api';
import { systemClock, timeText } from '../shared/clock';
import { Problem } from '../shared/problem';
import { connectGateway } from './connect-gateway';

/**
 * `GET /purchases/{purchaseId}/authentication`: the secret by which the buyer's page lets the bank ask. It is read from the
 * provider each time, so no table, execution or log ever has it.
 */
export const handler = route({
  name: 'GetAuthentication',
  connect: () => ({
    purchases: connectPurchases(),
    gateway: connectGateway,
    clock: systemClock,
  }),
  answer: async (event, { purchases, gateway, clock }) => {
    const { status, paymentIntentId, authenticateBy = 0 } = await findPurchase(event, purchases);
    const isAwaited = status === 'AWAITING_AUTHENTICATION' && authenticateBy > clock.nowSeconds();
    if (!isAwaited || !paymentIntentId) throw new Problem('NothingToAuthenticate');
    const payments = await gateway();
    const clientSecret = await payments.clientSecretOf(paymentIntentId);
    return json(200, { clientSecret, authenticateBy: timeText(authenticateBy) } satisfies Authentication);
  },
});
