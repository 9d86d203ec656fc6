/**
 * The currencies in which Stripe charges cards. Stripe's page "Supported currencies" (docs.stripe.com/currencies, read
 * November 2026) is the source of the codes, of the decimals and of the limits. `Intl` and ISO 4217 disagree with it in
 * decimals (HUF, IDR, ISK, UGX), and know currencies that nobody can pay in any more.
 */
export interface Currency {
  /** Decimals of the amounts in minor units: 120.00 EUR is 12000, 500 JPY is 500. */
  readonly decimals: 0 | 2;
  /** A fraction of the unit cannot be charged, although it has decimals: 5 ISK is 500. */
  readonly wholeUnits: boolean;
  /**
   * The least that Stripe charges, minor units. Where the page lists none it is worth 0.50 USD, at a rate that is not known
   * here, so it is Stripe that refuses less; so too where the account settles in another currency.
   */
  readonly minimum: number;
  /** The most, minor units. Cards may take more, other payment methods do not. */
  readonly maximum: number;
}

const CODES =
  'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BIF BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CLP ' +
  'CNY COP CRC CVE CZK DJF DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS ' +
  'INR ISK JMD JPY KES KGS KHR KMF KRW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MUR MVR MWK MXN ' +
  'MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SEK SGD SHP SLE ' +
  'SOS SRD STD SZL THB TJS TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW';

const ZERO_DECIMAL = new Set('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '));

/** Zero-decimal by now, and still counted in hundredths, "where the decimal amount is always 00". */
const WHOLE_UNITS = new Set(['ISK', 'UGX']);

/** Stripe documents them no more, and its partners took their last digit for a zero. */
const THREE_DECIMAL = new Set(['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND']);

const MINIMUMS: Readonly<Record<string, number>> = {
  ...{ USD: 50, ARS: 50, AUD: 50, BRL: 50, CAD: 50, CHF: 50, COP: 50, EUR: 50, IDR: 50, ILS: 50, INR: 50 },
  ...{ NZD: 50, PHP: 50, RUB: 50, SGD: 50, ZAR: 50 },
  ...{ AED: 200, CZK: 1_500, DKK: 250, GBP: 30, HKD: 400, HUF: 17_500 },
  ...{ JPY: 50, KRW: 50, MXN: 1_000, MYR: 200, NOK: 300, PLN: 200, RON: 200, SEK: 300, THB: 1_000 },
};

/** Twelve, ten and nine digits. */
const MAXIMUMS: Readonly<Record<string, number>> = {
  IDR: 999_999_999_999,
  COP: 9_999_999_999,
  INR: 999_999_999,
};
const EIGHT_DIGITS = 99_999_999;

/** By ISO 4217 code, in capital letters. */
export const CURRENCIES: ReadonlyMap<string, Currency> = new Map(
  CODES.split(' ').map((code) => [
    code,
    {
      decimals: ZERO_DECIMAL.has(code) ? 0 : 2,
      wholeUnits: WHOLE_UNITS.has(code),
      minimum: MINIMUMS[code] ?? 1,
      maximum: MAXIMUMS[code] ?? EIGHT_DIGITS,
    },
  ]),
);

/** The largest amount of any currency, minor units. */
export const LARGEST_AMOUNT = Math.max(...Object.values(MAXIMUMS));

/** `120.00 EUR`, `500 JPY`. A currency that is not, or no longer, of the table was sold in hundredths. */
export function money(minorUnits: number, currency: string): string {
  const { decimals } = CURRENCIES.get(currency) ?? { decimals: 2 };
  return `${(minorUnits / 10 ** decimals).toFixed(decimals)} ${currency}`;
}

/** Why nobody can pay in the currency; undefined when it can be paid in. */
export function whyNoCurrency(code: string): string | undefined {
  if (CURRENCIES.has(code)) return undefined;
  if (THREE_DECIMAL.has(code)) return `${code} has three decimals, which cannot be charged`;
  return 'is no currency that Stripe charges: it must be an ISO 4217 code in capital letters, like EUR';
}

/** Why nobody can pay this amount at once; undefined when it can be paid, or when there is nothing to pay. */
export function whyNotPayable(amount: number, code: string): string | undefined {
  const currency = CURRENCIES.get(code);
  if (amount === 0) return undefined;
  if (!currency) return `is in ${code}, which nobody can pay in`;
  const { minimum, maximum, wholeUnits } = currency;
  if (amount < minimum) return `is less than can be charged: at least ${money(minimum, code)}`;
  if (amount > maximum) return `is more than can be charged: at most ${money(maximum, code)}`;
  if (wholeUnits && amount % 100 !== 0) return `has a fraction, which ${code} has not`;
  return undefined;
}
