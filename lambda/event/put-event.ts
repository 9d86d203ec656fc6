import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod/mini';
import { eventIdSchema } from '../purchase/purchase';
import { json, route } from '../shared/api';
import { Problem } from '../shared/problem';
import { parse, parseJson } from '../shared/validation';
import { connectEvent, type EventDependencies } from './connect-event';
import { type EventLayout, eventLayoutSchema, findSeat, seatCount } from './event-layout';
import { LAYOUT_SECONDS } from './recent-layouts';

interface Dependencies extends EventDependencies {
  readonly wait: (milliseconds: number) => Promise<unknown>;
}

const pathSchema = z.object({ eventId: eventIdSchema });

/**
 * Creates the event or replaces its seat map. What has been sold stays sold: a seat that is held or sold must stay in
 * its section of the new map. New seats and prices are in force everywhere when this returns.
 *
 * @throws Problem SeatUnavailable naming seats that are taken and would vanish
 */
export async function putEvent(
  eventId: string,
  layout: EventLayout,
  { events, seats, clock, wait }: Dependencies,
): Promise<{ created: boolean }> {
  const current = await events.findLayout(eventId);
  const now = clock.nowSeconds();
  const vanishing = await Promise.all(
    (current?.sections ?? []).map(async ({ section }) => {
      const taken = await seats.listTaken(eventId, section, now);
      return taken.filter(({ seatId }) => findSeat(layout, seatId)?.section !== section);
    }),
  );
  const seatIds = vanishing.flat().map(({ seatId }) => seatId);
  if (seatIds.length > 0) {
    throw new Problem(
      'SeatUnavailable',
      `Held or sold, so they must stay: ${seatIds.slice(0, 20).join(', ')}.`,
    );
  }
  await events.put(eventId, layout);
  if (current && !sellsTheSame(current, layout)) await wait(LAYOUT_SECONDS * 1000);
  return { created: !current };
}

/** `PUT /events/{eventId}`, IAM-signed. */
export const handler = route({
  name: 'PutEvent',
  connect: () => ({ ...connectEvent(), wait: delay }),
  answer: async (event, dependencies) => {
    const { eventId } = parse(pathSchema, event.pathParameters);
    const layout = parse(eventLayoutSchema, parseJson(event.body));
    const { created } = await putEvent(eventId, layout, dependencies);
    return json(created ? 201 : 200, { eventId, seats: seatCount(layout) });
  },
});

function sellsTheSame(a: EventLayout, b: EventLayout): boolean {
  return isDeepStrictEqual([a.currency, a.tiers, a.sections], [b.currency, b.tiers, b.sections]);
}
