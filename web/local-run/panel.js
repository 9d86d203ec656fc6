/**
 * What only the local run has: the inbox, the executions and the fault switches. A deployment leaves this folder out.
 */
import { element, part } from '../element.js';
import { LocalControl } from './control.js';
import { ExecutionList } from './execution-list.js';
import { FaultSwitches } from './fault-switches.js';
import { InboxList } from './inbox-list.js';

/** Milliseconds. */
const INTERVAL = 2_000;

/** Adds the panel to the end of the page. */
export async function startLocalPanel() {
  const html = await fetch('local-run/panel.html').then((response) => response.text());
  document.head.append(element('link', { rel: 'stylesheet', href: 'local-run/panel.css' }));
  document.body.insertAdjacentHTML('beforeend', html);
  const panel = part('local-panel', HTMLDetailsElement);
  const badge = element('a', { id: 'fault-badge', class: 'fault-badge', href: '#local-panel' }, 'Faults');
  badge.addEventListener('click', () => (panel.open = true));
  part('site-header', HTMLElement).append(badge);

  const control = new LocalControl();
  const faults = new FaultSwitches(control, badge);
  const lists = [new InboxList(control), new ExecutionList(control)];
  void keepFresh(() => Promise.all([faults, ...(panel.open ? lists : [])].map((each) => each.refresh())));
  panel.addEventListener('toggle', () => lists.forEach((list) => void list.refresh()));
}

/** @param {() => Promise<unknown>} refresh */
async function keepFresh(refresh) {
  for (;;) {
    // The local run may be stopped and started under the page.
    if (!document.hidden) await refresh().catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, INTERVAL));
  }
}
