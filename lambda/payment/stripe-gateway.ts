import Stripe from 'stripe';
import { type Dispute, stageOf } from '../purchase/dispute';
import { BalanceEmpty, PaymentGatewayTimeout, RefundFailed, SaleNotPossible } from '../shared/saga-errors';
import {
  type Authorisation,
  type CancellationReason,
  type Charge,
  type Confirmation,
  type Fees,
  type OpenIntent,
  type PaidKind,
  type Payer,
  type PaymentGateway,
  type PaymentState,
  type Period,
  type RefundedSoFar,
  type Timed,
} from './payment-gateway';
import { PaymentRefusal } from './payment-refusal';
import {
  declined,
  hasMoved,
  isBalanceEmpty,
  isReplayed,
  notPossible,
  refusedPayment,
  sorted,
  StripeRefusal,
} from './stripe-errors';

/** Milliseconds for one call. Stripe's own default, 80 s, outlives both the step and the buyer. */
const CALL_TIMEOUT = 4_000;

/** Milliseconds for what waits for the card's bank, with all its calls, where the caller sets no deadline. */
const BANK_TIMEOUT = 7_000;

/** The metadata that names whose payment it is, by its `kind`. Those of older versions have none: they are purchases'. */
const ID_OF = { purchase: 'purchaseId', order: 'orderId' } as const satisfies Record<PaidKind, string>;

/** A client may use one key for a purchase and an order: Stripe must not take one for the other. */
const keyOf = ({ purchaseId, kind }: Payer) => (kind === 'order' ? `order:${purchaseId}` : purchaseId);

/** Keys that one attempt to refund a part tries: Stripe keeps a failure under each for 24 hours. */
const MAX_REFUND_KEYS = 20;

/** Why a refund waits, or has failed, that our balance did not cover ("The Refund object"). */
const UNFUNDED = 'insufficient_funds';

/** A bank that has sent so many refunds back will not take the next: a person must find another way. */
const MAX_REFUNDS_RETURNED = 3;

