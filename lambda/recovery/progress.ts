/**
 * How far a look at things in the order of their time has come. It never passes what is not in order, so the next run
 * begins there: what has been looked at and is in order is not looked at again.
 */
export class Progress {
  private held = Infinity;

  /** Seconds since the epoch: the look is at what was made from `from` on and before `to`. */
  constructor(
    readonly from: number,
    readonly to: number,
  ) {}

  /** Something of this time was not looked at, or is not in order. */
  hold(at: number): void {
    this.held = Math.min(this.held, at);
  }

  get position(): number {
    return Math.max(this.from, Math.min(this.to, this.held));
  }
}
