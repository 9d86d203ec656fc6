import * as z from 'zod/mini';
import { purchaseIdSchema } from '../purchase/purchase';
import { type PurchaseRepository } from '../purchase/purchase-repository';
import { purchaseHash } from '../shared/reference';
import { type Clock } from '../shared/clock';
import { type StoredTicket, type TicketStore } from '../ticket/ticket-store';
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

/** Names of a group's tickets asked for at once: the index answers one a request. */
const NAMES_AT_ONCE = 10;

interface Dependencies {
  readonly purchases: PurchaseRepository;
  readonly tickets: TicketStore;
  readonly clock: Clock;
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
  async function* stored(): AsyncGenerator<StoredTicket> {
    for (let day = startOfDay(progress.from) - DAY; day <= now; day += DAY) {
      for await (const ticket of tickets.list(day)) {
        if (ticket.storedAt >= progress.from && ticket.storedAt < to) yield ticket;
      }
    }
  }

  /** By name, of those purchases that there are. The index is moments behind, and the tickets are an hour old. */
  async function idsOf(group: readonly StoredTicket[]): Promise<Map<string, string>> {
    const ids = new Map<string, string>();
    await sideBySide(NAMES_AT_ONCE, group, async ({ name }) => {
      const id = isFormer(name) ? name : await purchases.idOfHash(name);
      if (id) ids.set(name, id);
    });
    return ids;
  }

  async function lookAt(group: readonly StoredTicket[]): Promise<void> {
    const ids = await idsOf(group);
    const outlines = await purchases.outlines(ids.values());
    counts.looked += group.length;
    for (const ticket of group) {
      const { name, storedAt } = ticket;
      const purchaseId = ids.get(name);
      const status = purchaseId && outlines.get(purchaseId)?.status;
      // The ticket of a cancelled sale stays: it opens no door.
      if (status === 'CONFIRMED' || status === 'CANCELLED') continue;
      const purchase = purchaseId && (await purchases.find(purchaseId));
      if (!purchase) {
        const hash = isFormer(name) ? purchaseHash(name) : name;
        withoutRecord.add({ kind: 'ticket', hash, leave: () => progress.hold(storedAt) });
      } else if (purchase.status === 'FAILED') {
        await tickets.delete(ticket);
        counts.deleted++;
      } else if (purchase.status !== 'CONFIRMED') {
        progress.hold(storedAt);
      }
    }
  }
}

/** A ticket from before there were references: its name is the purchase's id. */
function isFormer(name: string): boolean {
  return z.safeParse(purchaseIdSchema, name).success;
}

function startOfDay(seconds: number): number {
  return seconds - (seconds % DAY);
}
