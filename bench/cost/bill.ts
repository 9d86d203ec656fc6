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

/** Express bills duration in steps of 100 ms and memory in chunks of 64 MB. */
export function expressGbSeconds(durationMs: number, memoryGb: number): number {
  return (Math.ceil(durationMs / 100) / 10) * memoryGb;
}

/** Lambda bills the millisecond. */
export function lambdaGbSeconds(durationMs: number, memoryMb: number): number {
  return (Math.ceil(durationMs) / 1000) * (memoryMb / 1024);
}
