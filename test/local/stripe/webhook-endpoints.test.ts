import type Stripe from 'stripe';
import { setTimeout as delay } from 'node:timers/promises';
import { LocalClock } from '../../../local/core/clock';
import { type EventEndpoint } from '../../../local/stripe/event-destination';
import { API_VERSION } from '../../../local/stripe/rules';
import { type StripeServer, startStripeServer } from '../../../local/stripe/stripe-server';
import { errorOf, pay, stripeClient } from './stripe-fixture';

const servers: StripeServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function started(endpoint?: EventEndpoint): Promise<{ server: StripeServer; stripe: Stripe }> {
  const server = await startStripeServer({ clock: new LocalClock(), endpoint });
  servers.push(server);
  return { server, stripe: stripeClient(server) };
}

test('the endpoint of the account is listed without its signing secret', async () => {
  const { stripe } = await started({ url: 'https://shop.test/stripe-events', secrets: ['whsec_1'] });

  const { data, has_more } = await stripe.webhookEndpoints.list();

  expect(data).toEqual([
    expect.objectContaining({
      ...{ object: 'webhook_endpoint', url: 'https://shop.test/stripe-events', status: 'enabled' },
      ...{ enabled_events: ['*'], api_version: API_VERSION, application: null, livemode: false },
    }),
  ]);
  expect([has_more, 'secret' in data[0]!]).toEqual([false, false]);
});

test('an account without one has an empty list', async () => {
  const { stripe } = await started();

  expect((await stripe.webhookEndpoints.list()).data).toEqual([]);
});

test.each([
  ['more than a hundred', { limit: 101 }, 'Invalid limit'],
  ['a cursor that is none of theirs', { starting_after: 'we_none' }, "No such webhook_endpoint: 'we_none'"],
  ['what it does not filter by', { url: 'https://shop.test' }, 'Received unknown parameter: url'],
])('refuses %s', async (_, parameters, message) => {
  const { stripe } = await started();

  const error = await errorOf(stripe.webhookEndpoints.list(parameters as Stripe.WebhookEndpointListParams));

  expect(error.message).toContain(message);
});

test('an endpoint is sent what it asked for, and nothing while it is disabled', async () => {
  const some = { url: 'http://127.0.0.1:9', secrets: ['whsec_1'], enabledEvents: ['refund.created'] };
  const asked = await started(some);
  const disabled = await started({ ...some, status: 'disabled' });

  for (const { stripe } of [asked, disabled]) {
    const { id } = await pay(stripe, 'pm_card_visa');
    await stripe.refunds.create({ payment_intent: id });
  }
  await delay(10);

  const types = ({ server }: typeof asked) => server.events.reports().map(({ type }) => type);
  expect([types(asked), types(disabled)]).toEqual([['refund.created'], []]);
});
