import { createHash } from 'node:crypto';
import { refusal } from './rules';
import { type StripeError } from './stripe-error';

/** The first answer to a key, replayed for 24 hours. Source: https://docs.stripe.com/api/idempotent_requests */
export interface RememberedAnswer {
  readonly key: string;
  readonly path: string;
  /** Hash of method, path and parameters. */
  readonly fingerprint: string;
  /** Id of the request that was executed; a replay names it in `Original-Request`. */
  readonly requestId: string;
  readonly statusCode: number;
  readonly body: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

const LIFETIME_MS = 24 * 60 * 60 * 1000;
const MAXIMUM_KEY_LENGTH = 255;

export class IdempotencyKeys {
  /** In the order of their creation, hence of their expiry. */
  private readonly remembered = new Map<string, RememberedAnswer>();
  private readonly inFlight = new Set<string>();

  /**
   * The answer to replay, or undefined when the key is free.
   *
   * @throws StripeError 409 while the key's first request still runs, 400 when the key was used for something else
   */
  lookUp(key: string, path: string, fingerprint: string): RememberedAnswer | undefined {
    if (key.length > MAXIMUM_KEY_LENGTH) {
      throw refusal('key-too-long', `Idempotency keys can be up to ${MAXIMUM_KEY_LENGTH} characters long.`);
    }
    if (this.inFlight.has(key)) throw inUse(key);
    const answer = this.remembered.get(key);
    if (answer && answer.fingerprint !== fingerprint) throw usedForAnother(answer, path);
    return answer;
  }

  claim(key: string): void {
    this.inFlight.add(key);
  }

  release(key: string): void {
    this.inFlight.delete(key);
  }

  remember(answer: RememberedAnswer): void {
    this.remembered.delete(answer.key);
    this.remembered.set(answer.key, answer);
  }

  /** @param now milliseconds since the epoch */
  forgetExpired(now: number): void {
    for (const [key, { createdAt }] of this.remembered) {
      if (createdAt + LIFETIME_MS > now) return;
      this.remembered.delete(key);
    }
  }

  all(): RememberedAnswer[] {
    return [...this.remembered.values()];
  }

  clear(): void {
    this.remembered.clear();
    this.inFlight.clear();
  }
}

/** The order of parameters does not count, as it does not to Stripe. */
export function requestFingerprint(method: string, path: string, encodedForm: string): string {
  const pairs = [...new URLSearchParams(encodedForm)].map((pair) => JSON.stringify(pair)).sort();
  return createHash('sha256')
    .update([method, path, ...pairs].join('\n'))
    .digest('base64');
}

/** Stripe types this one `invalid_request_error`, unlike the other misuse of a key. */
function inUse(key: string): StripeError {
  return refusal(
    'key-in-use',
    'There is currently another in-progress request using this Idempotent Key (that probably means you submitted ' +
      `twice, and the other request is still going through): ${key}. Please try again later.`,
  );
}

function usedForAnother(answer: RememberedAnswer, path: string): StripeError {
  const rule =
    answer.path === path
      ? 'with the same parameters they were first used with'
      : `for the same endpoint they were first used for ('${path}' vs '${answer.path}')`;
  return refusal(
    'key-of-another-request',
    `Keys for idempotent requests can only be used ${rule}. Try using a key other than '${answer.key}' if you ` +
      'meant to execute a different request.',
  );
}
