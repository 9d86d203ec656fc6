import { type PurchaseRepository } from '../purchase/purchase-repository';
import { type Clock } from '../shared/clock';
import { type TicketStore } from '../ticket/ticket-store';
import { type AuditState } from './audit-log';
import { inGroups } from './in-groups';
import { type Run } from './orphan-payments';
import { Progress } from './progress';
import { sideBySide } from './side-by-side';

const DAY = 86_400;

/** Seconds: younger tickets may belong to a sale that is about to be confirmed. */
const SETTLED_BY = 3_600;

/** Seconds: how far back a look goes at most, if audits did not run, or if something stays out of order. */
const LOOKS_BACK = 2 * DAY;

/** Purchases looked up in one request, and requests at once. */
const LOOKED_UP_TOGETHER = 100;
const LOOKUPS_AT_ONCE = 10;

interface Dependencies {
  readonly purchases: PurchaseRepository;
  readonly tickets: TicketStore;
  readonly clock: Clock;
}

interface Ticket {
  readonly purchaseId: string;
  /** A moment of the day that it is filed under, seconds since the epoch. */
  readonly openedAt: number;
  readonly storedAt: number;
}

/**
 * Deletes the tickets that were made and then compensated: their purchases have FAILED. One whose purchase has no record
 * stays, since a ticket is what tells a lost record from a purchase that there never was.
 *
 * Each is looked at once, an hour after it was stored, or every hour until its purchase is settled.
 */
export async function deleteOrphanTickets(
  { purchases, tickets, clock }: Dependencies,
  { state, withoutRecord, hasTime }: Run,
) {
  const now = clock.nowSeconds();
  const to = now - SETTLED_BY;
  const progress = new Progress(Math.max(state.tickets ?? 0, to - LOOKS_BACK), to);
  const counts = { looked: 0, deleted: 0 };
  await sideBySide(LOOKUPS_AT_ONCE, inGroups(LOOKED_UP_TOGETHER, stored()), async (group) => {
    if (!hasTime()) return progress.hold(progress.from);
    await lookAt(group);
  });
  return {
    counts,
    state: (): Pick<AuditState, 'tickets'> => ({ tickets: progress.position }),
  };

  /** Those of the time that is looked at. One that arrived late is filed under the day on which its purchase was opened. */
  async function* stored(): AsyncGenerator<Ticket> {
    for (let day = startOfDay(progress.from) - DAY; day <= now; day += DAY) {
      for await (const { purchaseId, storedAt } of tickets.list(day)) {
        if (storedAt >= progress.from && storedAt < to) yield { purchaseId, openedAt: day, storedAt };
      }
    }
  }

  async function lookAt(group: readonly Ticket[]): Promise<void> {
    const outlines = await purchases.outlines(group.map(({ purchaseId }) => purchaseId));
    counts.looked += group.length;
    for (const { purchaseId, openedAt, storedAt } of group) {
      if (outlines.get(purchaseId)?.status === 'CONFIRMED') continue;
      const purchase = await purchases.find(purchaseId);
      if (!purchase) {
        withoutRecord.add({ kind: 'ticket', purchaseId, leave: () => progress.hold(storedAt) });
      } else if (purchase.status === 'FAILED') {
        await tickets.delete({ purchaseId, createdAt: openedAt });
        counts.deleted++;
      } else if (purchase.status !== 'CONFIRMED') {
        progress.hold(storedAt);
      }
    }
  }
}

function startOfDay(seconds: number): number {
  return seconds - (seconds % DAY);
}
