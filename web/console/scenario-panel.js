/** @import { Store } from './store.js' */
import { announce } from '../announcer.js';
import { element } from '../element.js';
import { setKill } from './control-routes.js';
import { button, card } from './page.js';
import { CARDS, freshOrder, KILL_BEFORE, PAYS, purchaseIdOf, race, send } from './purchase-adapter.js';

/** Milliseconds in which an execution that was asked for must have begun. */
const PATIENCE = 5_000;

/**
 * One press each: a purchase, a race, an execution that dies.
 *
 * @param {Store} store
 */
export function scenarioPanel(store) {
  const seats = element(
    'select',
    { 'aria-label': 'Seats' },
    ...[1, 2, 4].map((count) =>
      element('option', { value: String(count) }, count === 1 ? '1 seat' : `${count} seats`),
    ),
  );
  const cards = element(
    'select',
    { 'aria-label': 'Card' },
    ...CARDS.map(({ paymentMethod, label }) => element('option', { value: paymentMethod }, label)),
  );
  const said = element('p', { class: 'note said' });

  return card(
    'Try it',
    {},
    element(
      'div',
      { class: 'order' },
      ...[seats, cards],
      button('Buy', () => run(() => purchase(false)), { class: 'button primary' }),
    ),
    element(
      'div',
      { class: 'row equal' },
      button('Two buyers, one seat', () => run(race)),
      button('Kill an execution', () => run(() => purchase(true))),
    ),
    said,
  );

  /** @param {boolean} killed */
  async function purchase(killed) {
    // One that is to die needs a card that pays: with another it would not come so far, and the next one would die.
    const paymentMethod = killed ? PAYS : cards.value;
    const order = await freshOrder({ seats: Number(seats.value), paymentMethod });
    if (killed) await setKill(KILL_BEFORE, { times: 1 });
    const { purchaseId, answer } = send(order);
    if (!killed) return (await answer).words;
    // The buyer's answer is an error, as the execution is dead: what counts is the execution.
    void answer.catch(() => undefined);
    const execution = await begun(purchaseId);
    if (execution) location.hash = `#/executions/${execution.id}`;
    return `Killed before ${KILL_BEFORE}.`;
  }

  /** @param {string} purchaseId */
  function begun(purchaseId) {
    const stop = AbortSignal.timeout(PATIENCE);
    /** @type {Promise<import('./control-routes.js').Execution | undefined>} */
    const found = new Promise((resolve) => {
      const look = () => {
        const execution = store.executions.find((each) => purchaseIdOf(each) === purchaseId);
        if (execution) resolve(execution);
      };
      store.on(['executions'], look, stop);
      stop.addEventListener('abort', () => resolve(undefined));
      look();
    });
    return found;
  }

  /** @param {() => Promise<string>} scenario */
  async function run(scenario) {
    said.textContent = 'Under way …';
    said.textContent = await scenario().catch((error) => String(error.message));
    announce(said.textContent ?? '');
  }
}
