import { type EventEndpoint, type WebhookEndpoint } from './event-destination';
import { listPage, pageParameters } from './lists';
import { type Operation } from './operation';
import { parametersOf } from './parameters';
import { API_VERSION } from './rules';
import { stripeId } from './stripe-id';

/** An endpoint as Stripe lists it. @param created seconds since the epoch */
export function webhookEndpoint(endpoint: EventEndpoint, created: number): WebhookEndpoint {
  const { url, enabledEvents = ['*'], apiVersion = API_VERSION, status = 'enabled' } = endpoint;
  return {
    id: stripeId('we'),
    object: 'webhook_endpoint',
    api_version: apiVersion,
    application: null,
    created,
    description: null,
    enabled_events: [...enabledEvents],
    livemode: false,
    metadata: {},
    status,
    url,
  };
}

export const listWebhookEndpoints: Operation = {
  name: 'webhook_endpoints.list',
  method: 'GET',
  path: /^\/v1\/webhook_endpoints$/,
  prepare(form) {
    const page = pageParameters(parametersOf('webhook_endpoints.list', form));

    return ({ webhookEndpoints }) => ({ answer: listPage('webhook_endpoint', webhookEndpoints, page) });
  },
};
