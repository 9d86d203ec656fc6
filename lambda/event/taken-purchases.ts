import { type SeatRepository } from '../seat/seat-repository';
import { type Clock } from '../shared/clock';
import { type EventRepository } from './event-repository';

/** Behind which seat the next page begins; without one, at the beginning of the section. */
export interface Cursor {
  readonly section: string;
  readonly after?: string;
}

export interface TakenSeats {
  readonly events: Pick<EventRepository, 'findLayout'>;
  readonly seats: Pick<SeatRepository, 'takenPage'>;
  readonly clock: Clock;
}

/** The purchases that have a seat of the event, from there on: as many, or those of all sections that follow. */
export async function takenPurchases(
  { events, seats, clock }: TakenSeats,
  eventId: string,
  from: Cursor | undefined,
  atLeast: number,
): Promise<{ readonly ids: ReadonlySet<string>; readonly next?: Cursor }> {
  const layout = await events.findLayout(eventId);
  const names = layout?.sections.map(({ section }) => section) ?? [];
  const ids = new Set<string>();
  let position = from ? names.indexOf(from.section) : 0;
  let after = from?.after;
  for (; position >= 0 && position < names.length; position++) {
    const section = names[position]!;
    do {
      const now = clock.nowSeconds();
      const page = await seats.takenPage(eventId, section, { now, after, limit: atLeast });
      for (const { purchaseId } of page.seats) ids.add(purchaseId);
      after = page.after;
      if (ids.size >= atLeast && after !== undefined) return { ids, next: { section, after } };
    } while (after !== undefined);
    const following = names[position + 1];
    if (ids.size >= atLeast && following !== undefined) return { ids, next: { section: following } };
  }
  return { ids };
}
