import { type EventRepository } from '../event/event-repository';
import { type PurchaseRepository } from '../purchase/purchase-repository';
import { type SeatRepository } from '../seat/seat-repository';
import { type Clock } from '../shared/clock';
import { logger } from '../shared/logger';
import { measure } from '../shared/measure';

interface Dependencies {
  readonly events: EventRepository;
  readonly seats: SeatRepository;
  readonly purchases: PurchaseRepository;
  readonly clock: Clock;
}

/**
 * Gives back holds whose purchase is gone or has failed, before they expire by themselves, and reports sold seats
 * without a sale: those no code path makes, so a person must look before a seat is given away again.
 */
export async function releaseOrphanHolds({ events, seats, purchases, clock }: Dependencies) {
  const now = clock.nowSeconds();
  let looked = 0;
  let released = 0;
  let soldWithoutSale = 0;
  for (const { eventId } of await events.list()) {
    const layout = await events.findLayout(eventId);
    for (const { section } of layout?.sections ?? []) {
      for (const { seatId, purchaseId, status } of await seats.listTaken(eventId, section, now)) {
        looked++;
        const purchase = await purchases.find(purchaseId);
        if (status === 'SOLD' && purchase?.status !== 'CONFIRMED') {
          soldWithoutSale++;
          logger.error('Sold seat without a sale', { eventId, seatId, purchaseId });
        }
        if (status === 'HELD' && (!purchase || purchase.status === 'FAILED')) {
          await seats.release(eventId, { seatId, section }, purchaseId);
          released++;
        }
      }
    }
  }
  measure({ AuditFindings: released }, { finding: 'hold' });
  measure({ AuditFindings: soldWithoutSale }, { finding: 'soldSeat' });
  return { looked, released, soldWithoutSale };
}
