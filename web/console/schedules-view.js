/**
 * What is to come: the schedules that invoke something once, and those that do again and again.
 *
 * @import { OneTimeSchedule } from './control-routes.js'
 * @import { ViewContext } from './router.js'
 */
import { element } from '../element.js';
import { dateAndTime, logicalName } from './format.js';
import { badge, card, empty, onNextFrame, table } from './page.js';

/** @param {ViewContext} context */
export function showSchedules({ main, store, signal }) {
  const content = element('div', { class: 'durable' });
  main.append(element('header', { class: 'view-header' }, element('h1', {}, 'Schedules')), content);

  const draw = () => {
    const { held, schedules, recurring } = store.schedules;
    const once = table('Once', ['Schedule', 'Due', 'Target', 'Status', 'Input']);
    once.body.append(...schedules.map(scheduleRow));
    const again = table('Again and again', ['Schedule', 'Every', 'Next']);
    again.body.append(
      ...recurring.map(({ name, expression, nextAt }) =>
        element(
          'tr',
          {},
          element('th', { scope: 'row' }, logicalName(name)),
          element('td', { class: 'mono' }, expression),
          element('td', {}, dateAndTime(nextAt)),
        ),
      ),
    );
    content.replaceChildren(
      card(
        'Once',
        { note: held ? 'They are held: what is due waits.' : undefined },
        schedules.length > 0 ? once.box : empty('No schedule.'),
      ),
      card('Again and again', {}, recurring.length > 0 ? again.box : empty('No schedule.')),
    );
  };
  store.on(['schedules', 'clock'], onNextFrame(draw, signal), signal);
  draw();
}

/** @param {OneTimeSchedule} schedule */
function scheduleRow({ name, group, at, timezone, target, status, error, input }) {
  const zone = timezone === 'UTC' ? '' : `, by the clock of ${timezone}`;
  return element(
    'tr',
    { 'data-schedule': name },
    element('th', { scope: 'row', class: 'mono' }, name, element('p', { class: 'note' }, group)),
    element('td', {}, `${dateAndTime(at)}${zone}`),
    element('td', {}, logicalName(target.split(':').at(-1) ?? '')),
    element('td', {}, badge(error ? 'bad' : status === 'completed' ? 'good' : 'wait', error ?? status)),
    element('td', { class: 'mono' }, JSON.stringify(input)),
  );
}
