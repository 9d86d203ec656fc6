import Stripe from 'stripe';
import { type Authorisation, type Timed } from '../../lambda/payment/payment-gateway';
import { StripeGateway } from '../../lambda/payment/stripe-gateway';
import { OwnError } from '../../lambda/shared/own-error';
import { type Exchange, RecordingProxy } from './recording-proxy';

/** A purchase's payment. */
export interface Payment {
  readonly purchaseId: string;
  readonly paymentIntentId: string;
}

/** The results of an outcome, and the calls that were made. */
export interface Recording {
  readonly results: readonly unknown[];
  readonly exchanges: readonly Exchange[];
}

/** Milliseconds: longer than a sandbox needs for a request, shorter than the gateway waits. */
const PATIENCE = 4_000;

/** The tickets of every payment here. */
export const PRICE = { amount: 12_000, currency: 'EUR' };

/**
 * A shop that pays with one server: by the gateway of the product, and by the plain SDK for what only a page, or a person in
 * the dashboard, does.
 */
export class Shop {
  readonly gateway: StripeGateway;
  readonly sdk: Stripe;
  private readonly made: Payment[] = [];
  private purchases = 0;

  private constructor(
    private readonly connection: Awaited<ReturnType<typeof RecordingProxy.start>>,
    secretKey: string,
    /** Of all payments of this run; the same for both servers, so that what they say can be compared. */
    readonly stage: string,
  ) {
    this.gateway = this.gatewayWith(secretKey);
    this.sdk = sdkFor(secretKey, connection.url);
  }

  static async open(options: {
    server: string;
    secretKey: string;
    stage: string;
    gap: number;
  }): Promise<Shop> {
    const { server, secretKey, stage, gap } = options;
    return new Shop(await RecordingProxy.start(server, stage, gap), secretKey, stage);
  }

  /** The product's gateway with another key. */
  gatewayWith(secretKey: string): StripeGateway {
    return new StripeGateway(secretKey, this.stage, this.connection.url);
  }

  /** The id of a new purchase: the n-th is the same for both servers. */
  newPurchase(): string {
    return `${this.stage}-${++this.purchases}`;
  }

  async create(purchaseId = this.newPurchase()): Promise<Payment> {
    const { paymentIntentId } = await this.gateway.createIntent({ purchaseId, ...PRICE });
    const payment = { purchaseId, paymentIntentId };
    this.made.push(payment);
    return payment;
  }

  authorise(payment: Payment & Timed, paymentMethod: string, attempt = 1): Promise<Authorisation> {
    return this.gateway.authoriseIntent({ ...payment, paymentMethod, attempt });
  }

  capture(payment: Payment & Timed): Promise<void> {
    return this.gateway.captureIntent(payment);
  }

  /** Money taken, in cents. */
  async received({ paymentIntentId }: Payment): Promise<number> {
    return (await this.sdk.paymentIntents.retrieve(paymentIntentId)).amount_received;
  }

  async paid(paymentMethod = 'pm_card_visa'): Promise<Payment> {
    const payment = await this.create();
    await this.authorise(payment, paymentMethod);
    await this.capture(payment);
    return payment;
  }

  /** What a page gets from Stripe.js for a card. */
  async confirmationToken(card: string): Promise<string> {
    return (await this.sdk.testHelpers.confirmationTokens.create({ payment_method: card })).id;
  }

  /** The answer to the next of these calls gets lost. Returns until when it is worth waiting for. */
  loseNext(call: 'confirm' | 'capture'): { deadline: number } {
    this.connection.proxy.loseAnswer(`POST /v1/payment_intents/{id}/${call}`);
    return { deadline: Date.now() + PATIENCE };
  }

  /** Plays an outcome: the result of each of its parts, and the calls that were made. */
  async record(play: (shop: Shop) => AsyncIterable<unknown>): Promise<Recording> {
    this.connection.proxy.take();
    const results: unknown[] = [];
    try {
      for await (const result of play(this)) results.push(result);
    } catch (error) {
      results.push(`FAILED ${String(outcomeOfError(error))}`);
    }
    return { results, exchanges: this.connection.proxy.take() };
  }

  /**
   * Refunds every payment of this shop, and cancels those that were not paid: Stripe deletes none.
   *
   * @returns ids of those that could be neither refunded nor cancelled
   */
  async cleanUp(): Promise<string[]> {
    const left: string[] = [];
    for (const payment of this.made.splice(0)) {
      await this.gateway.undoIntent(payment).catch(() => left.push(payment.paymentIntentId));
    }
    return left;
  }

  close(): Promise<void> {
    return this.connection.close();
  }
}

/** What the saga would be told: the name of the error, and Stripe's codes where it has some; never a message. */
export async function outcomeOf(attempt: Promise<unknown>): Promise<unknown> {
  return attempt.then((result) => result ?? 'ok', outcomeOfError);
}

function outcomeOfError(error: unknown): unknown {
  if (error instanceof Stripe.errors.StripeError) return [error.type, error.code].filter(Boolean).join(' ');
  if (!(error instanceof Error)) return 'Error';
  const { stripeError, stripeCode } = (error instanceof OwnError && error.facts) || {};
  return [...new Set([error.name, stripeError, stripeCode])].filter(Boolean).join(' ');
}

/** The plain SDK, which asks each thing once. */
export function sdkFor(secretKey: string, url: string): Stripe {
  const { hostname: host, port, protocol } = new URL(url);
  return new Stripe(secretKey, {
    ...{ host, maxNetworkRetries: 0, telemetry: false },
    ...(protocol === 'https:' ? { protocol: 'https', port: port || 443 } : { protocol: 'http', port }),
  });
}
