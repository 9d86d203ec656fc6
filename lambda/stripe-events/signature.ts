import { createHmac, timingSafeEqual } from 'node:crypto';

/** Seconds that a signature is good for, before and after: clocks differ, and each delivery is signed anew. */
const TOLERANCE = 300;

/** Of a request that Stripe has not signed with a secret of ours, or not lately. */
export type SignatureFault = 'missing' | 'malformed' | 'wrong' | 'too old' | 'of the future';

export interface SignedRequest {
  /** As it came over the wire: one byte that differs makes another signature. */
  readonly body: Buffer;
  /** `Stripe-Signature`: `t=1795992000,v1=…`, with a `v1` for each secret while one is being rolled. */
  readonly header: string | undefined;
  /** Any of them may have signed it: the present one, and that before it. */
  readonly secrets: readonly string[];
  /** Seconds since the epoch. */
  readonly now: number;
}

/**
 * Whether Stripe has signed the request: the HMAC-SHA256 of `t.body` ("Resolve webhook signature verification errors" and
 * "Receive Stripe events in your webhook endpoint", read November 2026).
 *
 * Not by the SDK, whose check takes one secret, and a time in the future however far: what was signed for next year could be
 * sent again until then.
 *
 * @returns undefined for a good one
 */
export function signatureFault({ body, header, secrets, now }: SignedRequest): SignatureFault | undefined {
  if (!header) return 'missing';
  const fields = header.split(',').map((field) => field.trim().split('='));
  const valuesOf = (name: string) => fields.flatMap(([key, value]) => (key === name && value ? [value] : []));
  const [time, ...others] = valuesOf('t');
  const signatures = valuesOf('v1').map((value) => Buffer.from(value));
  // Of two times, nobody could say which one is signed.
  if (!time || others.length > 0 || !/^\d{1,12}$/.test(time) || signatures.length === 0) return 'malformed';
  const expected = secrets.map((secret) =>
    Buffer.from(createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex')),
  );
  const isGood = expected.some((each) => signatures.some((signature) => isSame(each, signature)));
  if (!isGood) return 'wrong';
  const age = now - Number(time);
  if (Math.abs(age) <= TOLERANCE) return undefined;
  return age > 0 ? 'too old' : 'of the future';
}

/** In a time that tells nothing of where they differ. */
function isSame(expected: Buffer, given: Buffer): boolean {
  return expected.length === given.length && timingSafeEqual(expected, given);
}
