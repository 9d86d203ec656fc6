/** What has been started and must be ended: last first, and also when a later start fails. */
export class Closing {
  private readonly steps: (() => Promise<unknown> | void)[] = [];

  /** Called right after a start, with what ends it. */
  push(step: () => Promise<unknown> | void): void {
    this.steps.push(step);
  }

  /** Ends everything, also after a step that failed: the first failure is passed on at the end. */
  readonly run = async (): Promise<void> => {
    const failures: unknown[] = [];
    for (const step of this.steps.splice(0).reverse()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  };

  /** Runs `start`; if it fails, ends what it had started before the failure of the start is passed on. */
  async afterFailureOf<Started>(start: () => Promise<Started>): Promise<Started> {
    try {
      return await start();
    } catch (error) {
      await this.run().catch(() => undefined);
      throw error;
    }
  }
}
