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
  /**
   * E-mails a second. AWS publishes none for accounts outside of the sandbox, where it is 1 ("Service quotas in Amazon SES", read
   * November 2026); 14 is what new ones have often had.
   */
  readonly mailsPerSecond: number;
  /** Domain events that the print partner takes a second, of the stage `prod`. */
  readonly partnerRequestsPerSecond: number;
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
  mailsPerSecond: 14,
  partnerRequestsPerSecond: 10,
};

/** What one checkout uses; from `npm run bench`. */
export interface CheckoutUse {
  readonly seats: number;
  /** Of a buyer whose bank asks nothing. */
  readonly steps: readonly StepUse[];
  /** Of a buyer whose bank asks: until it has asked, and from its answer on. */
  readonly asking: readonly StepUse[];
  readonly answered: readonly StepUse[];
}

/** The steps of an average checkout, of which each counts as often as it runs: so many of all are asked by their bank. */
function averageSteps(
  { steps, asking, answered }: CheckoutUse,
  askedShare: number,
): (StepUse & { share: number })[] {
  const of = (share: number, list: readonly StepUse[]) => list.map((step) => ({ ...step, share }));
  return [...of(1 - askedShare, steps), ...of(askedShare, [...asking, ...answered])];
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

/**
 * Checkouts a second that each quota lets through by itself, if the buyers spread evenly over the sections.
 *
 * @param askedShare of the buyers whose bank asks; all of them answer
 */
export function ceilings(
  quotas: Quotas,
  use: CheckoutUse,
  sections: number,
  askedShare = 0,
): Record<Ceiling, number> {
  const steps = averageSteps(use, askedShare);
  const total = (value: (step: StepUse) => number) =>
    steps.reduce((sum, step) => sum + step.share * value(step), 0);
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
