import { type Parameters } from './parameters';
import { invalidRequest } from './stripe-error';

/** Presentment currencies of cards. Source: https://docs.stripe.com/currencies */
const CURRENCIES = new Set(
  (
    'aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp ' +
    'cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr ils ' +
    'inr isk jmd jpy kes kgs khr kmf krw kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn ' +
    'myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle ' +
    'sos srd std szl thb tjs top try ttd twd tzs uah ugx usd uyu uzs vnd vuv wst xaf xcd xcg xof xpf yer zar zmw'
  ).split(' '),
);

/** Eight digits in the currency's minor unit. Source: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts */
const MAXIMUM_AMOUNT = 99_999_999;

/** Minor units, 1 to 99999999. Stripe's minimum charge (about 0.50 USD) depends on the account and is not checked. */
export function amountParameter(parameters: Parameters, name: string): number | undefined {
  const amount = parameters.integer(name);
  if (amount !== undefined && amount < 1) {
    throw invalidRequest('This value must be greater than or equal to 1.', name, 'parameter_invalid_integer');
  }
  if (amount !== undefined && amount > MAXIMUM_AMOUNT) {
    throw invalidRequest('Amount must be no more than $999,999.99', name, 'amount_too_large');
  }
  return amount;
}

/** Upper case is accepted and answered in lower case, as Stripe does. */
export function currencyParameter(parameters: Parameters): string {
  const currency = parameters.required('currency', parameters.string('currency')).toLowerCase();
  if (CURRENCIES.has(currency)) return currency;
  const supported = [...CURRENCIES].join(', ');
  throw invalidRequest(
    `Invalid currency: ${currency}. Stripe currently supports these currencies: ${supported}`,
    'currency',
  );
}

/** `$10.00`, as Stripe's messages print an amount in minor units. */
export function formatAmount(amount: number, currency: string): string {
  const format = new Intl.NumberFormat('en-US', { style: 'currency', currency });
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}
