import { setTimeout as delay } from 'node:timers/promises';
import { paced } from '../../../lambda/shared/paced';

/** Of a, b and c, how many milliseconds after the beginning each came. */
async function timesAt(
  perSecond: number,
  work: (item: string) => Promise<unknown> = () => Promise.resolve(),
) {
  const begun = performance.now();
  const times = new Map<string, number>();
  for await (const item of paced(['a', 'b', 'c'], perSecond)) {
    times.set(item, performance.now() - begun);
    await work(item);
  }
  return Object.fromEntries(times);
}

test('each item comes not before its time', async () => {
  const { b, c } = await timesAt(20);

  // A timer may fire a millisecond early.
  expect(b).toBeGreaterThanOrEqual(48);
  expect(c).toBeGreaterThanOrEqual(98);
});

test('who was slow with one gets the next sooner: the rate is a mean', async () => {
  const { b, c } = await timesAt(2, (item) => delay(item === 'a' ? 1_000 : 0));

  expect(b).toBeGreaterThanOrEqual(998);
  // Its time had come when b was handed out: it waits for no pause of its own.
  expect(c! - b!).toBeLessThan(400);
});

test('without a pace nothing waits', async () => {
  const begun = performance.now();
  for (let round = 0; round < 100; round++) await timesAt(Infinity);

  expect(performance.now() - begun).toBeLessThan(5_000);
});
