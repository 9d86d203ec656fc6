/**
 * The buyer's details as the form has them, checked as the API checks them, so that a slip is told beside its field.
 *
 * @typedef {{ name: string, email: string, phone: string }} BuyerFields
 */

/** Not the whole grammar of an address: the API has the last word, and only the mail itself proves it. */
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/;
const PHONE = /^\+[1-9][0-9]{7,14}$/;

/**
 * Without what people type for readability.
 *
 * @param {BuyerFields} fields
 * @returns {{ name: string, email: string, phone?: string }}
 */
export function buyerOf({ name, email, phone }) {
  const digits = phone.replace(/[\s().\-/]/g, '').replace(/^00/, '+');
  return { name: name.trim(), email: email.trim(), ...(digits && { phone: digits }) };
}

/**
 * @param {BuyerFields} fields
 * @returns {Partial<BuyerFields>} what is wrong, by field; empty when all is well
 */
export function mistakesIn(fields) {
  const { name, email, phone } = buyerOf(fields);
  return {
    ...(name === '' && { name: 'Enter your name as it should be on the ticket.' }),
    ...(!EMAIL.test(email) && { email: 'Enter an e-mail address, like ann@example.com.' }),
    ...(phone !== undefined &&
      !PHONE.test(phone) && { phone: 'Enter the number with its country code, like +49 30 1234567.' }),
  };
}
