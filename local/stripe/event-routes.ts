import { BadRequest, bodyOf, json, limitOf, refusal, type Routes } from '../http/route';
import { type EventDestination, type SendingMode } from './event-destination';

const MOST_COPIES = 100;

/** What Stripe sends, and how: late, twice, out of order. */
export function eventRoutes(events: EventDestination): Routes {
  return {
    'GET /local/stripe-events': (_, request) =>
      json(200, { ...events.sendingMode, events: events.reports().slice(0, limitOf(request)) }),
    'PUT /local/stripe-events': (_, request) => {
      events.setMode(modeOf(bodyOf<SendingMode>(request)));
      return json(200, { ...events.sendingMode });
    },
    'POST /local/stripe-events/*/delivery': async ([id = '']) => {
      const report = await events.sendAgain(id);
      return report ? json(200, report) : refusal(404, `There is no event ${id}.`);
    },
  };
}

function modeOf({
  held = false,
  copies = 1,
  reversed = false,
  ...others
}: Partial<SendingMode>): SendingMode {
  const [unknown] = Object.keys(others);
  if (unknown) throw new BadRequest(`There is no ${unknown}: it takes held, copies and reversed.`);
  if (typeof held !== 'boolean' || typeof reversed !== 'boolean')
    throw new BadRequest('held and reversed must be true or false.');
  if (!Number.isInteger(copies) || copies < 1 || copies > MOST_COPIES)
    throw new BadRequest(`copies must be a whole number from 1 to ${MOST_COPIES}.`);
  return { held, copies, reversed };
}
