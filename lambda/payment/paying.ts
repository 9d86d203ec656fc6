import { SecretUnusable } from '../shared/environment';
import { type PaymentGateway } from './payment-gateway';
import { PaymentNotPossible } from './payment-refusal';

/**
 * Milliseconds for authorising, capturing and cancelling together, so that the step ends in its time. What runs out of it is
 * retried by the state machine, and goes on where it was.
 */
export const PAYING_TIMEOUT = 7_000;

/**
 * The gateway to pay by. A secret without a usable key is our doing, as a wrong key is.
 *
 * @throws PaymentNotPossible
 */
export async function keyUsable(gateway: Promise<PaymentGateway>): Promise<PaymentGateway> {
  return gateway.catch((error: unknown) => {
    if (!(error instanceof SecretUnusable) || !error.lasting) throw error;
    throw new PaymentNotPossible({ reason: error.message });
  });
}
