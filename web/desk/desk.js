/** The organiser's desk: everything that an organiser does, over the signed API alone. */
import { element, part } from '../element.js';
import { showCancellation } from './cancellation-view.js';
import { DeskApi } from './desk-api.js';
import { showEditor, showNewEvent } from './event-editor.js';
import { showEvents } from './events-view.js';
import { isSignedIn, signIn, signOut } from './login.js';
import { button, notice } from './parts.js';
import { showPurchases } from './purchases-view.js';
import { startRouter } from './router.js';
import { showSales } from './sales-view.js';

const VIEWS = {
  list: { title: 'Events', show: showEvents },
  create: { title: 'New event', show: showNewEvent },
  event: {
    '': { title: 'Event and map', show: showEditor },
    sales: { title: 'Sales', show: showSales },
    purchases: { title: 'Purchases', show: showPurchases },
    cancellation: { title: 'Cancel the event', show: showCancellation },
  },
};

const main = part('main', HTMLElement);
const leave = part('sign-out', HTMLButtonElement);
let session = new AbortController();

part('skip', HTMLAnchorElement).addEventListener('click', (event) => {
  // The fragment of the address names the view.
  event.preventDefault();
  main.focus();
});
leave.addEventListener('click', () => {
  signOut();
  session.abort();
  showLogin();
});

if (isSignedIn()) void enter();
else showLogin();

/** @returns {Promise<string>} why nobody is signed in; empty when somebody is */
async function enter() {
  try {
    const found = await signIn();
    session = new AbortController();
    leave.hidden = false;
    startRouter(main, new DeskApi(found), VIEWS, session.signal);
    return '';
  } catch (error) {
    showLogin();
    return error instanceof Error ? error.message : String(error);
  }
}

function showLogin() {
  leave.hidden = true;
  document.title = 'Sign in – Organiser’s desk';
  const { box, say } = notice();
  const enterNow = button(
    'Sign in as the organiser',
    async () => {
      enterNow.disabled = true;
      const why = await enter();
      enterNow.disabled = false;
      if (why !== '') say(why);
    },
    { class: 'button primary' },
  );
  main.replaceChildren(
    element(
      'section',
      { class: 'panel login', 'aria-labelledby': 'login-title' },
      element('h1', { id: 'login-title' }, 'Organiser’s desk'),
      element(
        'p',
        {},
        'The local run takes whoever is at this machine for the organiser. There is no password.',
      ),
      enterNow,
      box,
    ),
  );
}
