/** What has been started and must be ended: last first, and also when a later start fails. */
export class Closing {
  private readonly steps: (() => Promise<unknown> | void)[] = [];

  /** Called right after a start, with what ends it. */
  push(step: () => Promise<unknown> | void): void {
    this.steps.push(step);
  }

  /** Ends everything. */
  readonly run = async (): Promise<void> => {
    for (const step of this.steps.reverse()) await step();
  };

  /** Runs `start`; if it fails, ends what it had started before the failure is passed on. */
  async afterFailureOf<Started>(start: () => Promise<Started>): Promise<Started> {
    try {
      return await start();
    } catch (error) {
      await this.run();
      throw error;
    }
  }
}
