/** Small things that every view of the desk is made of. */
import { element } from '../element.js';
import { Refusal } from './desk-api.js';
import { mistakesIn } from './mistakes.js';

/**
 * @param {string} text
 * @param {() => unknown} act
 * @param {Record<string, string | boolean>} [attributes]
 */
export function button(text, act, attributes = {}) {
  const made = element('button', { type: 'button', class: 'button', ...attributes }, text);
  made.addEventListener('click', () => act());
  return made;
}

/**
 * What failed, in the API's own words where it has said some.
 *
 * @param {unknown} error
 */
export function wordsOf(error) {
  if (error instanceof Refusal) return error.message;
  return navigator.onLine
    ? 'The server does not answer. Try again.'
    : 'You are offline. Try again when you are connected.';
}

/**
 * @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Control
 *
 * @typedef {{ box: HTMLElement, control: Control, complain: (words: string) => void }} Field  `complain('')` when all is well.
 */

let fields = 0;

/**
 * A control with its label above it, and below it what is wrong with it.
 *
 * @param {string} label
 * @param {Control} control
 * @param {object} [options]
 * @param {string} [options.hint]
 * @param {boolean} [options.hidesLabel] it is told by the column it is in
 * @returns {Field}
 */
export function field(label, control, { hint, hidesLabel = false } = {}) {
  const id = `field-${++fields}`;
  control.id = id;
  const mistake = element('p', { class: 'mistake', id: `${id}-mistake` });
  control.setAttribute('aria-describedby', hint ? `${id}-hint ${mistake.id}` : mistake.id);
  const box = element(
    'div',
    { class: 'field' },
    element('label', { for: id, class: hidesLabel ? 'visually-hidden' : undefined }, label),
    control,
    ...(hint ? [element('p', { class: 'hint', id: `${id}-hint` }, hint)] : []),
    mistake,
  );
  return {
    ...{ box, control },
    complain(words) {
      mistake.textContent = words;
      control.ariaInvalid = String(words !== '');
    },
  };
}

/**
 * A titled part of a page.
 *
 * @param {string} title
 * @param {...Node} children
 */
export function panel(title, ...children) {
  const heading = element('h2', {}, title);
  heading.id = `panel-${++fields}`;
  return element('section', { class: 'panel', 'aria-labelledby': heading.id }, heading, ...children);
}

/**
 * A place for what is said about the view: it is read out when it changes.
 *
 * @returns {{ box: HTMLElement, say: (words: string, tone?: 'bad' | 'good' | 'busy') => void }}
 */
export function notice() {
  const box = element('p', { class: 'notice', role: 'status' });
  return {
    box,
    say(words, tone = 'bad') {
      // Said again, it would be read out again.
      if (box.textContent !== words) box.textContent = words;
      box.dataset.tone = tone;
    },
  };
}

/**
 * Says what failed: beside its field what is wrong with one, and goes there; all else in the notice.
 *
 * @param {unknown} error
 * @param {Record<string, Field>} fields by their paths in the request
 * @param {(words: string) => void} say
 */
export function complainOf(error, fields, say) {
  const words = wordsOf(error);
  if (!(error instanceof Refusal && error.code === 'VALIDATION')) return say(words);
  const mistakes = mistakesIn(words);
  for (const [path, each] of Object.entries(fields)) {
    each.complain(mistakes.flatMap((mistake) => (mistake.path === path ? mistake.words : [])).join(' '));
  }
  const [first] = mistakes.flatMap(({ path }) => fields[path] ?? []);
  first?.control.focus();
  const others = mistakes.filter(({ path }) => !fields[path]);
  say(others.map((each) => `${each.path} ${each.words}`.trim()).join(' '));
}

/** @param {Record<string, Field>} fields */
export function allIsWell(fields) {
  for (const each of Object.values(fields)) each.complain('');
}
