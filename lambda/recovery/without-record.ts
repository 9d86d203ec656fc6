import { type Tally } from './audit-log';

/** What an audit may undo by itself although no record says so. */
export interface Bound {
  /** Purchases in three days. */
  readonly purchases: number;
  /** Or so many in a hundred of the payments that were looked at in three days, if that is more. */
  readonly percent: number;
}

/** Something that names a purchase of which there is no record. */
export interface Finding {
  readonly kind: 'payment' | 'ticket' | 'hold' | 'soldSeat';
  /** `purchaseHash` of the id: all that a ticket tells of its purchase. */
  readonly hash: string;
  /** Absent where it must not be undone: it tells that the purchase was sold. */
  readonly undo?: () => Promise<void>;
  /** Hears that it was left alone. */
  readonly leave?: () => void;
  /** Whether the purchase was sold, asked before anything of it is undone. @default the other findings tell */
  readonly wasSold?: () => Promise<boolean>;
}

/**
 * What no record stands behind: a payment, a ticket, a hold, a sold seat. No code path makes one, since a record is
 * written first and stays. So either the record is lost, or the whole table is; and an audit that gave back what it
 * cannot account for would turn a lost table into a sale undone.
 *
 * Therefore it is gathered first, all of it, and decided upon in the end. Beyond the bound nothing is touched. Within it,
 * only what was never sold: a ticket or a sold seat says that it was, whatever became of the record, and stays.
 */
export class WithoutRecord {
  private readonly findings = new Map<string, Finding[]>();

  /** @param tallies of the runs before */
  constructor(
    private readonly bound: Bound,
    private readonly tallies: readonly Tally[],
  ) {}

  add(finding: Finding): void {
    const others = this.findings.get(finding.hash);
    if (others) others.push(finding);
    else this.findings.set(finding.hash, [finding]);
  }

  /** Purchases. */
  get size(): number {
    return this.findings.size;
  }

  /** @param looked payments of this run */
  isWithinBound(looked: number): boolean {
    const before = this.tallies.reduce((sum, tally) => sum + tally.looked, 0);
    const undone = this.tallies.reduce((sum, tally) => sum + tally.undone, 0);
    const allowed = Math.max(this.bound.purchases, ((before + looked) * this.bound.percent) / 100);
    return undone + this.size <= allowed;
  }

  /** The purchases of which something can be undone, because nothing says that they were sold. */
  async unsold(): Promise<Finding[][]> {
    const unsold: Finding[][] = [];
    for (const findings of this.findings.values()) {
      if (!findings.every(({ undo }) => undo)) continue;
      const sold = await Promise.all(findings.map(async ({ wasSold }) => (await wasSold?.()) ?? false));
      if (!sold.includes(true)) unsold.push(findings);
    }
    return unsold;
  }

  /** What was undone is no longer without a record: it is gone. */
  touched(purchases: readonly Finding[][]): void {
    for (const [finding] of purchases) this.findings.delete(finding!.hash);
  }

  /**
   * Tells all others that they were left alone.
   *
   * @returns the hashes of their purchases
   */
  leaveTheRest(): string[] {
    for (const { leave } of [...this.findings.values()].flat()) leave?.();
    return [...this.findings.keys()];
  }
}
