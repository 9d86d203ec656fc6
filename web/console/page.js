/** Small things that every view is made of. */
import { element, part } from '../element.js';
import { Refused } from './control-routes.js';
import { pretty } from './format.js';

/**
 * A titled part of a page.
 *
 * @param {string} title
 * @param {{ class?: string, note?: string }} options
 * @param {...Node} children
 */
export function card(title, { class: name = '', note }, ...children) {
  const heading = element('h2', {}, title);
  const header = element('header', {}, heading, ...(note ? [element('p', { class: 'note' }, note)] : []));
  return element('section', { class: `card ${name}`, 'aria-label': title }, header, ...children);
}

/**
 * Does what the user asked for. A refusal, or no answer, is shown on the page until something works.
 *
 * @param {() => unknown} act
 * @returns {Promise<boolean>} whether it was done
 */
export async function tryTo(act) {
  const problem = part('page-problem', HTMLElement);
  try {
    await act();
    problem.hidden = true;
    return true;
  } catch (error) {
    problem.textContent =
      error instanceof Refused ? error.message : 'The local run does not answer. Is it still running?';
    problem.hidden = false;
    return false;
  }
}

/**
 * @param {string} text
 * @param {() => unknown} act
 * @param {Record<string, string | boolean>} [attributes]
 */
export function button(text, act, attributes = {}) {
  const made = element('button', { type: 'button', class: 'button', ...attributes }, text);
  made.addEventListener('click', () => void tryTo(act));
  return made;
}

/**
 * Terms and what they are.
 *
 * @param {readonly (readonly [term: string, description: Node | string])[]} rows
 */
export function facts(rows) {
  return element(
    'dl',
    { class: 'facts' },
    ...rows.flatMap(([term, description]) => [element('dt', {}, term), element('dd', {}, description)]),
  );
}

/**
 * JSON, or text, to be read and selected; it scrolls by itself, so the keyboard must reach it.
 *
 * @param {string} label
 * @param {unknown} value
 */
export function code(label, value) {
  return element('pre', { class: 'code', tabindex: '0', role: 'region', 'aria-label': label }, pretty(value));
}

/**
 * A name that may break where its words do: `Escalate|Refund|Payment`.
 *
 * @param {string} name
 */
export function breakable(name) {
  const words = name.split(/(?<=[a-z])(?=[A-Z])/);
  return words.flatMap((word, index) => (index === 0 ? [word] : [element('wbr'), word]));
}

/** @param {string} text */
export function empty(text) {
  return element('p', { class: 'empty' }, text);
}

/**
 * A word with a sign before it, so that it is not told by its colour alone.
 *
 * @param {string} tone one of those in console.css
 * @param {string} text
 */
export function badge(tone, text) {
  return element('span', { class: 'badge', 'data-tone': tone }, text);
}

/**
 * Runs at the next frame, however often it is asked to before.
 *
 * @param {() => void} draw
 * @param {AbortSignal} signal after which it does nothing
 */
export function onNextFrame(draw, signal) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      if (!signal.aborted) draw();
    });
  };
}

/**
 * Puts the children into this order, and touches only those that are not in their place: what has the focus keeps it.
 *
 * @param {Element} parent
 * @param {readonly Element[]} children
 */
export function arrange(parent, children) {
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  children.forEach((child, index) => {
    const there = parent.children[index];
    if (there !== child) parent.insertBefore(child, there ?? null);
  });
}

/**
 * Gives the text to the reader as a file.
 *
 * @param {string} name
 * @param {unknown} value
 */
export function download(name, value) {
  const url = URL.createObjectURL(new Blob([JSON.stringify(value, null, 2)], { type: 'application/json' }));
  element('a', { href: url, download: name }).click();
  // The browser has taken hold of it by the next turn.
  setTimeout(() => URL.revokeObjectURL(url));
}

/**
 * A table that scrolls by itself, and the body that its rows go into.
 *
 * @param {string} title
 * @param {readonly string[]} columns
 */
export function table(title, columns) {
  const body = element('tbody');
  const head = element('tr', {}, ...columns.map((name) => element('th', { scope: 'col' }, name)));
  const box = element(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': `${title}, as a table` },
    element('table', {}, element('thead', {}, head), body),
  );
  return { box, body };
}

/**
 * What does the work once at a time, and once more if it was asked for meanwhile.
 *
 * @param {() => Promise<unknown>} work
 * @param {AbortSignal} [signal] after which it is not done once more
 * @returns {() => Promise<boolean>} whether this call has done it, and not one before
 */
export function oneAtATime(work, signal) {
  let isUnderWay = false;
  let isWantedAgain = false;
  return async () => {
    isWantedAgain = isUnderWay;
    if (isUnderWay) return false;
    isUnderWay = true;
    try {
      do {
        isWantedAgain = false;
        await work();
      } while (isWantedAgain && !signal?.aborted);
      return true;
    } finally {
      isUnderWay = false;
    }
  };
}
