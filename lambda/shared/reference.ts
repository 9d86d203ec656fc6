import { createHash } from 'node:crypto';

/** The index of the purchase table that finds a purchase by its reference. */
export const REFERENCES_INDEX = 'references';

/** Crockford's base32: no I, L, O or U, so that it can be read aloud and typed. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Five bits a character: one purchase in 2^50, so a shop with a million purchases meets two alike once in 2,000 times. */
const LENGTH = 10;

/**
 * The name of a purchase for people: printed on ticket, mail and page, written into logs, and searched for. It opens
 * nothing. The purchase's id opens the purchase and its ticket, so only the buyer gets it.
 *
 * @returns the first 10 characters of the id's SHA-256 in Crockford's base32
 */
export function referenceOf(purchaseId: string): string {
  return referenceOfHash(purchaseHash(purchaseId));
}

/** @param hash `purchaseHash` of the id */
export function referenceOfHash(hash: string): string {
  const bits = BigInt(`0x${hash}`);
  return Array.from(
    { length: LENGTH },
    (_, position) => ALPHABET[Number((bits >> BigInt(256 - 5 * (position + 1))) & 31n)],
  ).join('');
}

/** SHA-256 of the id, 64 hexadecimal digits: a name that is as unique as the id and opens nothing. */
export function purchaseHash(purchaseId: string): string {
  return createHash('sha256').update(purchaseId.toLowerCase()).digest('hex');
}

const REFERENCE = new RegExp(`^[${ALPHABET}]{${LENGTH}}$`);

/**
 * A reference as it was typed: in any case, with blanks or hyphens, with `O` for 0 and `I` or `L` for 1, as
 * Crockford's decoding allows.
 *
 * @returns the reference; undefined for what cannot be one
 */
export function parseReference(typed: string): string | undefined {
  const reference = typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  return REFERENCE.test(reference) ? reference : undefined;
}
