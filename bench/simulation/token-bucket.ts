/** So many a second, and what was not used is saved up to the burst. Time in milliseconds. */
export class TokenBucket {
  private tokens: number;
  private filledAt = 0;

  constructor(
    private readonly ratePerSecond: number,
    private readonly burst: number,
  ) {
    this.tokens = burst;
  }

  /** Takes all or nothing. `now` never goes back. */
  take(count: number, now: number): boolean {
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.filledAt) * this.ratePerSecond) / 1000);
    this.filledAt = now;
    if (this.tokens < count) return false;
    this.tokens -= count;
    return true;
  }
}
