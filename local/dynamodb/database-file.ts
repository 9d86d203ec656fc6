import { chmodSync, copyFileSync, existsSync, mkdtempSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A database with the engine's table of stream records in it, indexed and trimmed: stream-records.sql says how. */
const TEMPLATE = join(__dirname, 'stream-records.sqlite');

/** Linux has files in memory here; a container may have given it a few megabytes alone. */
const IN_MEMORY = '/dev/shm';
const SPACE_NEEDED = 2 ** 30;

/** The engine's file, made as our template where it is new. One that an older version made stays as it is. */
export function keptDatabase(file: string): string {
  if (existsSync(file)) return file;
  const unfinished = `${file}.new`;
  copyTemplate(unfinished);
  renameSync(unfinished, file);
  return file;
}

/** A file for one run: the engine's own memory cannot be given an index. */
export interface VolatileDatabase {
  readonly file: string;
  /** Leaves it to the engine that has it open. Nothing stays where this run is killed. */
  readonly remove: () => void;
}

export function volatileDatabase(): VolatileDatabase {
  const folder = mkdtempSync(join(hasRoom(IN_MEMORY) ? IN_MEMORY : tmpdir(), 'eventpro-dynamodb-'));
  const file = join(folder, 'tables.sqlite');
  copyTemplate(file);
  // Windows removes no open file; the last call, after the engine's end, does.
  const remove = () => {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // It is open.
    }
  };
  return { file, remove };
}

/** What is sold is nobody's business but this user's. */
function copyTemplate(file: string): void {
  copyFileSync(TEMPLATE, file);
  chmodSync(file, 0o600);
}

function hasRoom(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize >= SPACE_NEEDED;
  } catch {
    return false;
  }
}
