import { cancelPaymentIntent } from './cancel-payment-intent';
import { capturePaymentIntent } from './capture-payment-intent';
import { retrieveCharge } from './charges';
import { createConfirmationToken, retrieveConfirmationToken } from './confirmation-tokens';
import { confirmPaymentIntent } from './confirm-payment-intent';
import { createPaymentIntent } from './create-payment-intent';
import { createRefund } from './create-refund';
import { listDisputes, retrieveDispute } from './disputes';
import { type Operation } from './operation';
import { listPaymentIntents, retrievePaymentIntent } from './read-payment-intents';
import { listRefunds, retrieveRefund } from './read-refunds';
import { refusal } from './rules';
import { updatePaymentIntent } from './update-payment-intent';
import { listWebhookEndpoints } from './webhook-endpoints';

/** Everything this server does. */
const OPERATIONS: readonly Operation[] = [
  createPaymentIntent,
  retrievePaymentIntent,
  listPaymentIntents,
  updatePaymentIntent,
  confirmPaymentIntent,
  capturePaymentIntent,
  cancelPaymentIntent,
  createRefund,
  retrieveRefund,
  listRefunds,
  retrieveDispute,
  listDisputes,
  retrieveCharge,
  listWebhookEndpoints,
  createConfirmationToken,
  retrieveConfirmationToken,
];

/** @throws StripeError 404 for every other part of Stripe's API, naming what was asked for */
export function route(method: string, path: string): { operation: Operation; id: string } {
  for (const operation of OPERATIONS) {
    const match = operation.method === method && operation.path.exec(path);
    if (match) return { operation, id: match[1] ?? '' };
  }
  throw refusal(
    'unknown-url',
    `Unrecognized request URL (${method}: ${path}). The local Stripe server serves payment intents (create, ` +
      'retrieve, list, update, confirm, capture, cancel), refunds (create, retrieve, list), disputes (retrieve, ' +
      'list), charges (retrieve), webhook endpoints (list) and confirmation tokens (retrieve; create as a test helper).',
  );
}
