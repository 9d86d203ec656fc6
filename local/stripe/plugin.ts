import { definePlugin } from '../core/plugin';
import { json, limitOf } from '../http/route';
import { authenticationRoute } from './authentication-route';
import { startStripeServer } from './stripe-server';

interface StripeSettings {
  /** In which functions find where the server is. @default 'STRIPE_API_BASE' */
  readonly variable?: string;
}

/** No service of AWS: Stripe's API for payments. Each app calls the variable with its address as it likes. */
export const STRIPE = definePlugin({
  name: 'stripe',
  async start({ clock, storage, tell }, _, { variable = 'STRIPE_API_BASE' }: StripeSettings) {
    const service = await startStripeServer({ clock, journalFile: storage.journalFile('stripe') });
    service.onChange(() => tell('payments', () => ({})));
    return {
      service,
      server: { url: service.url, variable },
      routes: {
        'GET /local/payments': (_, request) =>
          json(200, { payments: service.payments().slice(0, limitOf(request)) }),
        ...authenticationRoute(service),
      },
      reset: () => service.reset(),
      close: () => service.close(),
    };
  },
});
