import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { SNSClient } from '@aws-sdk/client-sns';
import { Cancellations } from '../cancellation/start-cancellation';
import { connectOrders } from '../order/connect-orders';
import { connectGateway } from '../payment/connect-gateway';
import { connectPurchases } from '../purchase/connect-purchases';
import { json, route } from '../shared/api';
import { systemClock } from '../shared/clock';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { headersNamed } from '../shared/headers';
import { logger } from '../shared/logger';
import { measure } from '../shared/measure';
import { type MetricDimensions } from '../shared/metrics';
import { Problem } from '../shared/problem';
import { REQUEST_TIMEOUTS } from '../shared/request-timeouts';
import { disputeTeller } from './dispute-teller';
import { type FollowDependencies, followPayment } from './follow-payment';
import { signatureFault } from './signature';
import { SigningSecrets } from './signing-secrets';
import { isHeard, parseEvent, type StripeEvent } from './stripe-event';

/** Bytes. An event about a payment has some 5,000. */
const LARGEST_BODY = 1_048_576;

export interface StripeEventDependencies extends FollowDependencies {
  readonly secrets: Pick<SigningSecrets, 'current' | 'readAgain'>;
}

type Outcome = MetricDimensions['stripeEvent'];

/**
 * `POST /stripe-events`: Stripe tells that something has become of a payment, also by somebody's hand in its dashboard. The event
 * is believed in nothing but that: the payment is read.
 *
 * Any answer but a 2xx makes Stripe send the event again, for three days ("Receive Stripe events in your webhook endpoint", read
 * November 2026). So a failure of ours loses none, and no list of events that were seen is kept: what is followed already is
 * seen on the purchase itself.
 */
export async function receiveStripeEvent(
  request: APIGatewayProxyEvent,
  dependencies: StripeEventDependencies,
): Promise<APIGatewayProxyResult> {
  let type: string | undefined;
  try {
    const event = await authenticEvent(request, dependencies);
    // What others may name as they like is not logged as it comes.
    type = isHeard(event) ? event.type : 'other';
    count(await follow(event, request, dependencies));
    return json(200, {});
  } catch (error) {
    count(error instanceof Problem ? (error.name === 'PurchaseInProgress' ? 'early' : 'refused') : 'failed');
    throw error;
  }

  function count(stripeEvent: Outcome): void {
    measure({ StripeEvents: 1 }, { stripeEvent }, type ? { stripeEventType: type } : {});
  }
}

async function follow(
  event: StripeEvent,
  { requestContext: { requestId } }: APIGatewayProxyEvent,
  dependencies: StripeEventDependencies,
): Promise<Outcome> {
  const { type, livemode: live, isOurAccount, paymentIntentId } = event;
  if (!isHeard(event)) return 'ignored';
  if (!isOurAccount || !paymentIntentId) return 'foreign';
  const disputed = type.startsWith('charge.dispute.');
  return followPayment({ paymentIntentId, live, disputed, requestId }, dependencies);
}

/** @throws Problem SignatureInvalid, ValidationFailed */
async function authenticEvent(
  request: APIGatewayProxyEvent,
  { secrets, clock }: StripeEventDependencies,
): Promise<StripeEvent> {
  const body = bodyOf(request);
  if (body.length > LARGEST_BODY)
    throw new Problem('ValidationFailed', "The body is larger than any event of Stripe's.");
  const faultOf = (known: readonly string[]) =>
    signatureFault({ body, header: signatureOf(request), secrets: known, now: clock.nowSeconds() });
  let fault = faultOf(await secrets.current());
  // By a secret that was put in a moment ago.
  if (fault === 'wrong') fault = faultOf(await secrets.readAgain());
  if (!fault) return parseEvent(body);
  logger.warn('A request to /stripe-events is refused', { signature: fault });
  throw new Problem('SignatureInvalid');
}

/** The bytes that were signed: API Gateway hands on text, or base64 where a binary media type is set. */
function bodyOf({ body, isBase64Encoded }: APIGatewayProxyEvent): Buffer {
  return Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
}

/** A header that was sent twice has all its values in the second map alone. */
function signatureOf({ headers, multiValueHeaders }: APIGatewayProxyEvent): string | undefined {
  const values = headersNamed(multiValueHeaders, 'stripe-signature').flat();
  return values.length > 0 ? values.join(',') : headersNamed(headers, 'stripe-signature')[0];
}

export const handler = route({
  name: 'ReceiveStripeEvent',
  connect: (): StripeEventDependencies => ({
    secrets: new SigningSecrets(requireEnvironment(ENVIRONMENT.stripeSigningSecret)),
    ...{ purchases: connectPurchases(), orders: connectOrders() },
    gateway: connectGateway,
    cancellations: new Cancellations(),
    tellDispute: disputeTeller(new SNSClient(REQUEST_TIMEOUTS), requireEnvironment(ENVIRONMENT.noticeTopic)),
    clock: systemClock,
  }),
  answer: receiveStripeEvent,
});
