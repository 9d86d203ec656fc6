/**
 * @import { GraphNode, LogLine } from './control-routes.js'
 * @import { Attempt, Visit } from './visits.js'
 */
import { element } from '../element.js';
import { counted, duration, preciseTime, pretty } from './format.js';
import { card, code, empty, facts } from './page.js';
import { attemptsOf, placeOf } from './visits.js';

/**
 * What went into a state, what came out, and what went wrong in between.
 *
 * @param {readonly Visit[]} visits
 * @param {string} state
 * @param {GraphNode | undefined} node of the state
 * @param {readonly LogLine[]} lines of its function
 */
export function stateInspector(visits, state, node, lines) {
  const visited = visits.filter((visit) => visit.state === state);
  if (visited.length === 0) return card('State', {}, empty('No state was entered.'));
  return card(
    state,
    { class: 'inspector' },
    ...visited.map((visit) => oneVisit(visit, placeOf(visit, visits), node?.calls)),
    ...(lines.length > 0
      ? [
          element('h3', {}, 'Log lines of the function'),
          code('Log lines', lines.map(({ at, text }) => `${preciseTime(at)} ${text}`).join('\n')),
        ]
      : []),
  );
}

/**
 * Those that say that they are of this state: the function names it as its step.
 *
 * @param {readonly LogLine[]} lines
 * @param {string} state
 */
export function linesOf(lines, state) {
  return lines.filter(({ text }) => {
    try {
      return JSON.parse(text).step === state;
    } catch {
      return false;
    }
  });
}

/**
 * @param {Visit} visit
 * @param {string} place the branch or iteration
 * @param {string} [calls] a service
 */
function oneVisit(visit, place, calls) {
  const { type, status, enteredAt, leftAt, failures, input, output, next } = visit;
  const attempts = attemptsOf(visit);
  const last = failures.at(-1);
  return element(
    'div',
    { class: 'visit' },
    facts([
      ['Type', type],
      ...(place ? [/** @type {[string, string]} */ (['Within', place])] : []),
      ...(calls ? [/** @type {[string, string]} */ (['Calls', calls])] : []),
      ['Status', status],
      ['Entered', preciseTime(enteredAt)],
      ...(leftAt
        ? [/** @type {[string, string]} */ (['Took', duration(Date.parse(leftAt) - Date.parse(enteredAt))])]
        : []),
      ...(attempts > 0 ? [/** @type {[string, string]} */ (['Attempts', String(attempts)])] : []),
      ...(next ? [/** @type {[string, string]} */ (['Next', next])] : []),
      ...(last ? [/** @type {[string, string]} */ (['Error', last.error])] : []),
    ]),
    ...(failures.length > 0
      ? [element('h3', {}, counted(failures.length, 'failed attempt')), failureList(failures)]
      : []),
    ...(last?.cause ? [element('h3', {}, 'Cause'), code('Cause', last.cause)] : []),
    ...(input === undefined ? [] : [element('h3', {}, 'Input'), code('Input', input)]),
    ...(output === undefined ? [] : [element('h3', {}, 'Output'), code('Output', output)]),
  );
}

/** @param {readonly Attempt[]} failures */
function failureList(failures) {
  return element(
    'ol',
    { class: 'attempts' },
    ...failures.map(({ number, failedAt, error, cause, retryAfter }) =>
      element(
        'li',
        {},
        element('strong', {}, `${number}. ${error}`),
        element('span', { class: 'note' }, ` ${messageOf(cause)}`),
        element(
          'span',
          { class: 'note' },
          ` ${preciseTime(failedAt)}${retryAfter === undefined ? ', not retried' : `, retried after ${retryAfter.toFixed(1)} s`}`,
        ),
      ),
    ),
  );
}

/** @param {string | undefined} cause the JSON of a function's error, or a text */
function messageOf(cause = '') {
  try {
    return String(JSON.parse(cause).errorMessage ?? '');
  } catch {
    return pretty(cause);
  }
}
