import { type EventAsPut } from '../lambda/event/event-layout';
import { type ExtraAsPut } from '../lambda/order/extra';
import demoEvent from '../web/demo-event.json';

const MONTHS_AHEAD = 3;

/**
 * The demo event, always ahead: at eight in the evening of a Saturday, three to four months from now. It stays there for a
 * month, so that a run with the same data mostly finds it as it left it.
 */
export function demoEventAt(now: Date): EventAsPut {
  const first = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + MONTHS_AHEAD + 1, 1));
  const saturday = new Date(first);
  saturday.setUTCDate(1 + ((6 - first.getUTCDay() + 7) % 7));
  return { ...demoEvent, startsAt: `${saturday.toISOString().slice(0, 10)}T20:00:00` };
}

/** What the demo event sells beside its seats: many, few, and none any more. */
export const DEMO_EXTRAS: readonly ExtraAsPut[] = [
  { extraId: 'programme', name: 'Programme', price: 500, stock: 300 },
  { extraId: 'parking', name: 'Parking, level 2', price: 1_500, stock: 40 },
  { extraId: 'poster', name: 'Signed poster', price: 1_200, stock: 8 },
  { extraId: 'backstage', name: 'Tour behind the stage', price: 3_000, stock: 0 },
];
