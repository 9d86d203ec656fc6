import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { link, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ListedKeys } from './listed-keys';
import { type ObjectMetadata } from './object-metadata';

export interface StoredObject {
  readonly metadata: ObjectMetadata;
  readonly body: Buffer;
}

/** Enough for the metadata line: S3 allows 8 KB of request headers and a key of 1,024 bytes. */
const METADATA_BYTES = 32 * 1024;

/**
 * The buckets as folders, and each object as one file: a line of JSON metadata, then the bytes.
 *
 * One file makes a write atomic: it is written aside and then renamed (or linked) into place, so a crash leaves
 * the old object or the new one. File names are hashes of the keys, which may hold `..`, or differ by case only.
 * A versioned bucket keeps its latest version alone.
 *
 * What a listing needs is read from the files once, when a bucket is first listed, and kept in memory from then on: a
 * page costs what is on it, however many objects there are.
 */
export class ObjectStore {
  private readonly incoming: string;
  /** By bucket, of those that have been listed. */
  private readonly listings = new Map<string, Promise<ListedKeys>>();

  constructor(private readonly directory: string) {
    this.incoming = join(directory, '.incoming');
    this.dropUnfinished();
  }

  /** The name must be a valid bucket name: it becomes a folder. */
  createBucket(bucket: string): void {
    mkdirSync(join(this.directory, bucket), { recursive: true });
  }

  hasBucket(bucket: string): boolean {
    return existsSync(join(this.directory, bucket));
  }

  /** Replaces the object, or with `onlyIfAbsent` creates it. Answers false if it was there already. */
  async put(
    bucket: string,
    { metadata, body }: StoredObject,
    { onlyIfAbsent = false } = {},
  ): Promise<boolean> {
    const written = join(this.incoming, randomUUID());
    const target = this.file(bucket, metadata.key);
    await writeFile(written, Buffer.concat([Buffer.from(JSON.stringify(metadata) + '\n'), body]), {
      flag: 'wx',
    });
    if (!onlyIfAbsent) {
      await rename(written, target);
      await this.noteListed(bucket, (keys) => keys.put(metadata));
      return true;
    }
    try {
      // Like the flag 'wx', link(2) fails if the target is there; unlike it, the file appears with all its bytes.
      await link(written, target);
      await this.noteListed(bucket, (keys) => keys.put(metadata));
      return true;
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return false;
      throw error;
    } finally {
      await rm(written);
    }
  }

  async get(bucket: string, key: string): Promise<StoredObject | undefined> {
    try {
      const content = await readFile(this.file(bucket, key));
      const end = content.indexOf('\n');
      return { metadata: parseMetadata(content, end), body: content.subarray(end + 1) };
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  async delete(bucket: string, key: string): Promise<void> {
    await rm(this.file(bucket, key), { force: true });
    await this.noteListed(bucket, (keys) => keys.delete(key));
  }

  /**
   * The objects whose keys start with the prefix, in the order of the keys' UTF-8 bytes, as S3 lists them.
   *
   * @param page.after only keys behind this one
   */
  async list(
    bucket: string,
    prefix: string,
    page: { readonly after?: string; readonly limit?: number } = {},
  ): Promise<ObjectMetadata[]> {
    let listing = this.listings.get(bucket);
    if (!listing) {
      listing = this.readListing(bucket);
      this.listings.set(bucket, listing);
      listing.catch(() => this.listings.delete(bucket));
    }
    return (await listing).page(prefix, page);
  }

  /** Empties the buckets and keeps them. */
  empty(buckets: Iterable<string>): void {
    for (const bucket of buckets) {
      this.listings.delete(bucket);
      const folder = join(this.directory, bucket);
      for (const file of readdirSync(folder)) rmSync(join(folder, file), { force: true });
    }
  }

  /** A change on disk is one of the listing too; a bucket that nobody has listed yet is read when somebody does. */
  private async noteListed(bucket: string, change: (keys: ListedKeys) => void): Promise<void> {
    const listing = this.listings.get(bucket);
    if (listing) change(await listing);
  }

  private async readListing(bucket: string): Promise<ListedKeys> {
    const keys = new ListedKeys();
    for (const name of await readdir(join(this.directory, bucket))) {
      const metadata = await this.readMetadata(join(this.directory, bucket, name));
      if (metadata) keys.put(metadata);
    }
    return keys;
  }

  private dropUnfinished(): void {
    rmSync(this.incoming, { recursive: true, force: true });
    mkdirSync(this.incoming, { recursive: true });
  }

  private file(bucket: string, key: string): string {
    return join(this.directory, bucket, createHash('sha256').update(key).digest('hex'));
  }

  /** Reads the first line alone. Nothing if the object was deleted since the folder was read. */
  private async readMetadata(file: string): Promise<ObjectMetadata | undefined> {
    let handle;
    try {
      handle = await open(file);
      const { buffer } = await handle.read(Buffer.alloc(METADATA_BYTES), 0, METADATA_BYTES, 0);
      return parseMetadata(buffer, buffer.indexOf('\n'));
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    } finally {
      await handle?.close();
    }
  }
}

function parseMetadata(content: Buffer, end: number): ObjectMetadata {
  return JSON.parse(content.toString('utf8', 0, end)) as ObjectMetadata;
}

function hasCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}
