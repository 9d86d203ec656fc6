import { clockOf, isSaid, secondsUntil, spokenTime } from '../../web/countdown.js';

test.each([
  [300_000, 300, '5:00', '5 minutes'],
  [299_001, 300, '5:00', '5 minutes'],
  [245_000, 245, '4:05', '4 minutes 5 seconds'],
  [61_000, 61, '1:01', '1 minute 1 second'],
  [9_000, 9, '0:09', '9 seconds'],
  [0, 0, '0:00', ''],
  [-5_000, 0, '0:00', ''],
])('%d ms before the end it is %d s: %s', (milliseconds, seconds, clock, spoken) => {
  const left = secondsUntil(1_000_000 + milliseconds, 1_000_000);

  expect([left, clockOf(left), spokenTime(left)]).toEqual([seconds, clock, spoken]);
});

test('is said at the start and at two, one and half a minute before the end, not every second', () => {
  const said = [];
  let before = Infinity;
  for (let left = 300; left >= 0; left--) {
    if (isSaid(before, left)) said.push(left);
    before = left;
  }

  expect(said).toEqual([300, 120, 60, 30]);
});

test.each([
  [125, 58, true],
  [59, 31, false],
  [100, 0, false],
])('a hidden tab that counts from %d to %d says so: %s', (before, left, said) => {
  expect(isSaid(before, left)).toBe(said);
});
