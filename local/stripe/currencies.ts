/** A currency that Stripe charges cards in. */
export interface Currency {
  /** Digits after the point: an `amount` of 1000 is 10.00 of a currency with exponent 2. */
  readonly exponent: 0 | 2;
  /**
   * The least `amount` of a charge, in minor units.
   *
   * Null where Stripe compares with another currency's minimum after conversion, at the rate of the day: any amount is
   * taken here.
   */
  readonly minimum: number | null;
  /**
   * The greatest `amount`, in minor units: what every payment method takes. Most cards take twelve digits, which a payment
   * that is open to other methods cannot count on.
   */
  readonly maximum: number;
  /** Every `amount` is a multiple of this. */
  readonly multiple: 1 | 100;
}

/**
 * A reading of "Supported currencies" (https://docs.stripe.com/currencies, read in November 2026): presentment currencies,
 * zero-decimal currencies, special cases, minimum and maximum charge amounts.
 *
 * HUF and TWD have no decimals in payouts alone. The three-decimal currencies (BHD, JOD, KWD, OMR, TND) are not on the page.
 */
const PRESENTMENT =
  'aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp ' +
  'cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr ils ' +
  'inr isk jmd jpy kes kgs khr kmf krw kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn ' +
  'myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle ' +
  'sos srd std szl thb tjs top try ttd twd tzs uah ugx usd uyu uzs vnd vuv wst xaf xcd xcg xof xpf yer zar zmw';

const ZERO_DECIMAL = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '));

/** Two decimals for backward compatibility, which are always 00. */
const WHOLE_UNITS = new Set(['isk', 'ugx']);

/** In the currency's own units, as the page has them. */
const MINIMUMS: Readonly<Record<string, number>> = {
  ...{ usd: 0.5, aed: 2, ars: 0.5, aud: 0.5, brl: 0.5, cad: 0.5, chf: 0.5, cop: 0.5, czk: 15, dkk: 2.5 },
  ...{ eur: 0.5, gbp: 0.3, hkd: 4, huf: 175, idr: 0.5, ils: 0.5, inr: 0.5, jpy: 50, krw: 50, mxn: 10 },
  ...{ myr: 2, nok: 3, nzd: 0.5, php: 0.5, pln: 2, ron: 2, rub: 0.5, sek: 3, sgd: 0.5, thb: 10, zar: 0.5 },
};

/** Twelve, ten and nine digits; eight in all other currencies. */
const MAXIMUMS: Readonly<Record<string, number>> = {
  idr: 999_999_999_999,
  cop: 9_999_999_999,
  inr: 999_999_999,
};
const EIGHT_DIGITS = 99_999_999;

/** By ISO 4217 code, in lower case. */
export const CURRENCIES: ReadonlyMap<string, Currency> = new Map(
  PRESENTMENT.split(' ').map((code) => {
    const exponent = ZERO_DECIMAL.has(code) ? 0 : 2;
    const minimum = MINIMUMS[code] === undefined ? null : Math.round(MINIMUMS[code] * 10 ** exponent);
    const maximum = MAXIMUMS[code] ?? EIGHT_DIGITS;
    return [code, { exponent, minimum, maximum, multiple: WHOLE_UNITS.has(code) ? 100 : 1 }];
  }),
);
