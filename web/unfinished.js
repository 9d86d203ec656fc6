/**
 * @import { EventSummary } from './api.js'
 */
import { element, part } from './element.js';

/**
 * On the page of one event: that a purchase or an order of another one waits for its buyer, as long as it does.
 *
 * @param {EventSummary[]} events
 * @param {string} shown id of the event whose page it is
 * @param {() => string[]} unfinished ids of the events of which something is open
 */
export function showUnfinished(events, shown, unfinished) {
  const show = () => {
    const open = new Set(unfinished());
    const left = events.find(({ eventId }) => eventId !== shown && open.has(eventId));
    const notice = part('unfinished', HTMLElement);
    notice.hidden = !left;
    if (!left) return;
    const href = `?event=${encodeURIComponent(left.eventId)}`;
    const link = element('a', { href }, `Go on with ${left.name}`);
    notice.replaceChildren('A purchase of yours is not finished. ', link);
  };
  addEventListener('storage', show);
  show();
}
