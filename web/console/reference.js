/** Crockford's base32: no I, L, O or U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const LENGTH = 10;

/** A reference as it is printed. */
export const PRINTED_REFERENCE = `[${ALPHABET}]{${LENGTH}}`;

/**
 * SHA-256 of the id of a purchase or an order, 64 hexadecimal digits: it names the ticket, recoveries and escalations.
 *
 * @param {string} id
 */
export async function hashOf(id) {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(id.toLowerCase()));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * The name for people: the first 50 bits of the hash.
 *
 * @param {string} hash
 */
export function referenceOfHash(hash) {
  const bits = BigInt(`0x${hash}`);
  return Array.from(
    { length: LENGTH },
    (_, position) => ALPHABET[Number((bits >> BigInt(256 - 5 * (position + 1))) & 31n)],
  ).join('');
}

/**
 * A reference as it was typed: in any case, with blanks or hyphens, with `O` for 0 and `I` or `L` for 1.
 *
 * @param {string} typed
 * @returns {string | undefined} undefined for what cannot be one
 */
export function parseReference(typed) {
  const reference = typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  return new RegExp(`^${PRINTED_REFERENCE}$`).test(reference) ? reference : undefined;
}
