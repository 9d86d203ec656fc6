import * as z from 'zod/mini';

/** Characters in all, by RFC 5321 (a path of 256 with its brackets). */
const MAX_LENGTH = 254;

/**
 * The addresses that SES delivers to. It has no SMTPUTF8, so they are ASCII: a domain of other letters comes as Punycode, a
 * local part has none and is not Punycode either (SES API reference, "Destination", read November 2026). The rest is RFC
 * 5321's: a dot-string of up to 64 characters, and a domain of two or more labels of up to 63 characters, without a hyphen
 * at either end. Quoted strings and address literals, which mailboxes have in grammars alone, are left out.
 *
 * The storefront has the same expression in `web/email-address.js`; a test compares the two.
 */
export const EMAIL_ADDRESS =
  /^(?=[^@]{1,64}@)(?![Xx][Nn]--)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+(?:[A-Za-z]{2,63}|[Xx][Nn]--[A-Za-z0-9-]{0,58}[A-Za-z0-9])$/;

export const emailAddressSchema = z
  .string()
  .check(z.maxLength(MAX_LENGTH), z.regex(EMAIL_ADDRESS, 'must be an e-mail address, like ann@example.com'));
