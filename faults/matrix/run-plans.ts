import { type FaultPlan } from './fault-matrix';
import { type Harness, startHarness } from '../harness';

export interface PlanResults {
  readonly plans: readonly FaultPlan[];
  /** A sentence for each invariant that does not hold. */
  readonly violations: readonly string[];
  /** Names of the plans whose faults never came about: they prove nothing. */
  readonly unmet: readonly string[];
  /** How the purchase of each plan ended: CONFIRMED, FAILED, or NONE when it was never opened. */
  readonly outcomes: readonly string[];
}

export interface RunPlansOptions {
  readonly assemblyDirectory: string;
  /** Purchases at once. Each six have worker threads of their own, which load every function. @default 32 */
  readonly concurrency?: number;
  /** Told after each purchase how many have been answered. */
  readonly onProgress?: (answered: number) => void;
}

/** Makes one purchase a plan, all of them in one local run, lets everything be settled, and looks. */
export async function runPlans(
  plans: readonly FaultPlan[],
  { assemblyDirectory, concurrency = 32, onProgress = () => undefined }: RunPlansOptions,
): Promise<PlanResults> {
  const workersPerFunction = Math.ceil(concurrency / 6);
  const harness = await startHarness({ assemblyDirectory, workersPerFunction, concurrency });
  try {
    let answered = 0;
    const purchaseIds = await Promise.all(
      plans.map(async (plan) => {
        const purchaseId = await plan.work.begin(harness, plan);
        onProgress(++answered);
        return purchaseId;
      }),
    );
    await harness.settle();
    const violations = await harness.violations();
    return {
      ...{ plans, violations },
      unmet: plans.filter((plan, index) => !met(harness, plan, purchaseIds[index]!)).map(({ name }) => name),
      outcomes: purchaseIds.map((purchaseId) => harness.outcomes().get(purchaseId)!),
    };
  } finally {
    await harness.close();
  }
}

function met(harness: Harness, { meets }: FaultPlan, purchaseId: string): boolean {
  const hits = harness.hitsOf(purchaseId);
  return meets.every((expected) => hits.has(expected));
}
