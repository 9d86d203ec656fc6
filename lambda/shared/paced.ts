import { setTimeout as delay } from 'node:timers/promises';

/**
 * Hands out items at a rate, the first at once. Who was slow with one gets the next ones sooner, so the rate is kept as a mean.
 *
 * @param perSecond items a second; Infinity sets no pace
 */
export async function* paced<Item>(items: Iterable<Item>, perSecond: number): AsyncGenerator<Item> {
  const begun = performance.now();
  let index = 0;
  for (const item of items) {
    const early = begun + (index++ / perSecond) * 1000 - performance.now();
    if (early > 0) await delay(early);
    yield item;
  }
}
