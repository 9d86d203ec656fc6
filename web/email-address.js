/** As `lambda/purchase/email-address.ts` has it, with the reasons; a test compares the two. */
export const EMAIL_ADDRESS =
  /^(?=[^@]{1,64}@)(?![Xx][Nn]--)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+(?:[A-Za-z]{2,63}|[Xx][Nn]--[A-Za-z0-9-]{0,58}[A-Za-z0-9])$/;

const MAX_LENGTH = 254;

/** @param {string} address */
export function isEmailAddress(address) {
  return address.length <= MAX_LENGTH && EMAIL_ADDRESS.test(address);
}

/**
 * The address with its domain in Punycode, as mail has it: `ivan@почта.рф` is `ivan@xn--80a1acny.xn--p1ai`.
 *
 * @param {string} typed
 */
export function asciiAddress(typed) {
  const at = typed.lastIndexOf('@');
  const domain = typed.slice(at + 1);
  // A host of a URL may be more than a domain: only letters, digits, hyphens and dots of any script are turned.
  if (at < 0 || !/[^\0-\x7f]/.test(domain) || !/^[\p{L}\p{M}\p{N}.。．｡-]+$/u.test(domain)) return typed;
  try {
    return `${typed.slice(0, at)}@${new URL(`http://${domain}`).hostname}`;
  } catch {
    return typed;
  }
}
