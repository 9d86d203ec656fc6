import { type RefundStatus } from '../purchase/cancellation';
import { type Dispute } from '../purchase/dispute';

/**
 * What the saga and the audit ask of a payment provider. A port, because Stripe implements it and tests put others in its
 * place; docs/recipes.md tells how to add a provider.
 *
 * Every call may throw `PaymentGatewayTimeout`: the outcome is unknown, and the same call may be made again.
 */
export interface PaymentGateway {
  /**
   * Creates an intent to charge. No money moves. The same purchase, or order, gets the same intent.
   *
   * @throws PaymentRefusal PaymentNotPossible when our request or our account is wrong
   */
  createIntent(charge: Charge): Promise<{ paymentIntentId: string }>;
  /**
   * Has the card's bank hold the money: nothing is taken. One intent holds the money once, however often this is called.
   *
   * @returns `authentication-required` when the bank wants the buyer first; `authorised` also for what was captured already
   * @throws PaymentRefusal PaymentDeclined, AuthenticationFailed: definite, nothing is held and nothing will be
   * @throws PaymentRefusal PaymentActionRequired: the same, for a bank that wants the buyer and gives no way to ask
   * @throws PaymentRefusal PaymentNotPossible when our request or our account is wrong
   * @throws SaleNotPossible when the intent was cancelled
   */
  authoriseIntent(confirmation: Confirmation): Promise<Authorisation>;
  /**
   * What has become of an intent since its buyer was asked, without another attempt. Throws what `authoriseIntent` throws; an
   * intent that was given up meanwhile is SaleNotPossible.
   */
  readAuthorisation(intent: { paymentIntentId: string } & Timed): Promise<Authorisation>;
  /**
   * Takes the money that is held, once, however often this is called.
   *
   * @throws PaymentRefusal PaymentDeclined when the bank no longer gives it; PaymentNotPossible when our request is wrong
   * @throws SaleNotPossible when the intent was cancelled: nothing was taken
   */
  captureIntent(intent: Payer & { readonly paymentIntentId: string } & Timed): Promise<void>;
  /**
   * Makes sure that nothing will be held or taken any more; what is held is free.
   *
   * @throws PaymentGatewayTimeout also when the money has been taken: cancelling gives none back
   * @throws PaymentRefusal PaymentNotPossible when our request or our account is wrong: it may not be cancelled
   */
  cancelIntent(intent: { paymentIntentId: string; reason: CancellationReason } & Timed): Promise<void>;
  /** With it, the buyer's page lets the bank ask the buyer. Whoever has it can also pay the intent: it is the buyer's alone. */
  clientSecretOf(paymentIntentId: string): Promise<string>;
  /**
   * Makes sure that no money stays taken or held: refunds the intent if it was captured, cancels it if not.
   *
   * @throws RefundFailed when the provider will not give the money back
   * @throws BalanceEmpty when our own balance at the provider must be topped up first
   * @throws an error by the provider's name for it when our request or our account is wrong: nothing is settled
   */
  undoIntent(intent: Payer & { readonly paymentIntentId: string }): Promise<'refunded' | 'cancelled'>;
  /**
   * How the payment of a purchase or an order of this stage stands.
   *
   * @param disputed asks for disputes in any case. @default where the payment says that there was one
   * @returns undefined for an intent that there is not, that is another stage's or shop's, or that a person has marked as repaid
   */
  readPayment(
    paymentIntentId: string,
    options?: { readonly disputed?: boolean },
  ): Promise<PaymentState | undefined>;
  /** What of an intent has been given back, or is on its way back, also by hand; in minor units. What came back is not in it. */
  readRefunded(paymentIntentId: string): Promise<number>;
  /**
   * Gives back what is missing until this amount has been given back in all, also by hand. Nothing, if that is so already.
   * Called again, or twice at once, it gives back no more.
   *
   * @throws RefundFailed when the provider will not give the money back
   * @throws BalanceEmpty when our own balance at the provider must be topped up first
   * @throws an error by the provider's name for it when our request or our account is wrong: nothing is settled
   */
  refundTo(
    refund: Payer & { readonly paymentIntentId: string; readonly amount: number },
  ): Promise<RefundedSoFar>;
  /**
   * The intents of this stage's purchases and orders created in the period that still hold money, or could: not the cancelled, not
   * the fully refunded, and none that a person has marked as repaid. Other installations may have a stage of that name.
   */
  listOpenIntents(period: Period): AsyncIterable<OpenIntent>;
  /**
   * Those of them, whenever they were created, of which a refund was made in the period and has come back: each once.
   */
  listReturnedRefunds(period: Period): AsyncIterable<OpenIntent>;
  /** The intents of this stage's purchases and orders of which a refund was made in the period, whatever became of it: each once. */
  listRefunded(period: Period): AsyncIterable<OpenIntent>;
  /** The ids of intents that were disputed in the period, whoever's they are. */
  listDisputed(period: Period): AsyncIterable<string>;
  /** Undefined while the provider does not say: before the capture, and where nothing was charged. */
  readFees(paymentIntentId: string): Promise<Fees | undefined>;
}

