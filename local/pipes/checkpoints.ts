import { Journal } from '../core/journal';
import { type SequenceNumber } from '../dynamodb/table-stream';

/** As many entries are appended before the file is made small again. */
const APPENDED = 1_000;

/** How far each pipe has come, kept across restarts. */
export class Checkpoints {
  private readonly journal: Journal<{ readonly pipe: string; readonly at: SequenceNumber }>;
  private readonly known = new Map<string, SequenceNumber>();
  private appended = 0;

  constructor(journalFile: string | undefined) {
    this.journal = new Journal(journalFile);
    for (const { pipe, at } of this.journal.replay()) this.known.set(pipe, at);
  }

  get(pipe: string): SequenceNumber | undefined {
    return this.known.get(pipe);
  }

  save(pipe: string, at: SequenceNumber): void {
    this.known.set(pipe, at);
    if (this.appended++ < APPENDED) return this.journal.append({ pipe, at });
    this.appended = 0;
    this.journal.rewrite([...this.known].map(([name, each]) => ({ pipe: name, at: each })));
  }

  clear(): void {
    this.known.clear();
    this.journal.rewrite([]);
  }
}
