/** What AWS and Stripe allow by default in us-east-1, and what `lib/config.ts` sets; each can be raised. */
export interface Quotas {
  /** `POST /purchases`: requests a second and the burst above it, of the stage `prod`. */
  readonly apiRate: number;
  readonly apiBurst: number;
  /** Synchronous Express executions at once. Not published today: the documentation of 2023 said 1,000 to 3,700 by region. */
  readonly expressConcurrency: number;
  /** Sandboxes of the account at once. */
  readonly lambdaConcurrency: number;
  /** Sandboxes a function may add in ten seconds. */
  readonly lambdaScaling: number;
  /** Write units a second of one partition, even of a single hot item. */
  readonly partitionWriteUnits: number;
  /** Write units a second of the whole purchase table; a new on-demand table begins with this. */
  readonly tableWriteUnits: number;
  /** API requests a second of a live account: https://support.stripe.com/questions/rate-limit-error-when-creating-bulk-api-requests */
  readonly stripeRate: number;
}

export const DEFAULT_QUOTAS: Quotas = {
  apiRate: 500,
  apiBurst: 1_000,
  expressConcurrency: 1_000,
  lambdaConcurrency: 1_000,
  lambdaScaling: 1_000,
  partitionWriteUnits: 1_000,
  tableWriteUnits: 4_000,
  stripeRate: 100,
};

/** What one checkout uses; from `npm run bench`. */
export interface CheckoutUse {
  readonly seats: number;
  readonly steps: readonly StepUse[];
}

export interface StepUse {
  readonly name: string;
  /** Milliseconds of the function on AWS. */
  readonly ms: number;
  /** Write units of the section's partition, and of the purchase table with its index. */
  readonly sectionUnits: number;
  readonly purchaseUnits: number;
  readonly stripeRequests: number;
}

/** Checkouts a second that each quota lets through by itself, if the buyers spread evenly over the sections. */
export function ceilings(quotas: Quotas, use: CheckoutUse, sections: number): Record<Ceiling, number> {
  const total = (value: (step: StepUse) => number) => use.steps.reduce((sum, step) => sum + value(step), 0);
  const seconds = total(({ ms }) => ms) / 1000;
  return {
    'API throttle': quotas.apiRate,
    'Express concurrency': quotas.expressConcurrency / seconds,
    'Lambda concurrency': quotas.lambdaConcurrency / seconds,
    'Section partitions': (quotas.partitionWriteUnits * sections) / total(({ sectionUnits }) => sectionUnits),
    'Purchase table': quotas.tableWriteUnits / total(({ purchaseUnits }) => purchaseUnits),
    'Stripe rate': quotas.stripeRate / total(({ stripeRequests }) => stripeRequests),
  };
}

export const CEILINGS = [
  'API throttle',
  'Express concurrency',
  'Lambda concurrency',
  'Section partitions',
  'Purchase table',
  'Stripe rate',
] as const;

export type Ceiling = (typeof CEILINGS)[number];

/** The quota that is reached first. */
export function lowest(ceilings: Readonly<Record<Ceiling, number>>): { name: Ceiling; perSecond: number } {
  const [name, perSecond] = Object.entries(ceilings).sort(([, a], [, b]) => a - b)[0]!;
  return { name: name as Ceiling, perSecond };
}
