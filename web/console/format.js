import { decimalsOf } from '../currency.js';

const LOCALE = 'en-GB';

/**
 * `20:04:31.250`, where the reader is.
 *
 * @param {string | number} time ISO 8601, or milliseconds
 */
export function preciseTime(time) {
  return new Date(time).toLocaleTimeString(LOCALE, {
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
    fractionalSecondDigits: 3,
  });
}

/**
 * `20:04:31`, where the reader is.
 *
 * @param {string | number} time ISO 8601, or milliseconds
 */
export function timeOfDay(time) {
  return new Date(time).toLocaleTimeString(LOCALE);
}

/**
 * `21 Nov 2026, 20:04:31`.
 *
 * @param {string | number} time ISO 8601, or milliseconds
 */
export function dateAndTime(time) {
  return new Date(time).toLocaleString(LOCALE, { dateStyle: 'medium', timeStyle: 'medium' });
}

/**
 * `840 ms`, `12.4 s`, `7 min 5 s`.
 *
 * @param {number} milliseconds
 */
export function duration(milliseconds) {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1_000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1_000);
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  if (minutes < 60) return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/**
 * `EUR 120.00`.
 *
 * @param {number} amount minor units
 * @param {string} currency ISO 4217, in any case
 */
export function money(amount, currency) {
  const decimals = decimalsOf(currency);
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return new Intl.NumberFormat(LOCALE, { style: 'currency', currency, ...digits }).format(
    amount / 10 ** decimals,
  );
}

/**
 * `1 retry`, `3 retries`.
 *
 * @param {number} count
 * @param {string} singular
 * @param {string} [plural]
 */
export function counted(count, singular, plural = `${singular}s`) {
  return `${count} ${count === 1 ? singular : plural}`;
}

/**
 * `CheckoutSaga`, of `EventPro-dev-Checkout-CheckoutSaga4520151D-2ac66dfc`: without the stack, the construct's hash and
 * the suffix of the physical name.
 *
 * @param {string} physicalName
 */
export function logicalName(physicalName) {
  const logical = physicalName.replace(/-[0-9a-f]+$/, '').split('-');
  return (logical.at(-1) ?? '').replace(/[0-9A-F]{8}$/, '');
}

/**
 * The same value, easy to read; a cause that is JSON text, too.
 *
 * @param {unknown} value
 */
export function pretty(value) {
  try {
    return JSON.stringify(typeof value === 'string' ? JSON.parse(value) : value, null, 2);
  } catch {
    return String(value);
  }
}
