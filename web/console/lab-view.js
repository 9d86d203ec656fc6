/**
 * What can be done to the local run: things to try, faults, kills, the clock.
 *
 * @import { ViewContext } from './router.js'
 * @import { Store } from './store.js'
 */
import { element } from '../element.js';
import { clockPanel } from './clock-panel.js';
import { faultPanel } from './fault-panel.js';
import { killPanel } from './kill-panel.js';
import { scenarioPanel } from './scenario-panel.js';

/** @param {ViewContext} context */
export function showLab({ main, store, signal }) {
  main.append(
    element('header', { class: 'view-header' }, element('h1', {}, 'Lab')),
    element('div', { class: 'lab' }, ...labPanels(store, signal)),
  );
}

/**
 * @param {Store} store
 * @param {AbortSignal} signal
 */
export function labPanels(store, signal) {
  return [
    scenarioPanel(store),
    faultPanel(store, signal),
    killPanel(store, signal),
    clockPanel(store, signal),
  ];
}
