/** The items in their order, so many together; the last group may be smaller, and none is empty. */
export async function* inGroups<Item>(
  size: number,
  items: Iterable<Item> | AsyncIterable<Item>,
): AsyncGenerator<Item[]> {
  let group: Item[] = [];
  for await (const item of items) {
    group.push(item);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
