/** @import { Store } from './store.js' */
import { element } from '../element.js';
import { openDialog } from './dialogs.js';
import { pretty } from './format.js';
import { button } from './page.js';
import { purchaseIdOf, send } from './purchase-adapter.js';

/**
 * The request of an execution, to be changed and sent again as a new one.
 *
 * @param {Store} store
 * @param {unknown} payload
 */
export function openReplay(store, payload) {
  const text = element('textarea', { 'aria-label': 'Payload', rows: '14', spellcheck: 'false' });
  text.value = pretty(payload);
  const mistake = element('p', { class: 'mistake', role: 'alert' });
  openDialog('Replay with this payload', (close) => [
    element('p', { class: 'note' }, 'It is sent as a new purchase, with an idempotency key of its own.'),
    text,
    mistake,
    element(
      'p',
      { class: 'actions' },
      button('Cancel', close),
      button('Send', () => submit(close), { class: 'button primary' }),
    ),
  ]);

  /** @param {() => void} close */
  function submit(close) {
    let changed;
    try {
      changed = JSON.parse(text.value);
    } catch (error) {
      mistake.textContent = `This is no JSON: ${/** @type {Error} */ (error).message}`;
      return;
    }
    mistake.textContent = 'Sending …';
    const done = new AbortController();
    const { purchaseId, answer } = send(changed);
    // To the execution as soon as it has begun: with slow motion the answer takes a while.
    store.on(
      ['executions'],
      (_, execution) => {
        if (!execution || purchaseIdOf(execution) !== purchaseId) return;
        done.abort();
        close();
        location.hash = `#/executions/${encodeURIComponent(execution.id)}`;
      },
      done.signal,
    );
    answer.then(
      // An answer without an execution is a refusal of the API.
      ({ words }) => !done.signal.aborted && (mistake.textContent = words),
      (error) => (mistake.textContent = String(error.message)),
    );
  }
}
