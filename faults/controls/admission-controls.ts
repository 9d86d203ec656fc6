import { type Control, sold } from './control';
import { conditionMet } from './guard';

const PURCHASES = 'lambda/purchase/purchase-repository.ts';

/** Each code lets somebody in once, and none of a sale that is cancelled. */
export const ADMISSION_CONTROLS: readonly Control[] = [
  {
    guard: 'that a code lets somebody in once',
    without: {
      functions: ['AdmitTicket'],
      file: PURCHASES,
      within: 'PurchaseRepository.admit',
      edits: [conditionMet('attribute_not_exists(#admission)')],
    },
    scenario: async (stage) => {
      const purchaseId = await sold(stage);
      await stage.admit(purchaseId, 'North');
      await stage.admit(purchaseId, 'South');
    },
    violation: /gate North was told 200 .*South/s,
  },
  {
    guard: 'that a sale which is cancelled meanwhile lets nobody in',
    without: {
      functions: ['AdmitTicket'],
      file: PURCHASES,
      within: 'PurchaseRepository.admit',
      edits: [conditionMet('#status = :confirmed')],
    },
    scenario: async (stage) => {
      const purchaseId = await sold(stage, {
        faults: [{ effect: 'admit', mode: 'slow', delayMs: 3_000, times: 1 }],
      });
      const admitted = stage.admit(purchaseId, 'North');
      await stage.hit(purchaseId, 'admit');
      await stage.cancel(purchaseId);
      await admitted;
    },
    violation: /it let somebody in and is CANCELLED for BUYER_REQUEST/,
  },
];
