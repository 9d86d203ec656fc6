import { setTimeout as delay } from 'node:timers/promises';

/** Every SDK has given up long before. */
const LONGEST = 120;

/**
 * Slow services, on purpose: one does at once what it is asked and answers seconds later, so that its caller may have given
 * up by then. Beside DynamoDB, which is an engine of its own, each service can be slow.
 */
export class AnswerDelays {
  private readonly seconds = new Map<string, number>();

  /** @throws RangeError when it is no number above 0, up to 120 */
  set(signingName: string, seconds: unknown): void {
    if (typeof seconds !== 'number' || !(seconds > 0 && seconds <= LONGEST)) {
      throw new RangeError(`seconds must be a number above 0, up to ${LONGEST}.`);
    }
    this.seconds.set(signingName, seconds);
  }

  /** The delays in force, by signing name. */
  list(): Readonly<Record<string, { readonly seconds: number }>> {
    return Object.fromEntries([...this.seconds].map(([name, seconds]) => [name, { seconds }]));
  }

  remove(signingName: string): void {
    this.seconds.delete(signingName);
  }

  reset(): void {
    this.seconds.clear();
  }

  /** To be awaited between what a service does and its answer. */
  async beforeAnswer(signingName: string): Promise<void> {
    const seconds = this.seconds.get(signingName);
    if (seconds) await delay(seconds * 1_000, undefined, { ref: false });
  }
}
