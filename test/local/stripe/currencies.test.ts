import { CURRENCIES as SOLD_IN } from '../../../lambda/shared/currencies';
import { CURRENCIES as CHARGED_IN } from '../../../local/stripe/currencies';

/** Two readings of "Supported currencies", by two hands: what is sold can be charged, and nothing else is. */
test('the prices that an event may have are the amounts that the local Stripe server charges', () => {
  const sold = Array.from(SOLD_IN, ([code, { decimals, wholeUnits, minimum, maximum }]) => [
    code.toLowerCase(),
    { decimals, wholeUnits, minimum, maximum },
  ]);
  const charged = Array.from(CHARGED_IN, ([code, { exponent, multiple, minimum, maximum }]) => [
    code,
    { decimals: exponent, wholeUnits: multiple === 100, minimum: minimum ?? 1, maximum },
  ]);

  expect(Object.fromEntries(sold)).toEqual(Object.fromEntries(charged));
});
