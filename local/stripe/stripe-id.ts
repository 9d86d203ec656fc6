import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** `pi_` and 24 random letters and digits: the form, and the length, of Stripe's own ids. */
export function stripeId(
  prefix: 'pi' | 'ch' | 're' | 'pm' | 'ctoken' | 'we' | 'req' | 'du' | 'evt' | 'txn',
): string {
  return `${prefix}_${randomAlphanumeric(24)}`;
}

export function randomAlphanumeric(length: number): string {
  return Array.from(randomBytes(length), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
}