/**
 * Stripe behind the port. Each call names the pages of Stripe's that allow it, as they were read in November 2026 for the
 * API version that the SDK pins, 2026-10-28.endive. `npm run check:stripe` plays them against Stripe's sandbox.
 *
 * A purchase is charged once: its one idempotency key makes one intent, and an intent "creates at most one successful
 * charge" ("The PaymentIntent object"). The SDK's own retries are off, because the state machine retries, visibly; but
 * for one that cannot be switched off: a request whose connection was closed is sent once more, under the same key.
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
    installation,
    amount,
    currency,
    ...payer
  }: Charge): Promise<{ paymentIntentId: string }> {
    const intent = await paying(() =>
      this.call(() =>
        // "Create a PaymentIntent". Automatic methods are what the account has enabled: cards with their wallets, Link.
        // `never`: a method that leads to another page needs a `return_url`, and a synchronous call has no page.
        this.stripe.paymentIntents.create(
          {
            amount,
            currency: currency.toLowerCase(),
            capture_method: 'manual',
            automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
            metadata: { ...this.metadataOf(payer), ...(installation && { installation }) },
          },
          { idempotencyKey: `${keyOf(payer)}:create` },
        ),
      ),
    );
    return { paymentIntentId: intent.id };
  }

  async authoriseIntent(confirmation: Confirmation): Promise<Authorisation> {
    const { paymentIntentId, attempt, deadline = Date.now() + BANK_TIMEOUT } = confirmation;
    if (attempt === 1) return authorisationOf(await this.confirm(confirmation, deadline));
    return this.closedIfRefused(paymentIntentId, deadline, async () => {
      const intent = await paying(() => this.read(paymentIntentId, deadline));
      return authorisationOf(isUntried(intent) ? await this.confirm(confirmation, deadline) : intent);
    });
  }

  async readAuthorisation({
    paymentIntentId,
    deadline = Date.now() + BANK_TIMEOUT,
  }: { paymentIntentId: string } & Timed): Promise<Authorisation> {
    return this.closedIfRefused(paymentIntentId, deadline, async () => {
      const intent = await paying(() => this.read(paymentIntentId, deadline));
      if (intent.status === 'canceled' && !intent.last_payment_error) throw cancelled();
      return authorisationOf(intent);
    });
  }

  async captureIntent({
    paymentIntentId,
    deadline = Date.now() + BANK_TIMEOUT,
  }: { paymentIntentId: string } & Timed): Promise<void> {
    await this.closedIfRefused(paymentIntentId, deadline, async () =>
      refuseUncaptured(await this.capture(paymentIntentId, deadline)),
    );
  }

  async cancelIntent({
    paymentIntentId,
    reason,
    deadline,
  }: { paymentIntentId: string; reason?: CancellationReason } & Timed): Promise<void> {
    await paying(() => this.cancel(paymentIntentId, deadline, reason));
  }

  /** "The PaymentIntent object": not to be stored, logged, or shown to anyone but the customer. */
  async clientSecretOf(paymentIntentId: string): Promise<string> {
    const { client_secret: secret } = await this.read(paymentIntentId);
    if (secret === null) throw new PaymentGatewayTimeout('The payment has no client secret');
    return secret;
  }

  async undoIntent(intent: Payer & { readonly paymentIntentId: string }): Promise<'refunded' | 'cancelled'> {
    const { status, latest_charge: charge } = await this.readWithRefunds(intent.paymentIntentId);
    switch (status) {
      case 'succeeded':
        refuseReturned(charge);
        await this.makeRefund(intent);
        return 'refunded';
      case 'canceled':
        return 'cancelled';
      default:
        await this.cancel(intent.paymentIntentId);
        return 'cancelled';
    }
  }

  async readPayment(
    paymentIntentId: string,
    { disputed = false }: { readonly disputed?: boolean } = {},
  ): Promise<PaymentState | undefined> {
    const intent = await this.readWithRefunds(paymentIntentId).catch((error: unknown) => {
      // "Error codes": also an object of the other mode, or of an account that is not this key's.
      if (error instanceof StripeRefusal && error.code === 'resource_missing') return undefined;
      throw error;
    });
    const open = intent && this.openIntent(intent, intent.latest_charge);
    if (!open) return undefined;
    const { latest_charge: charge, amount_received: captured, livemode: live } = intent;
    const { amount: refunded, isPending } = refundsOf(charge);
    const { purchaseId, kind, installation } = open;
    const hasDispute = disputed || (typeof charge === 'object' && charge?.disputed === true);
    const dispute = hasDispute ? await this.readDispute(paymentIntentId) : undefined;
    return {
      ...{ purchaseId, ...(kind && { kind }), paymentIntentId, installation },
      ...{ live, captured, refunded, isPending, dispute },
    };
  }

  /** "List all disputes": the newest first. A charge can be disputed more than once. */
  private async readDispute(paymentIntentId: string): Promise<Dispute | undefined> {
    const { data } = await this.call(() =>
      this.stripe.disputes.list({ payment_intent: paymentIntentId, limit: 100 }),
    );
    const found = data.find((dispute) => stageOf(dispute) === 'opened') ?? data[0];
    return found && disputeOf(found);
  }

  /**
   * Of the charge; refunds have others ("See the Stripe fee for a given payment", Use cases for expanding responses, read November 2026).
   */
  async readFees(paymentIntentId: string): Promise<Fees | undefined> {
    const { latest_charge: charge } = await this.call(() =>
      this.stripe.paymentIntents.retrieve(paymentIntentId, {
        expand: ['latest_charge.balance_transaction'],
      }),
    );
    const transaction = typeof charge === 'object' ? charge?.balance_transaction : undefined;
    if (typeof transaction !== 'object' || transaction === null) return undefined;
    const { fee, net, currency } = transaction;
    return { fee, net, currency: currency.toUpperCase() };
  }

  async readRefunded(paymentIntentId: string): Promise<number> {
    const { latest_charge: charge } = await this.readWithRefunds(paymentIntentId);
    return refundsOf(charge).amount;
  }

  async refundTo(
    intent: Payer & { readonly paymentIntentId: string; readonly amount: number },
  ): Promise<RefundedSoFar> {
    for (let ordinal = 0, key = 1; key <= MAX_REFUND_KEYS; key++) {
      const { status, latest_charge: charge } = await this.readWithRefunds(intent.paymentIntentId);
      const { amount: refunded, ours, soFar } = refundsOf(charge);
      const missing = intent.amount - refunded;
      if (missing <= 0) return soFar;
      if (status !== 'succeeded') throw new RefundFailed(`The payment is ${status}`);
      refuseReturned(charge);
      // The next refund has keys of its own. Where this one's are used up by failures, the loop goes on to the next of them.
      if (ours + 1 !== ordinal) [ordinal, key] = [ours + 1, 1];
      const isAll = typeof charge === 'object' && charge?.amount === intent.amount;
      await this.makeRefund(intent, isAll ? undefined : { amount: missing, key: `${ordinal}:${key}` });
    }
    throw new PaymentGatewayTimeout('The refund is not there yet');
  }

  async *listOpenIntents({ from, to }: Period): AsyncGenerator<OpenIntent> {
    const intents = this.stripe.paymentIntents.list({
      created: { gte: from, lte: to },
      limit: 100,
      expand: ['data.latest_charge'],
    });
    for await (const intent of this.listed(intents)) {
      const open = this.openIntent(intent, intent.latest_charge);
      if (open && intent.status !== 'canceled' && !isRefunded(intent.latest_charge)) yield open;
    }
  }

  async *listReturnedRefunds(period: Period): AsyncGenerator<OpenIntent> {
    for await (const { intent, charge } of this.refunded(period, isReturned)) {
      if (!isRefunded(charge)) yield intent;
    }
  }

  async *listRefunded(period: Period): AsyncGenerator<OpenIntent> {
    for await (const { intent } of this.refunded(period, () => true)) yield intent;
  }

  async *listDisputed({ from, to }: Period): AsyncGenerator<string> {
    const disputes = this.stripe.disputes.list({ created: { gte: from, lte: to }, limit: 100 });
    for await (const { payment_intent: intent } of this.listed(disputes)) {
      if (intent !== null) yield typeof intent === 'string' ? intent : intent.id;
    }
  }

  /** "List all refunds", of all payments of the account: each of ours once. */
  private async *refunded(
    { from, to }: Period,
    isWanted: (refund: Stripe.Refund) => boolean,
  ): AsyncGenerator<{ readonly intent: OpenIntent; readonly charge: Stripe.Refund['charge'] }> {
    const refunds = this.stripe.refunds.list({
      created: { gte: from, lte: to },
      limit: 100,
      expand: ['data.charge', 'data.payment_intent'],
    });
    const found = new Set<string>();
    for await (const refund of this.listed(refunds)) {
      const { charge, payment_intent: intent } = refund;
      if (!isWanted(refund) || intent === null || typeof intent === 'string' || found.has(intent.id))
        continue;
      const open = this.openIntent(intent, charge);
      if (!open) continue;
      found.add(intent.id);
      yield { intent: open, charge };
    }
  }

  /**
   * A refusal says that nothing will be held, and only of a cancelled intent is that sure: the request of an attempt before
   * may still be on its way, and a buyer who was asked has the client secret, with which a page can try another card.
   */
  private async closedIfRefused<Result>(
    paymentIntentId: string,
    deadline: number,
    request: () => Promise<Result>,
  ): Promise<Result> {
    try {
      return await request();
    } catch (error) {
      if (error instanceof PaymentRefusal && error.name !== 'PaymentNotPossible') {
        await this.cancelIntent({ paymentIntentId, deadline });
      }
      throw error;
    }
  }

  /**
   * One attempt to pay, by "Confirm a PaymentIntent": `payment_method`, or `confirmation_token` in its place. With
   * `use_stripe_sdk`, Stripe.js in the buyer's page lets the bank ask ("Finalize payments on the server"). No
   * `error_on_requires_action`: automatic methods exclude it (changelog 2023-08-16, "automatic payment methods").
   *
   * Each attempt has a key of its own. Stripe keeps the answer of a key for 24 hours, a 500 and a `requires_action` too
   * ("Idempotent requests"), so with one key for all a failure of Stripe's own would be repeated until the purchase ends.
   */
  private async confirm(
    { paymentIntentId, paymentMethod, attempt, ...payer }: Confirmation,
    deadline: number,
  ): Promise<Stripe.PaymentIntent> {
    try {
      return await this.stripe.paymentIntents.confirm(
        paymentIntentId,
        {
          ...(paymentMethod.startsWith('ctoken_')
            ? { confirmation_token: paymentMethod }
            : { payment_method: paymentMethod }),
          use_stripe_sdk: true,
        },
        { idempotencyKey: `${keyOf(payer)}:confirm:${attempt}`, timeout: timeLeft(deadline, BANK_TIMEOUT) },
      );
    } catch (error) {
      if (hasMoved(error)) return paying(() => this.read(paymentIntentId, deadline));
      throw refusedPayment(sorted(error));
    }
  }

  /**
   * "Capture a PaymentIntent". Without an idempotency key of ours, on purpose (the SDK makes a new one for each call): Stripe
   * captures an intent once by itself, while one key would repeat a stored failure for 24 hours. An intent that is not to be
   * captured any more is read.
   */
  private async capture(paymentIntentId: string, deadline: number): Promise<Stripe.PaymentIntent> {
    try {
      return await this.stripe.paymentIntents.capture(
        paymentIntentId,
        {},
        { timeout: timeLeft(deadline, BANK_TIMEOUT) },
      );
    } catch (error) {
      if (hasMoved(error)) return paying(() => this.read(paymentIntentId, deadline));
      throw refusedPayment(sorted(error));
    }
  }

  /** "Retrieve a PaymentIntent", "Expanding responses": a charge has no refunds unless one asks for them. */
  private readWithRefunds(paymentIntentId: string): Promise<Stripe.PaymentIntent> {
    return this.call(() =>
      this.stripe.paymentIntents.retrieve(paymentIntentId, { expand: ['latest_charge.refunds'] }),
    );
  }

  private read(paymentIntentId: string, deadline?: number): Promise<Stripe.PaymentIntent> {
    return this.call(() =>
      this.stripe.paymentIntents.retrieve(paymentIntentId, {}, { timeout: timeLeft(deadline) }),
    );
  }

  /**
   * "Cancel a PaymentIntent": afterwards "no additional charges are made". One that is cancelled already cannot be
   * cancelled again, which comes to the same.
   */
  private async cancel(
    paymentIntentId: string,
    deadline?: number,
    reason?: CancellationReason,
  ): Promise<void> {
    try {
      await this.stripe.paymentIntents.cancel(paymentIntentId, reason && { cancellation_reason: reason }, {
        timeout: timeLeft(deadline),
      });
    } catch (error) {
      if (hasMoved(error) && (await this.read(paymentIntentId, deadline)).status === 'canceled') return;
      throw sorted(error);
    }
  }

  private metadataOf({ purchaseId, kind = 'purchase' }: Payer) {
    return { [ID_OF[kind]]: purchaseId, stage: this.stage, kind };
  }

  /**
   * The payment, if it is of a purchase or an order of this stage: an account may serve other shops, and other stages, whose purchases
   * are in tables we do not see. Not if a person has repaid it another way and marked it so.
   */
  private openIntent(
    { id, created, metadata }: Stripe.PaymentIntent,
    charge: string | Stripe.Charge | null,
  ): OpenIntent | undefined {
    const { stage, kind = 'purchase', installation, repaid } = metadata;
    const purchaseId = isPaidKind(kind) ? metadata[ID_OF[kind]] : undefined;
    if (!purchaseId || stage !== this.stage || repaid) return undefined;
    const { amount: refunded } = refundsOf(charge);
    return {
      purchaseId,
      ...(kind === 'order' && { kind }),
      paymentIntentId: id,
      installation,
      createdAt: created,
      ...(refunded > 0 && { refunded }),
      ...(typeof charge === 'object' && charge?.disputed && { disputed: true }),
    };
  }

  /**
   * Refunds the charge: what is left of it, or a part ("Create a refund"). A pending refund is on its way; a failed one moved
   * nothing.
   *
   * What is left is refunded without an idempotency key of ours, on purpose: Stripe refuses to refund more than the charge by
   * itself, while a key would repeat a stored failure for 24 hours. Against a part that is given back twice there is only the
   * key. It counts our own refunds of the charge, whatever a person gives back meanwhile: of all who are to make the next, with
   * the same amount or with another, one does. It counts the failures, too, that Stripe has kept under the keys before it.
   */
  private async makeRefund(
    { paymentIntentId, ...payer }: Payer & { readonly paymentIntentId: string },
    part?: { readonly amount: number; readonly key: string },
  ): Promise<void> {
    try {
      const { status, failure_reason: why } = await this.stripe.refunds.create(
        {
          payment_intent: paymentIntentId,
          ...(part && { amount: part.amount }),
          metadata: this.metadataOf(payer),
        },
        part && { idempotencyKey: `${keyOf(payer)}:refund:${part.key}` },
      );
      // "Refund and cancel payments": for want of a balance a card's refund waits, and that of another method fails.
      if (status === 'failed' && why === UNFUNDED) throw new BalanceEmpty();
      if (status !== 'succeeded' && status !== 'pending') throw new RefundFailed(`The refund is ${status}`);
    } catch (raw) {
      const error = sorted(raw);
      // The request that failed under this key is over, so the next key is free to use.
      if (part && isReplayed(raw)) return;
      // Somebody else is making the next refund, with another amount: it must be read first.
      if (raw instanceof Stripe.errors.StripeIdempotencyError)
        throw new PaymentGatewayTimeout('Another refund is under way');
      if (isBalanceEmpty(raw)) throw new BalanceEmpty();
      if (!(error instanceof StripeRefusal)) throw error;
      if (error.code === 'charge_already_refunded') return;
      // The bank has taken the money back, and may give it back to us: only a person can tell.
      if (error.code === 'charge_disputed') throw new RefundFailed('The payment is disputed');
      throw error;
    }
  }

  /** A request whose errors are sorted into definite and open ones. */
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
 * Of a step that takes money: whatever Stripe refuses is our own doing, because nothing of the client's is in these
 * requests. That goes for reading and cancelling as well, so that an intent which cannot be closed is never called refused.
 */
