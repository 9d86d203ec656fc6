/**
 * What only the local run has: the inbox, the executions and the fault switches. Where the control routes do not
 * answer, the page knows nothing of it.
 */
import { part } from './element.js';
import { ExecutionList } from './execution-list.js';
import { FaultSwitches } from './fault-switches.js';
import { InboxList } from './inbox-list.js';
import { LocalControl } from './local-control.js';

/** Milliseconds. */
const INTERVAL = 2_000;

/** @returns {Promise<boolean>} whether this is the local run */
export async function startLocalPanel() {
  const control = new LocalControl();
  if (!(await control.isThere())) return false;
  const parts = [new FaultSwitches(control), new InboxList(control), new ExecutionList(control)];
  part('local-panel', HTMLElement).hidden = false;
  void keepFresh(() => Promise.all(parts.map((each) => each.refresh())));
  return true;
}

/** @param {() => Promise<unknown>} refresh */
async function keepFresh(refresh) {
  for (;;) {
    // The local run may be stopped and started under the page.
    if (!document.hidden) await refresh().catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, INTERVAL));
  }
}
