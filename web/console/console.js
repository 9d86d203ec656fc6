/** The saga console: what the executions of the local run did, as it happens. */
import { part } from '../element.js';
import { showAttention } from './attention-view.js';
import { watchAttention } from './attention-watch.js';
import { showBus, showBusEvent } from './bus-view.js';
import { showDurableExecution, showDurableExecutions } from './durable-view.js';
import { showExecution } from './execution-view.js';
import { showExecutions } from './executions-view.js';
import { showFound, startSearch } from './find-view.js';
import { showInbox } from './inbox-view.js';
import { showLab } from './lab-view.js';
import { showPayments } from './payments-view.js';
import { showQueues } from './queues-view.js';
import { startRouter } from './router.js';
import { showOrder, showPurchase } from './sale-view.js';
import { showSchedules } from './schedules-view.js';
import { showSigns } from './signs.js';
import { Store } from './store.js';

const store = new Store();
const main = part('main', HTMLElement);

part('skip', HTMLAnchorElement).addEventListener('click', (event) => {
  // The fragment of the address names the view.
  event.preventDefault();
  main.focus();
});

startSearch(part('search', HTMLFormElement));
showSigns(store);
store.start();
watchAttention(store);
startRouter(main, store, {
  executions: { title: 'Executions', show: showExecutions, showOne: showExecution },
  attention: { title: 'Needs attention', show: showAttention },
  durable: { title: 'Durable executions', show: showDurableExecutions, showOne: showDurableExecution },
  events: { title: 'Events', show: showBus, showOne: showBusEvent },
  schedules: { title: 'Schedules', show: showSchedules },
  queues: { title: 'Queues', show: showQueues, showOne: showQueues },
  inbox: { title: 'Inbox', show: showInbox, showOne: showInbox },
  payments: { title: 'Payments', show: showPayments, showOne: showPayments },
  purchases: { title: 'Purchase', show: showFound, showOne: showPurchase },
  orders: { title: 'Order', show: showFound, showOne: showOrder },
  find: { title: 'Search', show: showFound },
  lab: { title: 'Lab', show: showLab },
});