async function paying<Result>(request: () => Promise<Result>): Promise<Result> {
  try {
    return await request();
  } catch (error) {
    throw error instanceof StripeRefusal ? notPossible(error) : error;
  }
}

function isPaidKind(kind: string): kind is PaidKind {
  return Object.hasOwn(ID_OF, kind);
}

/** Nobody has tried to pay it yet, or the attempt is still under way. */
function isUntried({ status, last_payment_error: failure }: Stripe.PaymentIntent): boolean {
  return (status === 'requires_payment_method' || status === 'requires_confirmation') && !failure;
}

/**
 * What the intent says of the payment ("How PaymentIntents work").
 *
 * `processing` is a bank debit or a transfer, which takes days: it can neither be waited for nor be called refused.
 *
 * @throws PaymentRefusal PaymentDeclined, AuthenticationFailed, PaymentActionRequired: nothing is held so far
 * @throws SaleNotPossible when somebody has cancelled the intent
 * @throws PaymentGatewayTimeout: nobody knows yet
 */
function authorisationOf(intent: Stripe.PaymentIntent): Authorisation {
  const { status, last_payment_error: failure, cancellation_reason: why } = intent;
  switch (status) {
    case 'requires_capture':
    case 'succeeded':
      return 'authorised';
    case 'requires_action':
      return 'authentication-required';
    case 'canceled':
      if (failure) throw declined(failure.decline_code ?? failure.code);
      if (why === 'abandoned') throw new PaymentRefusal('PaymentActionRequired');
      throw cancelled();
    case 'requires_payment_method':
      if (failure) throw declined(failure.decline_code ?? failure.code);
      break;
    case 'processing':
    case 'requires_confirmation':
  }
  throw new PaymentGatewayTimeout(`The payment is ${status}`);
}

