import { purchaseHash } from '../lambda/shared/reference';
import { KINDS_OF_WORK } from './work/kinds-of-work';
import { groupBy } from './invariants/group-by';
import { type Facts, type Observation } from './invariants/observation';

const INVARIANTS = KINDS_OF_WORK.flatMap(({ invariants = [] }) => invariants);

/** What an order has paid is looked at with the orders. */
const isOfPurchase = ({ metadata }: Observation['payments'][number]) => metadata['orderId'] === undefined;

/** A sentence for each invariant that does not hold, with the purchase, its faults and its path. */
export function violationsOf(observation: Observation): string[] {
  const { purchases, settled, final, payments, tickets, foreignReleases } = observation;
  const paymentsOf = groupBy(payments.filter(isOfPurchase), ({ metadata }) => metadata['purchaseId'] ?? '');
  const seatsOf = groupBy(final.seats, ({ purchaseId }) => purchaseId);
  const revocationsOf = groupBy(final.revocations, ({ purchaseId }) => purchaseId);
  const known = new Set(purchases.map(({ purchaseId }) => purchaseId));

  return [
    ...purchases.flatMap((purchase) => {
      const { purchaseId, plan, path } = purchase;
      const facts: Facts = {
        item: final.purchases.get(purchaseId),
        before: settled.purchases.get(purchaseId),
        payments: paymentsOf.get(purchaseId) ?? [],
        seats: seatsOf.get(purchaseId) ?? [],
        hasTicket: tickets.has(purchaseHash(purchaseId)),
        revocations: (revocationsOf.get(purchaseId) ?? []).filter(
          ({ eventId }) => eventId === purchase.eventId,
        ).length,
      };
      return INVARIANTS.flatMap((invariant) => invariant(purchase, facts))
        .filter((broken) => typeof broken === 'string')
        .map((broken) => `${broken}: purchase ${purchaseId}, faults ${plan}, path ${path}`);
    }),
    ...KINDS_OF_WORK.flatMap(({ invariantsOfAll = [] }) =>
      invariantsOfAll.flatMap((holds) => holds(observation)),
    ),
    ...[...seatsOf.keys(), ...paymentsOf.keys(), ...final.purchases.keys()]
      .filter((purchaseId) => !known.has(purchaseId))
      .map((purchaseId) => `nobody made the purchase ${purchaseId || 'of a payment without one'}`),
    ...foreignReleases.map((sentence) => `a release touched another's hold: ${sentence}`),
  ];
}
