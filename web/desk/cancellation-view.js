/**
 * Cancels an event, and shows how far that has come.
 *
 * @import { EventCancellation } from './desk-api.js'
 * @import { ViewContext } from './router.js'
 */
import { element } from '../element.js';
import { startTime } from '../wording.js';
import { complainOf, field, notice, panel, wordsOf } from './parts.js';

/** Milliseconds between two looks. */
const LOOK_EVERY = 2_000;

/** @type {Record<string, string>} */
const FAILURE_WORDS = {
  REFUND_FAILED: 'The bank does not take the money back. People are called.',
  NOT_CANCELLABLE: 'Its record is no sale, though a seat is sold to it.',
  OUTCOME_UNKNOWN: 'Not cancelled yet. It is tried again by itself.',
};

/** @param {ViewContext} context */
export async function showCancellation(context) {
  const { main, api, eventId, signal } = context;
  const [cancellation, { layout }] = await Promise.all([api.eventCancellation(eventId), api.layout(eventId)]);
  if (signal.aborted) return;
  main.append(element('h1', {}, layout.name));
  if (cancellation) follow(context, cancellation);
  else main.append(cancellationForm(context, layout.name));
}

/**
 * @param {ViewContext} context
 * @param {string} name
 */
function cancellationForm(context, name) {
  const { api, eventId } = context;
  const { box, say } = notice();
  const message = field('What the buyers are told', element('textarea', { rows: '3', maxlength: '500' }), {
    hint: 'It goes as it is into every mail and onto the public page, and cannot be changed later. Name nobody in it.',
  });
  const typed = field('The name of the event, to be sure', element('input', { autocomplete: 'off' }), {
    hint: name,
  });
  const submit = element('button', { class: 'button danger', type: 'submit' }, 'Cancel the event');
  const form = element(
    'form',
    { class: 'dialog-form', novalidate: true },
    element(
      'p',
      {},
      'Nobody can buy any more. Every purchase and every order of extras is cancelled, all the money goes back, and each buyer is told. It cannot be undone.',
    ),
    message.box,
    typed.box,
    element('div', { class: 'actions' }, submit),
    box,
  );
  let isBusy = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const isSure = typed.control.value.trim() === name;
    typed.complain(isSure ? '' : `Type the name as it is: ${name}`);
    if (!isSure) return typed.control.focus();
    if (isBusy) return;
    isBusy = true;
    submit.ariaDisabled = 'true';
    message.complain('');
    say('Closing the sale everywhere …', 'busy');
    try {
      const cancellation = await api.cancelEvent(eventId, message.control.value);
      form.closest('section')?.remove();
      follow(context, cancellation);
    } catch (error) {
      complainOf(error, { message }, say);
    } finally {
      isBusy = false;
      submit.ariaDisabled = 'false';
    }
  });
  return panel('Cancel the event', form);
}

/**
 * Looks until everything is done.
 *
 * @param {ViewContext} context
 * @param {EventCancellation} first
 */
function follow({ main, api, eventId, signal }, first) {
  const { box, say } = notice();
  const progress = element('progress', { 'aria-label': 'Purchases cancelled' });
  const figures = element('dl', { class: 'figures' });
  const failures = element('ul', { class: 'failures' });
  main.append(
    panel(
      'The event is cancelled',
      element('blockquote', { class: 'words' }, first.message),
      element('p', { class: 'hint' }, `Since ${startTime(first.at, 'UTC')}. Buyers read this message.`),
      progress,
      box,
      figures,
      failures,
    ),
  );
  show(first);
  void look();

  async function look() {
    for (let now = first; !signal.aborted && now.status !== 'DONE';) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
      if (signal.aborted || document.hidden) continue;
      try {
        now = (await api.eventCancellation(eventId)) ?? now;
        if (!signal.aborted) show(now);
      } catch (error) {
        if (!signal.aborted) say(`${wordsOf(error)} The cancellation goes on by itself.`);
      }
    }
  }

  /** @param {EventCancellation} now */
  function show({ status, purchases, cancelled, failed, remaining, orders, failures: found }) {
    const isDone = status === 'DONE';
    const all = purchases ?? cancelled + failed + remaining;
    progress.max = Math.max(all, 1);
    progress.value = isDone ? progress.max : cancelled + failed;
    const words = isDone
      ? failed + (orders?.failed ?? 0) > 0
        ? 'Done, but for those below.'
        : 'Done: everything is cancelled, and every buyer is told.'
      : 'Purchases are being cancelled. You can leave this page: it goes on by itself.';
    say(words, isDone && failed === 0 ? 'good' : 'busy');
    /** @type {[string, number | undefined][]} */
    const rows = [
      ['Purchases', purchases],
      ['Cancelled', cancelled],
      ['Still to come', remaining],
      ['Failed so far', failed],
      ['Orders of extras cancelled', orders?.cancelled],
      ['Orders of extras failed', orders?.failed],
    ];
    figures.replaceChildren(
      ...rows
        .filter(([, count]) => count !== undefined)
        .flatMap(([term, count = 0]) => [
          element('dt', {}, term),
          element('dd', {}, count.toLocaleString('en-GB')),
        ]),
    );
    failures.replaceChildren(
      ...found.map(({ reference, code }) =>
        element('li', {}, element('strong', {}, reference), ` ${FAILURE_WORDS[code] ?? code}`),
      ),
    );
  }
}
