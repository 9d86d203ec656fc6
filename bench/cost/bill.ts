/** One line of a bill: how much of something one checkout uses, at which price. */
export interface Item {
  readonly name: string;
  readonly quantity: number;
  readonly unit: string;
  /** Dollars a unit. */
  readonly price: number;
}

export function costOf({ quantity, price }: Item): number {
  return quantity * price;
}

export function totalOf(items: readonly Item[]): number {
  return items.reduce((total, item) => total + costOf(item), 0);
}

/**
 * Express bills each begun 100 ms of each execution ("AWS Step Functions pricing", read November 2026): of many executions, 50 ms more
 * than they take on average. The mean itself, rounded up, would be off by up to 50 ms either way.
 *
 * @param meanMs of executions that differ by more than 100 ms, as those do that wait for a bank
 */
export function expressGbSeconds(meanMs: number, memoryGb: number): number {
  return ((meanMs + 50) / 1000) * memoryGb;
}

/** Lambda bills the millisecond. */
export function lambdaGbSeconds(durationMs: number, memoryMb: number): number {
  return (Math.ceil(durationMs) / 1000) * (memoryMb / 1024);
}
