import { type ObjectMetadata } from './object-metadata';

interface Page {
  readonly after?: string;
  readonly limit?: number;
}

/** What a bucket's listing shows, in the order of the keys' UTF-8 bytes. */
export class ListedKeys {
  private readonly objects = new Map<string, ObjectMetadata>();
  /** Undefined when a key was added since it was sorted. */
  private sorted: readonly string[] | undefined;

  put(metadata: ObjectMetadata): void {
    if (!this.objects.has(metadata.key)) this.sorted = undefined;
    this.objects.set(metadata.key, metadata);
  }

  delete(key: string): void {
    // A key without an object is skipped, so the order need not be made again.
    this.objects.delete(key);
  }

  page(prefix: string, { after = '', limit = Infinity }: Page): ObjectMetadata[] {
    this.sorted ??= [...this.objects.keys()].sort(byBytes);
    const found: ObjectMetadata[] = [];
    const start = Math.max(firstNotBefore(this.sorted, prefix), firstNotBefore(this.sorted, after));
    for (let index = start; index < this.sorted.length && found.length < limit; index++) {
      const key = this.sorted[index]!;
      if (!key.startsWith(prefix)) break;
      const object = this.objects.get(key);
      if (object && key !== after) found.push(object);
    }
    return found;
  }
}

function firstNotBefore(sorted: readonly string[], key: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (byBytes(sorted[middle]!, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
