import { costOfASale, costOfASaleBefore, totalOfASale } from '../../../bench/audit/audit-cost';
import { PRICES } from '../../../bench/prices';

const UNITS = { lookUp: 0.5, seats: 0.03 };
const LAMBDA = { msOfALookUp: 0, memoryMb: 512 };

test('a sale is looked up five times, however early it is made; only the reading of its seats goes on', () => {
  const early = costOfASale(90, UNITS, LAMBDA);
  const late = costOfASale(7, UNITS, LAMBDA);

  expect(late.payments + late.seats).toBeCloseTo((4 * 0.5 + 14 * 0.03) * PRICES.dynamoDbReadUnit, 12);
  expect(totalOfASale(early) - totalOfASale(late)).toBeCloseTo(83 * 0.03 * PRICES.dynamoDbReadUnit, 12);
});

test('before, each of its 24 runs a day looked it up for a whole unit', () => {
  const { seats } = costOfASaleBefore(7, UNITS, LAMBDA);

  expect(seats).toBeCloseTo(14 * 24 * 1.03 * PRICES.dynamoDbReadUnit, 12);
});
