/**
 * What the saga and the audit ask of a payment provider. A port, because Stripe implements it and tests put others in its
 * place; docs/recipes.md tells how to add a provider.
 *
 * Every call may throw `PaymentGatewayTimeout`: the outcome is unknown, and the same call may be made again.
 */
export interface PaymentGateway {
  /**
   * Creates an intent to charge. No money moves. The same purchase gets the same intent.
   *
   * @throws PaymentRefusal PaymentNotPossible when our request or our account is wrong
   */
  createIntent(charge: Charge): Promise<{ paymentIntentId: string }>;
  /**
   * Charges the payment method. The same intent is charged once, however often this is called.
   *
   * @throws PaymentRefusal PaymentDeclined, PaymentActionRequired: definite, nothing was charged and nothing will be
   * @throws PaymentRefusal PaymentNotPossible when our request or our account is wrong; an attempt before may have charged it
   */
  confirmIntent(confirmation: Confirmation): Promise<void>;
  /**
   * Makes sure that no money stays taken: refunds the intent if it was charged, cancels it if not.
   *
   * @throws RefundFailed when the provider will not give the money back
   * @throws an error by the provider's name for it when our request or our account is wrong: nothing is settled
   */
  undoIntent(intent: { purchaseId: string; paymentIntentId: string }): Promise<'refunded' | 'cancelled'>;
  /**
   * The intents of this stage's purchases created in the period that still hold money, or could: not the cancelled, not
   * the fully refunded, and none that a person has marked as repaid. Other installations may have a stage of that name.
   */
  listOpenIntents(period: Period): AsyncIterable<OpenIntent>;
  /**
   * Those of them, whenever they were created, of which a refund was made in the period and has come back: each once.
   */
  listReturnedRefunds(period: Period): AsyncIterable<OpenIntent>;
}

/** Seconds since the epoch, both included. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

export interface OpenIntent {
  readonly purchaseId: string;
  readonly paymentIntentId: string;
  /** The purchase table that it was made from; those of older versions do not say. */
  readonly installation?: string;
  /** Seconds since the epoch. */
  readonly createdAt: number;
}

export interface Confirmation {
  readonly purchaseId: string;
  readonly paymentIntentId: string;
  /** A payment method, `pm_…`, or a confirmation token, `ctoken_…`: what the client's page got for the card. */
  readonly paymentMethod: string;
  /** From 1. From the second on nobody knows what became of those before: they may still be on their way. */
  readonly attempt: number;
}

export interface Charge {
  readonly purchaseId: string;
  /** The purchase table that holds it. @default none: no audit will take the payment for its own */
  readonly installation?: string;
  /** Minor currency units. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
}