/** What a payment is for. */
export type PaidKind = 'purchase' | 'order';

/** Whose payment it is. */
export interface Payer {
  /** Of the purchase; of the order, where the payment is one's. */
  readonly purchaseId: string;
  /** @default 'purchase' */
  readonly kind?: PaidKind;
}

/** A payment as the provider has it at this moment. Amounts are in minor units. */
export interface PaymentState extends Payer {
  readonly paymentIntentId: string;
  /** The table that it was made from, of purchases or of orders; those of older versions do not say. */
  readonly installation?: string;
  /** Whether it is real money. */
  readonly live: boolean;
  readonly captured: number;
  /** What has been given back, or is on its way back, also by hand. What came back is not in it. */
  readonly refunded: number;
  /** Whether the bank has not taken all of that yet. */
  readonly isPending: boolean;
  /** The one that is open, or the last one. */
  readonly dispute?: Dispute;
}

/** What the provider keeps of a payment and what is left of it: minor units of the currency it pays out in. */
export interface Fees {
  readonly fee: number;
  readonly net: number;
  /** ISO 4217. */
  readonly currency: string;
}

/** `PENDING`: the bank has not taken all of it yet. `UNFUNDED`: it waits for our own balance at the provider to be topped up. */
export type RefundedSoFar = 'NONE' | 'PENDING' | 'UNFUNDED' | 'SUCCEEDED';

/** As a record has it. */
export function refundStatusOf(soFar: RefundedSoFar): RefundStatus {
  return soFar === 'UNFUNDED' ? 'PENDING' : soFar;
}

/** Seconds since the epoch, both included. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

export interface OpenIntent extends Payer {
  readonly paymentIntentId: string;
  /** The table that it was made from, of purchases or of orders; those of older versions do not say. */
  readonly installation?: string;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  /** Minor units that have been given back, or are on their way. @default none */
  readonly refunded?: number;
  /** Whether it is, or was, disputed. @default never */
  readonly disputed?: boolean;
}

export type Authorisation = 'authorised' | 'authentication-required';

/** `abandoned`: the buyer did not answer the bank. */
export type CancellationReason = 'abandoned' | 'requested_by_customer';

export interface Timed {
  /**
   * Milliseconds since the epoch: then the call gives up with `PaymentGatewayTimeout`. For calls that share their time.
   *
   * @default the gateway's own limit for one call
   */
  readonly deadline?: number;
}

export interface Confirmation extends Payer, Timed {
  readonly paymentIntentId: string;
  /** A payment method, `pm_…`, or a confirmation token, `ctoken_…`: what the client's page got for the card. */
  readonly paymentMethod: string;
  /** From 1. From the second on nobody knows what became of those before: they may still be on their way. */
  readonly attempt: number;
}

export interface Charge extends Payer {
  /** The table that holds it. @default none: no audit will take the payment for its own */
  readonly installation?: string;
  /** Minor currency units. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
}
