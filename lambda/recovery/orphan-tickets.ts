import { type PurchaseRepository } from '../purchase/purchase-repository';
import { type Clock } from '../shared/clock';
import { measure } from '../shared/measure';
import { type TicketStore } from '../ticket/ticket-store';
import { sideBySide } from './side-by-side';

/** Seconds: younger tickets may belong to a sale that is about to be confirmed. */
const SETTLED_BY = 3_600;

/** Purchases looked up at once. */
const LOOKUPS_AT_ONCE = 10;

interface Dependencies {
  readonly purchases: PurchaseRepository;
  readonly tickets: TicketStore;
  readonly clock: Clock;
}

/** Deletes the tickets of today and yesterday that no sale stands behind: made, and then compensated. */
export async function deleteOrphanTickets({ purchases, tickets, clock }: Dependencies) {
  const now = clock.nowSeconds();
  let looked = 0;
  let deleted = 0;
  for (const openedAt of [now, now - 86_400]) {
    await sideBySide(LOOKUPS_AT_ONCE, tickets.list(openedAt), async ({ purchaseId, storedAt }) => {
      if (storedAt > now - SETTLED_BY) return;
      looked++;
      const purchase = await purchases.find(purchaseId);
      if (purchase && purchase.status !== 'FAILED') return;
      await tickets.delete({ purchaseId, createdAt: openedAt });
      deleted++;
    });
  }
  measure({ AuditFindings: deleted }, { finding: 'ticket' });
  return { looked, deleted };
}
