import { type EventLayout } from '../../lambda/event/event-layout';

const SEATS_PER_ROW = 50;

/** An event with this many seats, in sections of up to so many. */
export function venue(seats: number, { seatsPerSection = 1_000 } = {}): EventLayout {
  const rowsPerSection = seatsPerSection / SEATS_PER_ROW;
  const rows = Array.from({ length: Math.ceil(seats / SEATS_PER_ROW) }, (_, index) => ({
    row: `R${index + 1}`,
    tier: 'standard',
    seats: Math.min(SEATS_PER_ROW, seats - index * SEATS_PER_ROW),
  }));
  const sections = Array.from({ length: Math.ceil(rows.length / rowsPerSection) }, (_, index) => ({
    section: `Section ${index + 1}`,
    rows: rows.slice(index * rowsPerSection, (index + 1) * rowsPerSection),
  }));
  return {
    ...{
      name: 'The Late Quartet',
      venue: 'Meridian Hall',
      // Not over, whenever this runs.
      startsAt: '2100-03-20T19:00:00Z',
      saleClosesAt: '2100-03-20T19:00:00Z',
      timeZone: 'Europe/Berlin',
      currency: 'EUR',
    },
    tiers: [{ tier: 'standard', price: 8000 }],
    sections,
  };
}

/** The id of the event's seat number `index`, from 0. */
export function seatId(index: number): string {
  return `R${Math.floor(index / SEATS_PER_ROW) + 1}-${(index % SEATS_PER_ROW) + 1}`;
}
