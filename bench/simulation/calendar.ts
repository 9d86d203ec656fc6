/** The events to come of a simulation, by whole milliseconds; those of one millisecond run in the order they came. */
export class Calendar {
  now = 0;
  private readonly days = new Map<number, (() => void)[]>();
  private last = 0;

  after(milliseconds: number, event: () => void): void {
    const day = this.now + Math.max(1, Math.round(milliseconds));
    const events = this.days.get(day);
    if (events) events.push(event);
    else this.days.set(day, [event]);
    this.last = Math.max(this.last, day);
  }

  /** Runs until nothing is left, or `until` is reached. */
  run(until: number): void {
    for (; this.now <= Math.min(this.last, until); this.now++) {
      const events = this.days.get(this.now);
      if (!events) continue;
      for (const event of events) event();
      this.days.delete(this.now);
    }
  }
}
