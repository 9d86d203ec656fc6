import { CURRENCIES } from './currencies';
import { type Parameters } from './parameters';
import { refusal } from './rules';

/** What a payment is for: its amount fits its currency. */
export interface Money {
  /** Minor units. */
  readonly amount: number;
  /** In lower case. */
  readonly currency: string;
}

/** @throws StripeError 400 for a currency that Stripe does not charge in, or an amount it does not charge */
export function chargeParameters(parameters: Parameters<'amount' | 'currency'>): Money {
  const amount = parameters.required('amount', positiveAmount(parameters, 'amount'));
  const currency = currencyParameter(parameters);
  const { minimum, maximum, multiple } = CURRENCIES.get(currency)!;
  if (amount % multiple !== 0) {
    const message = `Amounts in ${currency} have no fractions: the value must be evenly divisible by ${multiple}.`;
    throw refusal('amount-fraction', message, 'amount');
  }
  if (minimum !== null && amount < minimum) {
    const message = `Amount must be at least ${formatAmount(minimum, currency)} ${currency}`;
    throw refusal('amount-too-small', message, 'amount');
  }
  if (amount > maximum) {
    const message = `Amount must be no more than ${formatAmount(maximum, currency)}`;
    throw refusal('amount-too-large', message, 'amount');
  }
  return { amount, currency };
}

/** Minor units. */
export function positiveAmount<Name extends string>(
  parameters: Parameters<Name>,
  name: Name,
): number | undefined {
  const amount = parameters.integer(name);
  if (amount !== undefined && amount < 1) {
    throw refusal('parameter-integer', 'This value must be greater than or equal to 1.', name);
  }
  return amount;
}

function currencyParameter(parameters: Parameters<'currency'>): string {
  const currency = parameters.required('currency', parameters.string('currency'));
  if (CURRENCIES.has(currency)) return currency;
  const supported = [...CURRENCIES.keys()].join(', ');
  throw refusal(
    'currency-unsupported',
    `Invalid currency: ${currency}. Stripe currently supports these currencies: ${supported}`,
    'currency',
  );
}

/** `$10.00`, as Stripe's messages print an amount in minor units. */
export function formatAmount(amount: number, currency: string): string {
  const { exponent } = CURRENCIES.get(currency)!;
  const digits = { minimumFractionDigits: exponent, maximumFractionDigits: exponent };
  const format = new Intl.NumberFormat('en-US', { style: 'currency', currency, ...digits });
  return format.format(amount / 10 ** exponent);
}
