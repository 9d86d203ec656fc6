/** @import { Field } from './parts.js' */
import { element } from '../element.js';
import { allIsWell, button, complainOf, notice } from './parts.js';

/**
 * Asks before something that cannot be undone, and stays open when it is refused: what was typed is not lost.
 *
 * @param {{ title: string, contents: Node[], action: string, act: () => Promise<void>, signal: AbortSignal,
 *   fields: Record<string, Field> }} question  `action` is what the button says, `signal` that of the view under it, `fields` are
 *   those of the contents by their paths in the request
 */
export function ask({ title, contents, action, act, signal, fields }) {
  const { box, say } = notice();
  /** @type {() => void} */
  const close = () => dialog.close();
  const submit = element('button', { class: 'button danger', type: 'submit' }, action);
  const form = element(
    'form',
    { class: 'dialog-form', novalidate: true },
    element('h2', { id: 'dialog-title' }, title),
    ...contents,
    box,
    element('div', { class: 'actions' }, button('Back', close), submit),
    // The page behind is silent while a dialogue is open.
    element('p', { class: 'visually-hidden', role: 'status', 'data-announcer': true }),
  );
  const dialog = element('dialog', { 'aria-labelledby': 'dialog-title' }, form);
  let isBusy = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    submit.ariaDisabled = 'true';
    allIsWell(fields);
    say('…', 'busy');
    try {
      await act();
      close();
    } catch (error) {
      complainOf(error, fields, say);
    } finally {
      isBusy = false;
      submit.ariaDisabled = 'false';
    }
  });
  dialog.addEventListener('close', () => dialog.remove());
  signal.addEventListener('abort', close);
  document.body.append(dialog);
  dialog.showModal();
}
