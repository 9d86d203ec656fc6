/**
 * The currencies that Stripe counts in whole units: all others are counted in hundredths, some of them against `Intl`.
 * The API's table, `lambda/shared/currencies.ts`, has the source; a test compares the two.
 */
const ZERO_DECIMAL = new Set('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '));

/**
 * How many decimals an amount in minor units has: 2 for `EUR`, 0 for `JPY`.
 *
 * @param {string} currency ISO 4217, in any case
 */
export function decimalsOf(currency) {
  return ZERO_DECIMAL.has(currency.toUpperCase()) ? 0 : 2;
}
