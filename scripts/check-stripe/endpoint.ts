import Stripe from 'stripe';
import { STRIPE_EVENTS } from '../../lambda/stripe-events/stripe-event';

/** Of an endpoint of the account, what is looked at. */
export type Endpoint = Pick<
  Stripe.WebhookEndpoint,
  'id' | 'url' | 'status' | 'enabled_events' | 'api_version' | 'application'
>;

/** What is found at the endpoint of a stage. */
export interface EndpointCheck {
  /** For the person who reads it. */
  readonly lines: readonly string[];
  readonly isRight: boolean;
}

/**
 * Compares the account's webhook endpoints with what `POST /stripe-events` listens to.
 *
 * @param url of the stage: its output `StripeEventsUrl`
 */
export function checkEndpoints(endpoints: readonly Endpoint[], url: string): EndpointCheck {
  const same = endpoints.filter((endpoint) => sameUrl(endpoint.url, url));
  if (same.length === 0) {
    const others = endpoints.map((endpoint) => `  ${endpoint.id} ${endpoint.url}`);
    return {
      isRight: false,
      lines: [
        `MISSING: the account sends nothing to ${url}`,
        ...(others.length === 0 ? ['It has no webhook endpoint.'] : ['Its endpoints:', ...others]),
      ],
    };
  }
  const found = same.map((endpoint) => ({ endpoint, faults: faultsOf(endpoint) }));
  const twice =
    same.length > 1
      ? [`TWICE: ${same.length} endpoints have this URL, each with a signing secret of its own`]
      : [];
  return {
    isRight: twice.length === 0 && found.every(({ faults }) => faults.length === 0),
    lines: [
      ...twice,
      ...found.flatMap(({ endpoint, faults }) => [
        `${endpoint.id} ${faults.length === 0 ? 'is right' : 'DIFFERS'}: ${endpoint.url}`,
        ...faults.map((fault) => `  ${fault}`),
        ...unheardOf(endpoint).map((type) => `  ${type} is sent, ignored, and paid for`),
      ]),
    ],
  };
}

function faultsOf({
  status,
  enabled_events: enabled,
  api_version: version,
  application,
}: Endpoint): string[] {
  const missing = enabled.includes('*') ? [] : STRIPE_EVENTS.filter((type) => !enabled.includes(type));
  return [
    ...(status === 'enabled' ? [] : [`it is ${status}: nothing is sent`]),
    ...missing.map((type) => `${type} is not sent`),
    ...(version === Stripe.API_VERSION
      ? []
      : [
          `its events have the API version ${version ?? "of the account's own setting"}, not ${Stripe.API_VERSION}`,
        ]),
    ...(application === null
      ? []
      : ['it is an endpoint of a Connect application: what it is sent is not about this account']),
  ];
}

function unheardOf({ enabled_events: enabled }: Endpoint): string[] {
  return enabled.filter((type) => !STRIPE_EVENTS.some((heard) => heard === type));
}

/** A slash at the end is another path to API Gateway, and so to us. */
const sameUrl = (one: string, other: string): boolean =>
  URL.canParse(one) && new URL(one).href === new URL(other).href;
