import { element } from '../element.js';
import { button } from './page.js';

/**
 * A modal dialog that is gone when it closes; its focus goes back to where it came from.
 *
 * @param {string} title
 * @param {(close: () => void) => Node[]} contents
 */
export function openDialog(title, contents) {
  const dialog = element('dialog', { class: 'dialog', 'aria-label': title });
  dialog.append(element('h2', {}, title), ...contents(() => dialog.close()));
  const closed = new AbortController();
  dialog.addEventListener('close', () => {
    closed.abort();
    dialog.remove();
  });
  // It belongs to the view under it.
  addEventListener('hashchange', () => dialog.close(), { signal: closed.signal });
  document.body.append(dialog);
  dialog.showModal();
}

/** @param {{ title: string, text: string, action: string, act: () => Promise<unknown> }} question */
export function confirmFirst({ title, text, action, act }) {
  openDialog(title, (close) => [
    element('p', {}, text),
    element(
      'p',
      { class: 'actions' },
      button('Cancel', close),
      button(
        action,
        async () => {
          close();
          await act();
        },
        { class: 'button danger' },
      ),
    ),
  ]);
}
