import { CURRENCIES, money } from '../../../lambda/shared/currencies';
import { decimalsOf } from '../../../web/currency.js';

test('the pages have the same decimals as the API, in every currency', () => {
  const onThePages = [...CURRENCIES.keys()].map((code) => [code, decimalsOf(code)]);

  expect(onThePages).toEqual([...CURRENCIES].map(([code, { decimals }]) => [code, decimals]));
});

test.each([
  [12_000, 'EUR', '120.00 EUR'],
  [5_000, 'JPY', '5000 JPY'],
  [990_000, 'HUF', '9900.00 HUF'],
  [500_000, 'UGX', '5000.00 UGX'],
  [999_999_999_999, 'IDR', '9999999999.99 IDR'],
  // Of an event of an older version.
  [4_500, 'HRK', '45.00 HRK'],
])('%i minor units of %s are %s', (amount, currency, written) => {
  expect(money(amount, currency)).toBe(written);
});