/**
 * @throws SaleNotPossible when somebody has cancelled the intent: nothing was taken
 * @throws PaymentGatewayTimeout: nobody knows yet
 */
function refuseUncaptured({ status }: Stripe.PaymentIntent): void {
  if (status === 'succeeded') return;
  throw status === 'canceled' ? cancelled() : new PaymentGatewayTimeout(`The payment is ${status}`);
}

function cancelled(): SaleNotPossible {
  return new SaleNotPossible('The payment is cancelled');
}

/** Milliseconds for the next call of those that share a deadline. */
function timeLeft(deadline = Infinity, atMost = CALL_TIMEOUT): number {
  const left = Math.min(deadline - Date.now(), atMost);
  if (left < 1) throw new PaymentGatewayTimeout('No time is left');
  return left;
}

/** "Will be 0 if the customer's bank or credit card company doesn't allow a response" ("The Dispute object"). */
function disputeOf({ id, status, reason, amount, currency, evidence_details }: Stripe.Dispute): Dispute {
  const dueBy = evidence_details.due_by ?? 0;
  return { id, status, reason, amount, currency: currency.toUpperCase(), ...(dueBy > 0 && { dueBy }) };
}

/** What failed at the bank, or was called off by a person, moved nothing. */
function isReturned({ status }: Stripe.Refund): boolean {
  return status === 'failed' || status === 'canceled';
}

