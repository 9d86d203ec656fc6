import { type Fees } from '../payment/payment-gateway';
import { CURRENCIES } from '../shared/currencies';
import { type FoundPurchase } from './buyer-answers';

type Cell = string | number | undefined;

const COLUMNS: Readonly<Record<string, (purchase: FoundPurchase, fees: Fees | undefined) => Cell>> = {
  reference: ({ reference }) => reference,
  status: ({ status }) => status,
  seats: ({ seats }) => seats.join(' '),
  admitted: ({ admitted = 0 }) => admitted,
  name: ({ buyer }) => buyer?.name,
  email: ({ buyer }) => buyer?.email,
  phone: ({ buyer }) => buyer?.phone,
  bought_at: ({ createdAt }) => createdAt,
  currency: ({ currency }) => currency,
  amount: ({ amount, currency }) => decimal(amount, currency),
  given_back: ({ cancellation, refunded, currency }) =>
    decimal(cancellation?.refund.amount ?? refunded ?? 0, currency),
  payout_currency: (_, fees) => fees?.currency,
  fee: (_, fees) => fees && decimal(fees.fee, fees.currency),
  net: (_, fees) => fees && decimal(fees.net, fees.currency),
};

/** A table by RFC 4180, with a head: amounts as decimals of their currency, so that a sheet can add them up. */
export function purchasesCsv(purchases: readonly FoundPurchase[], fees: ReadonlyMap<string, Fees>): string {
  const rows = purchases.map((purchase) =>
    Object.values(COLUMNS).map((cell) => cell(purchase, fees.get(purchase.reference))),
  );
  return [Object.keys(COLUMNS), ...rows].map((row) => `${row.map(cellOf).join(',')}\r\n`).join('');
}

/**
 * A text that begins like a formula would be one to a spreadsheet, which may then send what is beside it elsewhere: an apostrophe before
 * it makes it text ("CSV Injection", OWASP, read November 2026). Buyers choose their names.
 */
function cellOf(value: Cell): string {
  const text = String(value ?? '');
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n';]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function decimal(minorUnits: number, currency: string): string {
  const { decimals } = CURRENCIES.get(currency) ?? { decimals: 2 };
  return (minorUnits / 10 ** decimals).toFixed(decimals);
}
