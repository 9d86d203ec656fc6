import Stripe from 'stripe';
import { Problem } from '../shared/problem';
import { PaymentGatewayTimeout, RefundFailed } from '../shared/saga-errors';
import { type Charge, type PaymentGateway } from './payment-gateway';

/** Milliseconds for one call. Stripe's own default, 80 s, outlives both the step and the buyer. */
const CALL_TIMEOUT = 4_000;

/** The confirm waits for the card's bank, so it gets longer. */
const CONFIRM_TIMEOUT = 7_000;

/** A bank that has sent so many refunds back will not take the next: a person must find another way. */
const MAX_REFUNDS_RETURNED = 3;

/**
 * Stripe behind the port.
 *
 * Idempotency keys are derived from the purchase, so however often a step runs, Stripe creates one intent and charges
 * it once. The SDK's own retries are off: the state machine retries, visibly.
 */
export class StripeGateway implements PaymentGateway {
  private readonly stripe: Stripe;

  /** @param apiBase another server that speaks Stripe's API, as a URL; Stripe itself when undefined */
  constructor(secretKey: string, apiBase?: string) {
    this.stripe = new Stripe(secretKey, {
      maxNetworkRetries: 0,
      timeout: CALL_TIMEOUT,
      telemetry: false,
      ...(apiBase && addressOf(apiBase)),
    });
  }

  async createIntent({ purchaseId, amount, currency }: Charge): Promise<{ paymentIntentId: string }> {
    const intent = await this.call(() =>
      this.stripe.paymentIntents.create(
        {
          amount,
          currency: currency.toLowerCase(),
          // No method that would send the buyer to another page: there is no page in a synchronous call.
          automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
          metadata: { purchaseId },
        },
        { idempotencyKey: `${purchaseId}:create` },
      ),
    );
    return { paymentIntentId: intent.id };
  }

  async confirmIntent(intent: {
    purchaseId: string;
    paymentIntentId: string;
    paymentMethod: string;
  }): Promise<void> {
    const { status } = await this.call(() =>
      this.stripe.paymentIntents.confirm(
        intent.paymentIntentId,
        // Nobody is there to act in a synchronous checkout: fail at once instead of waiting for 3-D Secure.
        { payment_method: intent.paymentMethod, error_on_requires_action: true },
        { idempotencyKey: `${intent.purchaseId}:confirm`, timeout: CONFIRM_TIMEOUT },
      ),
    );
    if (status === 'succeeded') return;
    if (status === 'requires_action') throw new Problem('PaymentActionRequired');
    throw new PaymentGatewayTimeout(`The payment is ${status}`);
  }

  async undoIntent(intent: {
    purchaseId: string;
    paymentIntentId: string;
  }): Promise<'refunded' | 'cancelled'> {
    const { status, latest_charge: charge } = await this.call(() =>
      this.stripe.paymentIntents.retrieve(intent.paymentIntentId, { expand: ['latest_charge.refunds'] }),
    );
    switch (status) {
      case 'succeeded':
        if (refundsReturned(charge) >= MAX_REFUNDS_RETURNED) {
          throw new RefundFailed(`The bank has sent ${MAX_REFUNDS_RETURNED} refunds back`);
        }
        await this.refund(intent);
        return 'refunded';
      case 'canceled':
        return 'cancelled';
      default:
        await this.call(() => this.stripe.paymentIntents.cancel(intent.paymentIntentId));
        return 'cancelled';
    }
  }

  async *listOpenIntents({ from, to }: { from: number; to: number }) {
    const intents = this.stripe.paymentIntents.list({
      created: { gte: from, lte: to },
      limit: 100,
      expand: ['data.latest_charge'],
    });
    for await (const { id, metadata, status, latest_charge: charge } of intents) {
      const purchaseId = metadata['purchaseId'];
      // An account may serve other shops: what names no purchase is not ours to undo.
      if (!purchaseId || status === 'canceled') continue;
      if (typeof charge === 'object' && charge?.refunded) continue;
      yield { purchaseId, paymentIntentId: id };
    }
  }

  /**
   * Refunds the whole charge. Without an idempotency key, on purpose: Stripe refuses to refund a charge twice by itself,
   * while a key would repeat a stored failure for 24 hours. A pending refund is on its way; a failed one moved nothing.
   */
  private async refund({
    purchaseId,
    paymentIntentId,
  }: {
    purchaseId: string;
    paymentIntentId: string;
  }): Promise<void> {
    try {
      const { status } = await this.call(() =>
        this.stripe.refunds.create({ payment_intent: paymentIntentId, metadata: { purchaseId } }),
      );
      if (status !== 'succeeded' && status !== 'pending') throw new RefundFailed(`The refund is ${status}`);
    } catch (error) {
      if (error instanceof Stripe.errors.StripeError && error.code === 'charge_already_refunded') return;
      throw error;
    }
  }

  /** The one place where Stripe's errors are sorted into definite and unknown. */
  private async call<Result>(request: () => Promise<Result>): Promise<Result> {
    try {
      return await request();
    } catch (error) {
      throw sorted(error);
    }
  }
}

/** A refund that the bank will not take counts as made first, and as failed days later. */
function refundsReturned(charge: string | Stripe.Charge | null): number {
  if (charge === null || typeof charge === 'string') return 0;
  return charge.refunds?.data.filter(({ status }) => status === 'failed').length ?? 0;
}

function sorted(error: unknown): unknown {
  if (!(error instanceof Stripe.errors.StripeError)) return error;
  if (error instanceof Stripe.errors.StripeCardError) {
    return error.code === 'authentication_required'
      ? new Problem('PaymentActionRequired')
      : new Problem('PaymentDeclined', declinedDetail(error.decline_code ?? error.code));
  }
  if (error.param === 'payment_method')
    return new Problem('PaymentDeclined', 'The payment method is not known.');
  const unknownOutcome =
    error instanceof Stripe.errors.StripeConnectionError ||
    error instanceof Stripe.errors.StripeAPIError ||
    error instanceof Stripe.errors.StripeRateLimitError ||
    // The intent moved between reading and writing it: read it again.
    error.code === 'payment_intent_unexpected_state' ||
    error.code === 'lock_timeout';
  if (unknownOutcome) return new PaymentGatewayTimeout(`Stripe: ${error.type} ${error.code ?? ''}`.trim());
  return error;
}

/** Words for the buyer. Fraud-like reasons are not told apart from a plain decline, as Stripe asks. */
function declinedDetail(reason: string | undefined): string {
  const nothingHappened = 'Nothing was charged and the seats are free again.';
  switch (reason) {
    case 'insufficient_funds':
      return `The card has insufficient funds. ${nothingHappened}`;
    case 'expired_card':
      return `The card has expired. ${nothingHappened}`;
    case 'incorrect_cvc':
      return `The card's security code is wrong. ${nothingHappened}`;
    default:
      return `The card was declined. ${nothingHappened}`;
  }
}

function addressOf(apiBase: string) {
  const { protocol, hostname, port } = new URL(apiBase);
  return { protocol: protocol === 'http:' ? ('http' as const) : ('https' as const), host: hostname, port };
}
