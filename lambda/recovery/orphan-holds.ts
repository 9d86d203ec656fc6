import { type EventRepository } from '../event/event-repository';
import { type PurchaseRepository } from '../purchase/purchase-repository';
import { purchaseHash, referenceOf } from '../shared/reference';
import { type SeatRepository, type TakenSeat } from '../seat/seat-repository';
import { type Clock } from '../shared/clock';
import { logger } from '../shared/logger';
import { type AuditState, type SeatRound } from './audit-log';
import { inGroups } from './in-groups';
import { type Run } from './orphan-payments';
import { sideBySide } from './side-by-side';

const DAY = 86_400;

/** Seconds from the start of a round to that of the next, if the first found everything in order. */
const ROUND_EVERY = DAY;

/** Seconds: a seat is sold minutes after it was held; the rest is for clocks that differ. */
const SOLD_WITHIN = 3_600;

/** Seconds before its start in which all of an event's sold seats are looked at once more: a round falls into them. */
const SOON = 2 * DAY;

/** Seconds after its start for which an event is audited: even one that lasts for days is over then. */
const OVER_AFTER = 7 * DAY;

/** Purchases looked up in one request, and requests at once. */
const LOOKED_UP_TOGETHER = 100;
const LOOKUPS_AT_ONCE = 10;

/** Seats without a sale that are logged one by one: more of them tell nothing more. */
const MOST_LOGGED = 100;

interface Dependencies {
  readonly events: EventRepository;
  readonly seats: SeatRepository;
  readonly purchases: PurchaseRepository;
  readonly clock: Clock;
}

/**
 * Gives back holds whose purchase has failed, before they expire by themselves, and reports sold seats without a sale:
 * those no code path makes, so a person must look before a seat is given away again.
 *
 * It goes once a day through the taken seats of all events, in as many runs as that takes. To read a seat costs next to
 * nothing, to look up its purchase costs twenty times as much: so a sold seat's purchase is looked up in the round after
 * the sale, and once more in the last days before its event. When something was not in order, the next round follows at
 * once, and looks again at everything that was sold since. Events that are over are left out.
 */
export async function releaseOrphanHolds(
  { events, seats, purchases, clock }: Dependencies,
  { state, withoutRecord, hasTime }: Run,
) {
  const now = clock.nowSeconds();
  const round = roundOf(state.seats, now);
  const counts = { looked: 0, released: 0, soldWithoutSale: 0 };
  let position = round?.position;
  let trouble = round?.trouble;
  if (round) await goOn(round);
  return {
    counts,
    state: (): Pick<AuditState, 'seats'> => ({
      seats: round ? { ...round, position, trouble } : state.seats,
    }),
  };

  async function goOn({ since }: SeatRound): Promise<void> {
    for (const { eventId, startsAt } of inOrder(await events.list())) {
      if (position && eventId < position.eventId) continue;
      const begins = Date.parse(startsAt) / 1000;
      if (begins < now - OVER_AFTER) continue;
      const isSoon = begins >= now && begins < now + SOON;
      if (!(await goThrough(eventId, isSoon ? 0 : since))) return;
    }
    position = undefined;
  }

  /** @returns false when there was no time to come to its end */
  async function goThrough(eventId: string, since: number): Promise<boolean> {
    const before = position?.eventId === eventId ? position : undefined;
    const layout = await events.findLayout(eventId);
    const sections = (layout?.sections ?? []).map(({ section }) => section).sort();
    for (const section of sections) {
      if (before?.section && section < before.section) continue;
      let after = before?.section === section ? before.after : undefined;
      do {
        position = { eventId, section, ...(after && { after }) };
        if (!hasTime()) return false;
        const page = await seats.auditPage(eventId, section, { now, since, after });
        await lookAt(eventId, section, page.seats);
        after = page.after;
      } while (after);
    }
    return true;
  }

  /** By purchase, so that each is looked up once. */
  async function lookAt(eventId: string, section: string, taken: readonly TakenSeat[]): Promise<void> {
    counts.looked += taken.length;
    const groups = inGroups(LOOKED_UP_TOGETHER, byPurchase(taken));
    await sideBySide(LOOKUPS_AT_ONCE, groups, async (group) => {
      const outlines = await purchases.outlines(group.map(([purchaseId]) => purchaseId));
      for (const [purchaseId, its] of group) {
        if (outlines.get(purchaseId)?.status === 'CONFIRMED') continue;
        // Not the answer of a moment ago: a sale, or a failure, of this moment.
        const purchase = await purchases.find(purchaseId);
        // Until it is cancelled, its seats are given back by the cancellation, or by recovery.
        if (purchase?.status === 'CANCELLING') continue;
        for (const seat of its) await audit(eventId, { ...seat, section }, purchase?.status);
      }
    });
  }

  async function audit(
    eventId: string,
    seat: TakenSeat & { readonly section: string },
    purchaseStatus: string | undefined,
  ): Promise<void> {
    const { seatId, purchaseId, status, heldAt } = seat;
    const hash = purchaseHash(purchaseId);
    if (status === 'SOLD' && purchaseStatus !== 'CONFIRMED') {
      counts.soldWithoutSale++;
      trouble = Math.min(trouble ?? now, heldAt ?? now);
      if (counts.soldWithoutSale <= MOST_LOGGED) {
        logger.error('Sold seat without a sale', { eventId, seatId, reference: referenceOf(purchaseId) });
      }
      if (!purchaseStatus) withoutRecord.add({ kind: 'soldSeat', hash });
    }
    const release = async () => {
      if (await seats.release(eventId, seat, purchaseId)) counts.released++;
    };
    if (status === 'HELD' && purchaseStatus === 'FAILED') await release();
    // It expires by itself: one that is left alone is no trouble.
    if (status === 'HELD' && !purchaseStatus) withoutRecord.add({ kind: 'hold', hash, undo: release });
  }
}

function byPurchase(taken: readonly TakenSeat[]): Map<string, TakenSeat[]> {
  const seatsOf = new Map<string, TakenSeat[]>();
  for (const seat of taken) {
    const others = seatsOf.get(seat.purchaseId);
    if (others) others.push(seat);
    else seatsOf.set(seat.purchaseId, [seat]);
  }
  return seatsOf;
}

/** The round under way, or the next if it is due. */
function roundOf(last: SeatRound | undefined, now: number): SeatRound | undefined {
  if (!last) return { startedAt: now, since: 0 };
  if (last.position) return last;
  if (last.trouble === undefined && now < last.startedAt + ROUND_EVERY) return undefined;
  return { startedAt: now, since: Math.min(last.startedAt - SOLD_WITHIN, last.trouble ?? Infinity) };
}

function inOrder<Event extends { readonly eventId: string }>(events: readonly Event[]): Event[] {
  return events.toSorted((one, other) => (one.eventId < other.eventId ? -1 : 1));
}
