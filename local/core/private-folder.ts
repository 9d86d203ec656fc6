import { chmodSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../aws/error-message';

/** What everybody but the owner may do with a file. */
const OTHERS = 0o077;

/** What a run puts into its data folder: journals, the database, its lock, the buckets. */
const OWN = /^([\w-]+\.jsonl(\.rewritten)?|dynamodb\..+|run\.lock(\..+)?|s3)$/;

/** From here on, what this process and its children write is their owner's alone. */
export function writePrivately(): void {
  process.umask(OTHERS);
}

/**
 * Takes from others what is in a data folder already: secrets, payments, mail, tickets. For folders of runs that wrote by the
 * umask of their shell, and for the folder itself, if nothing but a run's own is in it: it may be one that others need.
 *
 * @param warn hears what stays readable, on a file system that knows no modes or under another owner
 */
export function makePrivate(directory: string, warn: (message: string) => void = () => undefined): void {
  try {
    const entries = readdirSync(directory);
    const own = entries.filter((name) => OWN.test(name));
    for (const name of own) tighten(join(directory, name));
    if (own.length === entries.length) tighten(directory, { contents: false });
  } catch (error) {
    warn(`Others on this machine may read ${directory}: ${messageOf(error)}`);
  }
}

/** Contents first: a folder that is private has nothing in it that others reach, however many objects there are. */
function tighten(path: string, { contents = true } = {}): void {
  const status = statSync(path);
  if ((status.mode & OTHERS) === 0) return;
  if (contents && status.isDirectory()) for (const name of readdirSync(path)) tighten(join(path, name));
  chmodSync(path, status.mode & ~OTHERS & 0o777);
}
