/**
 * What the first seat waits for, asked for while the browser still reads the other modules. The page runs this one as soon as it
 * has it.
 */
import { Api } from './api.js';
import { purchaseIdIn } from './purchase-route.js';

export const api = new Api('/api');

/** Id of the event that the address names. */
export const named = new URLSearchParams(location.search).get('event') ?? undefined;

/** What is on sale, and the seats of the named event. The page of a purchase needs neither. */
export const firstAnswers = purchaseIdIn(location.hash) === undefined ? ask() : undefined;

function ask() {
  const events = api.listEvents();
  const map = named === undefined ? undefined : api.seatMap(named);
  // Whoever waits for them hears of it.
  for (const answer of [events, map]) answer?.catch(() => {});
  return { events, map };
}
