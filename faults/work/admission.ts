import { ADMISSION_INVARIANTS } from '../invariants/admission-invariants';
import { admissionOperations } from './admission-operations';
import { DEATHS, KINDS, MORE_KINDS } from './fault-kinds';
import { buy, type KindOfWork, step } from './kind-of-work';

/** The ticket lets somebody in: two gates see the same code at once, and the first sends its scan again. */
export const ADMISSION: KindOfWork = {
  name: 'admission',
  async begin(shop, plan) {
    const purchaseId = await buy(shop, plan);
    await Promise.all(['North', 'South'].map((gate) => shop.admit(purchaseId, gate)));
    await shop.admit(purchaseId, 'North');
    return purchaseId;
  },
  scenarios: { 'an admission': [] },
  steps: [step('admit', 'an admission')],
  faults: [...KINDS, ...MORE_KINDS],
  // It has a function alone.
  deaths: DEATHS.filter(({ mode }) => mode.startsWith('kill')),
  operations: admissionOperations,
  invariants: ADMISSION_INVARIANTS,
};
