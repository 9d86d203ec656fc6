/** The saga console: what the executions of the local run did, as it happens. */
import { part } from '../element.js';
import { showDurableExecution, showDurableExecutions } from './durable-view.js';
import { showExecution } from './execution-view.js';
import { showExecutions } from './executions-view.js';
import { showInbox } from './inbox-view.js';
import { showLab } from './lab-view.js';
import { showPayments } from './payments-view.js';
import { startRouter } from './router.js';
import { showSigns } from './signs.js';
import { Store } from './store.js';

const store = new Store();
const main = part('main', HTMLElement);

part('skip', HTMLAnchorElement).addEventListener('click', (event) => {
  // The fragment of the address names the view.
  event.preventDefault();
  main.focus();
});

showSigns(store);
store.start();
startRouter(main, store, {
  executions: { title: 'Executions', show: showExecutions, showOne: showExecution },
  durable: { title: 'Durable executions', show: showDurableExecutions, showOne: showDurableExecution },
  inbox: { title: 'Inbox', show: showInbox, showOne: showInbox },
  payments: { title: 'Payments', show: showPayments },
  lab: { title: 'Lab', show: showLab },
});
