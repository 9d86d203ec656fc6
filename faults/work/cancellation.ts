import { buy, type KindOfWork } from './kind-of-work';

/** A sale is cancelled: the saga's own compensations after the pivot. */
export const CANCELLATION: KindOfWork = {
  name: 'cancellation',
  role: 'cancellation',
  async begin(shop, plan) {
    const purchaseId = await buy(shop, plan);
    await shop.cancel(purchaseId);
    return purchaseId;
  },
  scenarios: { 'a cancellation': [] },
  steps: [],
  faults: [],
  deaths: [],
  paths: [
    {
      scenario: 'a cancellation',
      states: [
        ...['ClaimCancellation', 'RefundPayment', 'ReleaseSeat'],
        ...['SendCancellation', 'PurchaseCancelled'],
      ],
    },
  ],
};
