import { type EventRepository } from '../event/event-repository';
import { type PurchaseRepository } from '../purchase/purchase-repository';
import { referenceOf } from '../purchase/reference';
import { type SeatRepository, type TakenSeat } from '../seat/seat-repository';
import { type Clock } from '../shared/clock';
import { logger } from '../shared/logger';
import { measure } from '../shared/measure';
import { sideBySide } from './side-by-side';

/** Seconds after its start for which an event is audited: even one that lasts for days is over then. */
const OVER_AFTER = 7 * 86_400;

/** Sections read, or purchases looked up, at once. */
const READS_AT_ONCE = 10;

interface Dependencies {
  readonly events: EventRepository;
  readonly seats: SeatRepository;
  readonly purchases: PurchaseRepository;
  readonly clock: Clock;
}

type SeatOfSection = TakenSeat & { readonly section: string };

/**
 * Gives back holds whose purchase is gone or has failed, before they expire by themselves, and reports sold seats
 * without a sale: those no code path makes, so a person must look before a seat is given away again. Events that are over
 * are left out, or every event there has ever been would be read every hour.
 */
export async function releaseOrphanHolds({ events, seats, purchases, clock }: Dependencies) {
  const now = clock.nowSeconds();
  let looked = 0;
  let released = 0;
  let soldWithoutSale = 0;
  for (const { eventId, startsAt } of await events.list()) {
    if (Date.parse(startsAt) / 1000 < now - OVER_AFTER) continue;
    const seatsOf = await takenSeats(eventId);
    await sideBySide(READS_AT_ONCE, seatsOf, ([purchaseId, taken]) => audit(eventId, purchaseId, taken));
  }
  measure({ AuditFindings: released }, { finding: 'hold' });
  measure({ AuditFindings: soldWithoutSale }, { finding: 'soldSeat' });
  return { looked, released, soldWithoutSale };

  /** By purchase, so that each is looked up once. */
  async function takenSeats(eventId: string): Promise<Map<string, SeatOfSection[]>> {
    const seatsOf = new Map<string, SeatOfSection[]>();
    const layout = await events.findLayout(eventId);
    await sideBySide(READS_AT_ONCE, layout?.sections ?? [], async ({ section }) => {
      for (const seat of await seats.listTaken(eventId, section, now)) {
        looked++;
        const others = seatsOf.get(seat.purchaseId) ?? [];
        seatsOf.set(seat.purchaseId, [...others, { ...seat, section }]);
      }
    });
    return seatsOf;
  }

  async function audit(eventId: string, purchaseId: string, taken: readonly SeatOfSection[]): Promise<void> {
    const purchase = await purchases.find(purchaseId);
    for (const { seatId, section, status } of taken) {
      if (status === 'SOLD' && purchase?.status !== 'CONFIRMED') {
        soldWithoutSale++;
        logger.error('Sold seat without a sale', { eventId, seatId, reference: referenceOf(purchaseId) });
      }
      if (status === 'HELD' && (!purchase || purchase.status === 'FAILED')) {
        await seats.release(eventId, { seatId, section }, purchaseId);
        released++;
      }
    }
  }
}
