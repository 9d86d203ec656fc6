/**
 * Works on so many items at once, in their order. One that fails does not keep the others from it.
 *
 * @throws the first error, of the work or of the items' source, when everything else is done
 */
export async function sideBySide<Item>(
  atOnce: number,
  items: Iterable<Item> | AsyncIterable<Item>,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  // One iterator for all the workers: each takes the next item as soon as it is free.
  const rest = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const errors: unknown[] = [];
  const failed = (error: unknown) => void errors.push(error);

  async function worker(): Promise<void> {
    for (let next = await rest.next(); !next.done; next = await rest.next()) {
      await work(next.value).catch(failed);
    }
  }

  await Promise.all(Array.from({ length: atOnce }, () => worker().catch(failed)));
  if (errors.length > 0) throw errors[0] as Error;
}
