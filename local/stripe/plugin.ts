import { definePlugin } from '../core/plugin';
import { json, limitOf } from '../http/route';
import { authenticationRoute } from './authentication-route';
import { balanceRoute } from './balance-route';
import { type EventEndpoint } from './event-destination';
import { eventRoutes } from './event-routes';
import { handRoutes } from './hand-routes';
import { startStripeServer } from './stripe-server';

interface StripeSettings {
  /** In which functions find where the server is. @default 'STRIPE_API_BASE' */
  readonly variable?: string;
  /** What one would enter in the dashboard as an event destination. @default events go nowhere */
  readonly endpoint?: EventEndpoint;
}

/** No service of AWS: Stripe's API for payments. Each app calls the variable with its address as it likes. */
export const STRIPE = definePlugin({
  name: 'stripe',
  async start({ clock, storage, tell }, _, { variable = 'STRIPE_API_BASE', endpoint }: StripeSettings) {
    const service = await startStripeServer({
      ...{ clock, endpoint, journalFile: storage.journalFile('stripe') },
    });
    service.onChange(() => tell('payments', () => ({})));
    return {
      service,
      server: { url: service.url, variable },
      routes: {
        'GET /local/payments': (_, request) =>
          json(200, { payments: service.payments().slice(0, limitOf(request)) }),
        ...authenticationRoute(service),
        ...handRoutes(service),
        ...balanceRoute(service),
        ...eventRoutes(service.events),
      },
      // What is being sent would wait for the API, which waits for the reset.
      pause: () => service.events.reset(),
      reset: () => service.reset(),
      close: () => service.close(),
    };
  },
});
