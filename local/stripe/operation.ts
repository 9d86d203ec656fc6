import { type WebhookEndpoint } from './event-destination';
import { type Form } from './form-decoding';
import { type Payment, type StoredToken } from './payment';
import { type PaymentStore } from './payment-store';
import { type StripeError } from './stripe-error';

/** The operations served, by the names of Stripe's SDKs. */
export type OperationName =
  | 'payment_intents.create'
  | 'payment_intents.retrieve'
  | 'payment_intents.list'
  | 'payment_intents.update'
  | 'payment_intents.confirm'
  | 'payment_intents.capture'
  | 'payment_intents.cancel'
  | 'refunds.create'
  | 'refunds.retrieve'
  | 'refunds.list'
  | 'disputes.retrieve'
  | 'disputes.list'
  | 'webhook_endpoints.list'
  | 'charges.retrieve'
  | 'confirmation_tokens.retrieve'
  | 'test_helpers.confirmation_tokens.create';

export interface Operation {
  readonly name: OperationName;
  readonly method: 'GET' | 'POST';
  /** The whole path; its one group is the object's id. */
  readonly path: RegExp;
  /**
   * Checks the parameters and returns the work itself.
   *
   * The cut is Stripe's: an error thrown here came before execution and is not kept under the idempotency key;
   * whatever the work answers, errors included, is.
   *
   * @param id the id in the path, empty where the path has none
   * @throws StripeError for bad parameters
   */
  prepare(form: Form, id: string): Execution;
}

/** Runs in one turn of the event loop, so that no two operations ever interleave. */
export type Execution = (context: ExecutionContext) => Outcome;

export interface ExecutionContext {
  /** For reading: what changed is returned, and stored by the caller together with the idempotency record. */
  readonly payments: PaymentStore;
  /** Oldest first. */
  readonly webhookEndpoints: readonly WebhookEndpoint[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface Outcome {
  /** The payment as the operation left it; absent when nothing changed. */
  readonly changed?: Payment;
  /** As it was made or used up. */
  readonly confirmationToken?: StoredToken;
  /** A decline is an error that did change something. */
  readonly answer: object | StripeError;
}
