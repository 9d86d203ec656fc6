import { nextLook } from '../../web/seat-watch.js';

const SECOND = 1_000;

test.each([
  ['while the buyer chooses', { failures: 0, idleFor: 0 }, 4],
  ['for a page that is only open', { failures: 0, idleFor: 60 * SECOND }, 15],
  ['after a failure', { failures: 1, idleFor: 0 }, 8],
  ['after many', { failures: 20, idleFor: 0 }, 60],
])('the next look comes, %s, after about this many seconds', (_, state, seconds) => {
  expect(nextLook({ ...state, random: 0.5 })).toBeCloseTo(seconds * SECOND, 5);
});

test('chance spreads the looks of many buyers', () => {
  const looks = [0, 1].map((random) => Math.round(nextLook({ failures: 0, idleFor: 0, random })));

  expect(looks).toEqual([3_200, 4_800]);
});
