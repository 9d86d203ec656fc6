/** @import { SeatMap } from './api.js' */
import { element, part } from './element.js';
import { ACCESSIBLE_MARK } from './seat-map.js';
import { capitalized, money } from './wording.js';

let shown = '';

/**
 * @param {SeatMap} map
 * @param {boolean} own some of the seats are this buyer's
 */
export function showLegend({ tiers, currency, seats }, own) {
  const accessible = seats.some((seat) => seat.accessible);
  const key = JSON.stringify([tiers, currency, own, accessible]);
  if (key === shown) return;
  shown = key;
  part('legend', HTMLUListElement).replaceChildren(
    ...tiers.map(({ tier, price }, index) =>
      entry(`tier-${index % 5}`, 'AVAILABLE', '', `${capitalized(tier)}, ${money(price, currency)}`),
    ),
    entry('', 'SELECTED', '✓', 'Your choice'),
    ...(own ? [entry('', 'OWN', '✓', 'Yours')] : []),
    entry('', 'HELD', '', 'Held'),
    entry('', 'SOLD', '×', 'Sold, or not for sale'),
    ...(accessible ? [entry('', 'AVAILABLE', ACCESSIBLE_MARK, 'Accessible')] : []),
  );
}

/**
 * @param {string} tierClass
 * @param {string} status
 * @param {string} mark
 * @param {string} text
 */
function entry(tierClass, status, mark, text) {
  const sample = {
    class: `seat ${tierClass}`,
    'data-status': status,
    'data-mark': mark,
    'aria-hidden': 'true',
  };
  return element('li', {}, element('span', sample), text);
}
