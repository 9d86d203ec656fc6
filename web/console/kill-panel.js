/** @import { Store } from './store.js' */
import { announce } from '../announcer.js';
import { element } from '../element.js';
import { setKill, setPace } from './control-routes.js';
import { button, card } from './page.js';

/** Seconds before each state; more would only run into API Gateway's time-out. */
const PACES = [
  { seconds: 0, label: 'Full speed' },
  { seconds: 1, label: '1 s a state' },
  { seconds: 3, label: '3 s a state' },
];

/**
 * Executions that die between two states, and slow motion, in which one can be killed by hand.
 *
 * @param {Store} store
 * @param {AbortSignal} signal
 */
export function killPanel(store, signal) {
  const states = element('select', { 'aria-label': 'State before which the next execution dies' });
  const armed = element('ul', { class: 'armed-kills' });
  const pace = element('div', { class: 'segments', role: 'group', 'aria-label': 'Pace' });
  const paces = PACES.map(({ seconds, label }) =>
    button(label, () => setPace(seconds), { class: 'segment', 'data-seconds': String(seconds) }),
  );
  pace.append(...paces);

  const draw = () => {
    const { kills, secondsBeforeState } = store.interference;
    if (states.options.length === 0) {
      states.append(...killableStates(store).map((state) => element('option', { value: state }, state)));
    }
    armed.replaceChildren(
      ...Object.entries(kills).map(([state, { times }]) =>
        element(
          'li',
          {},
          `${times === 1 ? 'The next execution dies' : 'Executions die'} before ${state}`,
          button('Disarm', () => setKill(state, undefined), {
            'aria-label': `Disarm the kill before ${state}`,
          }),
        ),
      ),
    );
    for (const each of paces) {
      each.setAttribute('aria-pressed', String(Number(each.dataset.seconds) === secondsBeforeState));
    }
  };
  store.on(
    ['executions', 'interference'],
    (topic) => (topic === 'interference' || states.options.length === 0) && draw(),
    signal,
  );
  draw();

  return card(
    'Kill and slow motion',
    { note: 'An Express execution may die between two states; nothing of it runs on.' },
    element(
      'div',
      { class: 'row' },
      element('label', { class: 'inline' }, 'Before ', states),
      button('Arm the kill', async () => {
        await setKill(states.value, { times: 1 });
        announce(`The next execution dies before ${states.value}.`);
      }),
    ),
    armed,
    pace,
  );
}

/** @param {Store} store */
function killableStates({ stateMachines }) {
  return stateMachines
    .filter(({ type }) => type === 'EXPRESS')
    .flatMap(({ definition }) => Object.keys(definition.States));
}
