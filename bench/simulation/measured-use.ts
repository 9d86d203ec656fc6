import {
  observeAuthentications,
  observeCheckouts,
  type ObservedCheckouts,
} from '../server/observe-checkouts';
import { consumptionOf } from '../cost/consumption';
import { billedMs } from '../cost/designs';
import { stageSettings, templatesOf } from '../cost/stage-templates';
import { type Lab } from '../server/lab';
import { type CheckoutUse, type StepUse } from './quotas';

/** What a checkout uses, measured now: units on the local engine, time as docs/cost.md computes it. */
export async function measuredUse(lab: Lab, seats: number, purchases: number): Promise<CheckoutUse> {
  const stage = stageSettings(templatesOf(await lab.assembly(), 'EventPro-prod'));
  const stepsOf = (observed: ObservedCheckouts['observed']): StepUse[] =>
    consumptionOf({ observed }, stage).steps.map((step) => ({
      name: step.name,
      ms: billedMs(step),
      sectionUnits: unitsOf(step.writeUnitsByTable, 'SeatTable'),
      purchaseUnits: unitsOf(step.writeUnitsByTable, 'PurchaseTable'),
      stripeRequests: step.calls.flat().filter((call) => call.startsWith('stripe ')).length,
    }));
  const { observed } = await observeCheckouts(lab, { purchases, seatsPerPurchase: seats });
  const { asking, answered } = await observeAuthentications(lab, { purchases, seatsPerPurchase: seats });
  return { seats, steps: stepsOf(observed), asking: stepsOf(asking), answered: stepsOf(answered) };
}

function unitsOf(byTable: Readonly<Record<string, number>>, table: string): number {
  return Object.entries(byTable).reduce((sum, [name, units]) => sum + (name.includes(table) ? units : 0), 0);
}
