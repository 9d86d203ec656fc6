import { type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { bodyOf, send, ServiceProxy } from '../../harness/service-proxy';
import { LocalClock } from '../../local/core/clock';
import { startStripeServer, type StripeServer } from '../../local/stripe/stripe-server';
import { OUTCOMES } from '../../scripts/check-stripe/outcomes';
import { outcomeOf, Shop } from '../../scripts/check-stripe/shop';
import { type Request } from './openapi';

/** A request of the gateway, and what the local Stripe server answered. */
export interface Exchange extends Request {
  /** What was played. */
  readonly during: string;
  readonly stripeVersion: string;
  readonly status: number;
  readonly answer: unknown;
}

type PlayOutcome = (shop: Shop, server: StripeServer, clock: LocalClock) => Promise<unknown>;

/** Seconds: longer than a bank takes to send a refund back. */
const SOME_DAYS = 30 * 86_400;

/** What no program can cause at Stripe, so that `npm run check:stripe` does not play it. */
const BY_HAND: Readonly<Record<string, PlayOutcome>> = {
  async 'an order with the part of a refund'(shop) {
    const { paymentIntentId } = await shop.gateway.createIntent({
      ...{ purchaseId: 'order-1', kind: 'order', installation: 'of-the-tables' },
      ...{ amount: 4_200, currency: 'EUR' },
    });
    const order = { purchaseId: 'order-1', kind: 'order', paymentIntentId } as const;
    await shop.gateway.authoriseIntent({ ...order, paymentMethod: 'pm_card_visa', attempt: 1 });
    await shop.gateway.captureIntent(order);
    await shop.gateway.refundTo({ ...order, amount: 1_200 });
    await shop.gateway.refundTo({ ...order, amount: 4_200 });
    await shop.gateway.readRefunded(paymentIntentId);
    await shop.gateway.readPayment(paymentIntentId);
  },
  async 'a buyer who passes 3-D Secure, and one who does not'(shop, server) {
    for (const answer of ['succeeded', 'failed'] as const) {
      const payment = await shop.create();
      await shop.authorise(payment, 'pm_card_threeDSecure2Required');
      await shop.gateway.clientSecretOf(payment.paymentIntentId);
      server.answerBank(payment.paymentIntentId, answer);
      await outcomeOf(shop.gateway.readAuthorisation(payment));
    }
  },
  async 'disputes, one open and one decided each way'(shop, server) {
    for (const outcome of [undefined, 'under_review', 'won', 'lost'] as const) {
      const payment = await shop.paid();
      server.dispute(payment.paymentIntentId, outcome);
      await outcomeOf(shop.gateway.undoIntent(payment));
      await shop.gateway.readPayment(payment.paymentIntentId, { disputed: true });
      const { data } = await shop.sdk.disputes.list({ payment_intent: payment.paymentIntentId });
      await shop.sdk.disputes.retrieve(data[0]!.id);
    }
    await drained(shop.gateway.listDisputed(ever()));
  },
  async 'a refund that the bank sends back, and what the audit lists'(shop, _, clock) {
    const payment = await shop.paid('pm_card_refundFail');
    await shop.gateway.undoIntent(payment);
    clock.advance(SOME_DAYS);
    await shop.paid();
    await drained(shop.gateway.listOpenIntents(ever()));
    await drained(shop.gateway.listReturnedRefunds(ever()));
    await drained(shop.gateway.listRefunded(ever()));
  },
  async 'a refund without a balance'(shop, server) {
    const payment = await shop.paid();
    server.setBalance('empty');
    await outcomeOf(shop.gateway.refundTo({ ...payment, amount: 1_000 }));
    await outcomeOf(shop.gateway.refundTo({ ...payment, amount: 1_000 }));
    server.setBalance('sufficient');
  },
  async 'what the readiness of a stage reads'(shop) {
    await shop.sdk.webhookEndpoints.list({ limit: 100 });
  },
};

export interface Traffic {
  readonly exchanges: readonly Exchange[];
  /** What the local Stripe server has sent of the payments. */
  readonly events: readonly unknown[];
}

/** Plays the product's payment gateway, and what is done beside it by a page or a person, against the local Stripe server. */
export async function recordTraffic(signal: AbortSignal): Promise<Traffic> {
  const exchanges: Exchange[] = [];
  const events: unknown[] = [];
  const clock = new LocalClock();
  const proxy = new ServiceProxy();
  const receiver = await proxy.before(async (request, response) => {
    events.push(json(await bodyOf(request)));
    response.end();
  });
  const server = await startStripeServer({ clock, endpoint: { url: receiver, secrets: ['whsec_local'] } });
  let during = '';
  const url = await proxy.before(async (request, response) => {
    const body = await bodyOf(request);
    const reply = await proxy.forward(new URL(server.url), request, body);
    exchanges.push({ during, ...requestOf(request, body), status: reply.status, answer: json(reply.body) });
    send(response, reply);
  });
  const shop = await Shop.open({ server: url, secretKey: 'sk_test_local', stage: 'conformance', gap: 0 });
  try {
    for (const { name, play } of OUTCOMES) {
      if (signal.aborted) throw signal.reason;
      during = name;
      await shop.record(play);
    }
    for (const [name, play] of Object.entries(BY_HAND)) {
      during = name;
      await play(shop, server, clock);
    }
    await delivered(server, signal);
    return { exchanges, events };
  } finally {
    await shop.close();
    await proxy.close();
    await server.close();
  }
}

async function delivered({ events }: StripeServer, signal: AbortSignal): Promise<void> {
  while (events.reports().some(({ status }) => status === 'pending')) await delay(10, undefined, { signal });
}

function requestOf({ method = '', url = '', headers }: IncomingMessage, body: Buffer) {
  const [path = '', query = ''] = url.split('?');
  const stripeVersion = headers['stripe-version']?.toString() ?? '';
  return { method, path, query, body: body.toString(), stripeVersion };
}

function json(body: Buffer): unknown {
  return JSON.parse(body.toString()) as unknown;
}

const ever = () => ({ from: 0, to: Math.floor(Date.now() / 1000) + 2 * SOME_DAYS });

async function drained(list: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of list);
}
