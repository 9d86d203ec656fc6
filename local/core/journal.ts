import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * An append-only file of JSON lines that a service replays when it starts: what `--data DIR` keeps.
 *
 * Appends are synchronous, so an entry that was acknowledged survives `kill -9`. Without a file it keeps nothing.
 */
export class Journal<Entry> {
  constructor(private readonly file: string | undefined) {
    if (file) mkdirSync(dirname(file), { recursive: true });
  }

  append(entry: Entry): void {
    if (this.file) appendFileSync(this.file, JSON.stringify(entry) + '\n');
  }

  /**
   * Reads every entry. A last line without its newline was never acknowledged and is dropped; a broken line before
   * it means a damaged file, which is refused by name rather than half read.
   */
  replay(): Entry[] {
    if (!this.file || !existsSync(this.file)) return [];
    const lines = readFileSync(this.file, 'utf8').split('\n');
    const unfinished = lines.pop();
    if (unfinished) this.rewriteLines(lines);
    return lines.map((line, index) => {
      const entry = parsedObject(line);
      if (entry) return entry as Entry;
      throw new Error(
        `${this.file}:${index + 1} is damaged: not a JSON object. Move the file away, or start with another --data folder.`,
      );
    });
  }

  /** Replaces the file by these entries: compaction after a replay, or an empty list for a reset. */
  rewrite(entries: readonly Entry[]): void {
    if (this.file) this.rewriteLines(entries.map((entry) => JSON.stringify(entry)));
  }

  private rewriteLines(lines: readonly string[]): void {
    // Renamed into place, so that a crash leaves the old file or the new one, never half of either.
    const rewritten = `${this.file!}.rewritten`;
    writeFileSync(rewritten, lines.map((line) => line + '\n').join(''));
    renameSync(rewritten, this.file!);
  }
}

function parsedObject(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
