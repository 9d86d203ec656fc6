import { pairedRatio, percentile, spreadOf } from '../../../bench/report/statistics';

test.each([
  [[3, 1, 2], 50, 2],
  [[4, 1, 3, 2], 50, 2.5],
  [[1, 2, 3, 4, 5], 25, 2],
  [[10, 20], 99, 19.9],
  [[7], 99, 7],
])('of %j the percentile %d is %d', (samples, p, expected) => {
  expect(percentile(samples, p)).toBeCloseTo(expected);
});

test('the samples stay as they were', () => {
  const samples = [3, 1, 2];

  percentile(samples, 50);

  expect(samples).toEqual([3, 1, 2]);
});

test('nothing has no percentile, and there is none above 100', () => {
  expect(() => percentile([], 50)).toThrow(RangeError);
  expect(() => percentile([1], 101)).toThrow(RangeError);
});

test('the spread is the median and the quartiles, which one delayed sample does not move far', () => {
  const spread = spreadOf([10, 11, 12, 13, 5_000]);

  expect(spread).toEqual({ median: 12, low: 11, high: 13, samples: 5 });
});

test('a ratio is taken pair by pair, so a minute in which everything was slow changes nothing', () => {
  const ratio = pairedRatio([2, 20, 2], [1, 10, 1]);

  expect(ratio.median).toBe(2);
  expect(ratio.high).toBe(2);
});

test('what are no pairs has no paired ratio', () => {
  expect(() => pairedRatio([1, 2], [1])).toThrow(RangeError);
});
