import { UnsupportedLocally } from '../aws/aws-service';

/** The `error` object of a Stripe answer. Source: https://docs.stripe.com/api/errors */
export interface StripeErrorBody {
  readonly type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';
  readonly message: string;
  readonly code?: string;
  readonly param?: string;
  readonly decline_code?: string;
  readonly doc_url?: string;
  /** Id of the failed charge, after a decline. */
  readonly charge?: string;
  /** The PaymentIntent as the failed request left it. */
  readonly payment_intent?: object;
  readonly payment_method?: object;
  /** In no page; others have received it. */
  readonly message_code?: string;
}

/** A request that Stripe answers with an error: HTTP status and the `error` object as it goes over the wire. */
export class StripeError extends Error {
  override readonly name = 'StripeError';

  constructor(
    readonly statusCode: number,
    readonly body: StripeErrorBody,
    /** The rule of `rules.ts` that the request broke; none for a decline, or for what is not played here. */
    readonly rule?: string,
  ) {
    super(body.message);
  }
}

/** What Stripe knows and this server does not: refused by name, so that no test passes on a parameter without effect. */
export function unsupportedLocally(what: string, param?: string, statusCode = 400): StripeError {
  const { message } = new UnsupportedLocally(`Stripe's ${what}`);
  return new StripeError(statusCode, { message, ...(param && { param }), type: 'invalid_request_error' });
}

export function apiError(statusCode: number, message = 'An unknown error occurred'): StripeError {
  return new StripeError(statusCode, { message, type: 'api_error' });
}

export function docUrl(code: string): string {
  return `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`;
}
