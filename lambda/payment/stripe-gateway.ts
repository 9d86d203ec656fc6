import Stripe from 'stripe';
import { OwnError } from '../shared/own-error';
import { Problem } from '../shared/problem';
import { PaymentGatewayTimeout, RefundFailed } from '../shared/saga-errors';
import { type Charge, type OpenIntent, type PaymentGateway, type Period } from './payment-gateway';

/** Milliseconds for one call. Stripe's own default, 80 s, outlives both the step and the buyer. */
const CALL_TIMEOUT = 4_000;

/** The confirm waits for the card's bank, so it gets longer. */
const CONFIRM_TIMEOUT = 7_000;

/** `kind` of a purchase's payments. Those of older versions have none. */
const PURCHASE = 'purchase';

/** A bank that has sent so many refunds back will not take the next: a person must find another way. */
const MAX_REFUNDS_RETURNED = 3;

/**
 * Stripe behind the port.
 *
 * Idempotency keys are derived from the purchase, so however often a step runs, Stripe creates one intent and charges
 * it once. The SDK's own retries are off, because the state machine retries, visibly; but for one that cannot be switched
 * off: a request whose connection was closed is sent once more, under the same key.
 */
export class StripeGateway implements PaymentGateway {
  private readonly stripe: Stripe;

  /**
   * @param stage whose payments these are: what another stage has made on the same account is not listed
   * @param apiBase another server that speaks Stripe's API, as a URL; Stripe itself when undefined
   */
  constructor(
    secretKey: string,
    private readonly stage: string,
    apiBase?: string,
  ) {
    this.stripe = new Stripe(secretKey, {
      maxNetworkRetries: 0,
      timeout: CALL_TIMEOUT,
      telemetry: false,
      ...(apiBase && addressOf(apiBase)),
    });
  }

  async createIntent({
    purchaseId,
    installation,
    amount,
    currency,
  }: Charge): Promise<{ paymentIntentId: string }> {
    const intent = await this.call(() =>
      this.stripe.paymentIntents.create(
        {
          amount,
          currency: currency.toLowerCase(),
          // No method that would send the buyer to another page: there is no page in a synchronous call.
          automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
          metadata: { ...this.metadataOf(purchaseId), ...(installation && { installation }) },
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
        { payment_method: intent.paymentMethod },
        { idempotencyKey: `${intent.purchaseId}:confirm`, timeout: CONFIRM_TIMEOUT },
      ),
    );
    if (status === 'succeeded') return;
    if (status === 'requires_action') {
      // Nobody is there to act in a synchronous checkout, and Stripe takes no `error_on_requires_action` with automatic
      // payment methods (changelog 2023-08-16, "Enables automatic payment methods by default", read November 2026).
      await this.call(() =>
        this.stripe.paymentIntents.cancel(
          intent.paymentIntentId,
          {},
          { idempotencyKey: `${intent.purchaseId}:cancel` },
        ),
      );
      throw new Problem('PaymentActionRequired');
    }
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

  async *listOpenIntents({ from, to }: Period): AsyncGenerator<OpenIntent> {
    const intents = this.stripe.paymentIntents.list({
      created: { gte: from, lte: to },
      limit: 100,
      expand: ['data.latest_charge'],
    });
    for await (const intent of this.listed(intents)) {
      const open = this.openIntent(intent);
      if (open && intent.status !== 'canceled' && !isRefunded(intent.latest_charge)) yield open;
    }
  }

  async *listReturnedRefunds({ from, to }: Period): AsyncGenerator<OpenIntent> {
    const refunds = this.stripe.refunds.list({
      created: { gte: from, lte: to },
      limit: 100,
      expand: ['data.charge', 'data.payment_intent'],
    });
    const found = new Set<string>();
    for await (const { status, charge, payment_intent: intent } of this.listed(refunds)) {
      // What failed at the bank, or was called off by a person, moved nothing.
      if (status !== 'failed' && status !== 'canceled') continue;
      if (intent === null || typeof intent === 'string' || found.has(intent.id)) continue;
      const open = this.openIntent(intent);
      if (!open || isRefunded(charge)) continue;
      found.add(intent.id);
      yield open;
    }
  }

  private metadataOf(purchaseId: string) {
    return { purchaseId, stage: this.stage, kind: PURCHASE };
  }

  /**
   * The payment, if it is of a purchase of this stage: an account may serve other shops, and other stages, whose purchases
   * are in tables we do not see. Not if a person has repaid it another way and marked it so.
   */
  private openIntent({ id, created, metadata }: Stripe.PaymentIntent): OpenIntent | undefined {
    const { purchaseId, stage, kind = PURCHASE, installation, repaid } = metadata;
    if (!purchaseId || stage !== this.stage || kind !== PURCHASE || repaid) return undefined;
    return { purchaseId, paymentIntentId: id, installation, createdAt: created };
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
        this.stripe.refunds.create({
          payment_intent: paymentIntentId,
          metadata: this.metadataOf(purchaseId),
        }),
      );
      if (status !== 'succeeded' && status !== 'pending') throw new RefundFailed(`The refund is ${status}`);
    } catch (error) {
      if (error instanceof StripeFailure && error.message === 'charge_already_refunded') return;
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

  /** The same for a list, which asks for its pages by itself. */
  private async *listed<Item>(list: AsyncIterable<Item>): AsyncGenerator<Item> {
    try {
      yield* list;
    } catch (error) {
      throw sorted(error);
    }
  }
}

/**
 * An error of Stripe's by its type, such as `StripeAuthenticationError`, with its code as message. The SDK calls all its
 * errors `Error`, and they carry Stripe's words and the buyer's billing details.
 */
class StripeFailure extends OwnError {
  constructor(
    override readonly name: string,
    code: string | undefined,
  ) {
    super(code ?? name);
  }
}

function isRefunded(charge: string | Stripe.Charge | null): boolean {
  return typeof charge === 'object' && charge?.refunded === true;
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
      : new Problem(
          'PaymentDeclined', // The SDK makes an empty string of a decline code that is not there.
          declinedDetail(error.decline_code || error.code),
        );
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
  return new StripeFailure(error.type, error.code);
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
