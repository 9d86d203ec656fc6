import { type Effect } from '../effects/effects';
import { STRIPE_INVARIANTS } from '../invariants/stripe-invariants';
import { KINDS, MORE_KINDS } from './fault-kinds';
import { type Beginning, buy, type KindOfWork, step } from './kind-of-work';
import { type Shop } from './shop';
import { stripeOperations } from './stripe-operations';

const then =
  (what: (shop: Shop, purchaseId: string) => unknown) =>
  async (shop: Shop, plan: Beginning): Promise<string> => {
    const purchaseId = await buy(shop, plan);
    await what(shop, purchaseId);
    await shop.letStripeTell(purchaseId);
    return purchaseId;
  };

const told = (...effects: readonly Effect[]) => effects.map((effect) => step(effect, 'an event'));

// What its function leaves undone, Stripe tells once more.
const KIND = { scenarios: { 'an event': [] }, faults: [...KINDS, ...MORE_KINDS], deaths: [] };

/** All the money is given back in Stripe's dashboard: its event cancels the sale. */
const REFUNDED: KindOfWork = {
  ...KIND,
  name: 'event of a refund by hand',
  begin: then((shop, purchaseId) => shop.refundByHand(purchaseId)),
  steps: told('start cancellation', 'agree cancellation', 'release', 'settle cancelled'),
  operations: stripeOperations,
  invariants: STRIPE_INVARIANTS,
};

/** A part of it: the sale stands, and its record says so. */
const REFUNDED_IN_PART: KindOfWork = {
  ...KIND,
  name: 'event of a part refunded by hand',
  begin: then((shop, purchaseId) => shop.refundByHand(purchaseId, 500)),
  steps: told('note refunds'),
};

/** The buyer's bank disputes the payment: people are told. */
const DISPUTED: KindOfWork = {
  ...KIND,
  name: 'event of a dispute',
  begin: then((shop, purchaseId) => shop.winDispute(purchaseId)),
  steps: told('note dispute', 'tell dispute', 'note dispute told'),
};

/** Stripe tells of what has become of a payment; it is read, and the purchase follows it. */
export const STRIPE_EVENTS: readonly KindOfWork[] = [REFUNDED, REFUNDED_IN_PART, DISPUTED];
