import { messageOf } from '../../local/aws/error-message';

/** A check that did not hold. */
export class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
}

/** @throws CheckFailed that says what was expected and what came */
export function expectEqual(what: string, actual: unknown, expected: unknown): void {
  const [came, wanted] = [actual, expected].map((value) => JSON.stringify(value));
  if (came !== wanted) throw new CheckFailed(`${what}: expected ${wanted}, got ${came?.slice(0, 300)}`);
}

/** Runs checks one after the other, a line for each, and counts. */
export class Progress {
  readonly failed: string[] = [];
  passed = 0;

  constructor(
    private readonly write: (line: string) => void,
    private readonly interrupted: AbortSignal,
  ) {}

  /**
   * Answers what the check found out; undefined if it failed, so that those after it still run.
   *
   * @throws the reason of the interruption, when a person has ended the test
   */
  async check<Found>(name: string, run: () => Promise<Found>): Promise<Found | undefined> {
    this.interrupted.throwIfAborted();
    const startedAt = Date.now();
    try {
      const found = await run();
      this.passed++;
      this.write(`ok      ${name} (${Date.now() - startedAt} ms)`);
      return found;
    } catch (error) {
      this.failed.push(name);
      this.write(`FAILED  ${name}\n        ${messageOf(error)}`);
      return undefined;
    }
  }
}
