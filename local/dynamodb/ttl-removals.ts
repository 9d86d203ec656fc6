import { Journal } from '../core/journal';
import { type Item } from './stream-record';

/** More than a stream holds that nobody has read yet. */
const KEPT_AT_START = 10_000;

interface Removal {
  readonly table: string;
  readonly item: string;
}

/**
 * Which removals were those of the time to live, for the engine's stream does not tell. Noted before the item is deleted, and kept,
 * so that a removal is known as one after `kill -9`, too.
 */
export class TtlRemovals {
  private readonly journal: Journal<Removal>;
  private readonly noted = new Map<string, Set<string>>();

  constructor(journalFile: string | undefined) {
    this.journal = new Journal(journalFile);
    const recent = this.journal.replay().slice(-KEPT_AT_START);
    this.journal.rewrite(recent);
    for (const { table, item } of recent) this.remember(table, item);
  }

  /** @param expiry the value by which it has expired: an item that comes and goes under the same keys is another one */
  note(table: string, keys: Item, expiry: string): void {
    const item = identity(keys, expiry);
    if (this.remember(table, item)) this.journal.append({ table, item });
  }

  has(table: string, { Keys, OldImage = {} }: { readonly Keys: Item; readonly OldImage?: Item }): boolean {
    const removed = this.noted.get(table);
    return (
      removed !== undefined &&
      Object.values(OldImage).some(({ N }) => typeof N === 'string' && removed.has(identity(Keys, N)))
    );
  }

  clear(): void {
    this.noted.clear();
    this.journal.rewrite([]);
  }

  private remember(table: string, item: string): boolean {
    const items = this.noted.get(table) ?? new Set<string>();
    this.noted.set(table, items);
    const known = items.has(item);
    items.add(item);
    return !known;
  }
}

function identity(keys: Item, expiry: string): string {
  const sorted = Object.entries(keys).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([sorted, expiry]);
}