function isRefunded(charge: string | Stripe.Charge | null): boolean {
  return typeof charge === 'object' && charge?.refunded === true;
}

/** @throws RefundFailed when the bank has sent too many refunds back */
function refuseReturned(charge: string | Stripe.Charge | null): void {
  if (refundsReturned(charge) < MAX_REFUNDS_RETURNED) return;
  throw new RefundFailed(`The bank has sent ${MAX_REFUNDS_RETURNED} refunds back`);
}

/**
 * What has been given back of a charge, in how many refunds of our own, those that came back counted, and whether the bank has
 * taken all of them, or our balance did not cover one ("The Refund object", `pending_reason`). `amount_refunded` has what is on its
 * way ("The Charge object"). It is less again when a refund comes back: no page says so, and the audit relies on it as well.
 */
function refundsOf(charge: string | Stripe.Charge | null): {
  readonly amount: number;
  readonly ours: number;
  readonly isPending: boolean;
  readonly soFar: RefundedSoFar;
} {
  if (charge === null || typeof charge === 'string')
    return { amount: 0, ours: 0, isPending: false, soFar: 'NONE' };
  const refunds = charge.refunds?.data ?? [];
  const { amount_refunded: amount } = charge;
  const pending = refunds.filter(({ status }) => status === 'pending' || status === 'requires_action');
  const isUnfunded = pending.some(({ pending_reason: why }) => why === UNFUNDED);
  const waiting = isUnfunded ? 'UNFUNDED' : pending.length > 0 ? 'PENDING' : 'SUCCEEDED';
  return {
    amount,
    // What a person makes in the dashboard names no purchase, and no order.
    ours: refunds.filter(({ metadata }) => metadata?.['purchaseId'] ?? metadata?.['orderId']).length,
    isPending: pending.length > 0,
    soFar: amount === 0 ? 'NONE' : waiting,
  };
}

/** A refund that the bank will not take counts as made first, and as failed days later. */
function refundsReturned(charge: string | Stripe.Charge | null): number {
  if (charge === null || typeof charge === 'string') return 0;
  const refunds = charge.refunds?.data ?? [];
  return refunds.filter(({ status, failure_reason: why }) => status === 'failed' && why !== UNFUNDED).length;
}

function addressOf(apiBase: string) {
  const { protocol, hostname, port } = new URL(apiBase);
  return { protocol: protocol === 'http:' ? ('http' as const) : ('https' as const), host: hostname, port };
}
