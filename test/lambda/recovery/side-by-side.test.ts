import { setImmediate as turn } from 'node:timers/promises';
import { sideBySide } from '../../../lambda/recovery/side-by-side';
import { errorOf } from '../checkout';

async function* three() {
  yield* [1, 2, 3];
}

test.each([
  ['a list', [1, 2, 3]],
  ['a list that is still being read', three()],
])('of %s, each item is worked on once, no more at once than said', async (_, items) => {
  const done: number[] = [];
  let under = 0;
  let most = 0;

  await sideBySide(2, items, async (item) => {
    most = Math.max(most, ++under);
    await turn();
    under--;
    done.push(item);
  });

  expect(done).toEqual([1, 2, 3]);
  expect(most).toBe(2);
});

test('an item that fails keeps no other from it, and is heard of in the end', async () => {
  const done: number[] = [];

  const error = await errorOf(
    sideBySide(1, [1, 2, 3], async (item) => {
      if (item === 1) throw new Error('the first');
      done.push(await Promise.resolve(item));
    }),
  );

  expect(error.message).toBe('the first');
  expect(done).toEqual([2, 3]);
});

test('a list that cannot be read to its end: what was read is done before the error', async () => {
  async function* broken() {
    yield 1;
    throw new Error('no second page');
  }
  const done: number[] = [];

  const error = await errorOf(
    sideBySide(2, broken(), async (item) => {
      await turn();
      done.push(item);
    }),
  );

  expect(error.message).toBe('no second page');
  expect(done).toEqual([1]);
});
