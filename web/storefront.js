/**
 * The storefront: puts its parts together and lets them know of each other's news.
 *
 * @import { Seat, SeatMap as SeatMapAnswer } from './api.js'
 * @import { Attempt } from './purchase-attempt.js'
 * @import { Choice } from './result.js'
 */
import { announce } from './announcer.js';
import { Api, ApiError } from './api.js';
import { AttemptStorage } from './attempt-storage.js';
import { CheckoutForm } from './checkout-form.js';
import { part } from './element.js';
import { showEventList } from './event-list.js';
import { showLegend } from './legend.js';
import { startLocalPanel } from './local-panel.js';
import { OrderSummary } from './order-summary.js';
import { isRunning } from './purchase-attempt.js';
import { PurchaseRunner } from './purchase-runner.js';
import { ResultPanel } from './result.js';
import { SeatMap } from './seat-map.js';
import { MAX_SEATS, SeatSelection } from './seat-selection.js';
import { money, seatPlace, seatPlaces, seatsCounted, startTime } from './wording.js';

/** Milliseconds between two looks at the seats. */
const SEATS_INTERVAL = 4_000;

const api = new Api('/api');
const selection = new SeatSelection();
const seatMap = new SeatMap(part('seat-map', HTMLElement), selection, toggle);
const summary = new OrderSummary(remove);
const form = new CheckoutForm((details) => {
  const seats = selection.seatIds;
  if (event && seats.length > 0) void runner.buy({ eventId: event.eventId, seats, ...details });
});
const result = new ResultPanel(part('result', HTMLElement), (id) => api.ticketUrl(id), goOn);
const runner = new PurchaseRunner({ api, storage: new AttemptStorage(sessionStorage), onChange: onAttempt });

/** @type {SeatMapAnswer | undefined} */
let event;

await open();

async function open() {
  const localPanel = startLocalPanel().then((isLocal) => {
    if (isLocal) form.offerTestCards();
  });
  try {
    const events = await api.listEvents();
    const wanted = new URLSearchParams(location.search).get('event') ?? events[0]?.eventId;
    showEventList(events, wanted);
    if (wanted === undefined) return showProblem('There is nothing on sale at the moment.');
    await showEvent(await api.seatMap(wanted));
  } catch (error) {
    return showProblem(error instanceof ApiError ? error.message : 'The box office cannot be reached.');
  }
  await localPanel;
  show();
  void keepSeatsFresh();
  await runner.resume();
}

/** @param {SeatMapAnswer} map */
function showEvent(map) {
  event = map;
  document.title = `${map.name} – EventPro`;
  part('event-name', HTMLElement).textContent = map.name;
  part('event-facts', HTMLElement).textContent = `${map.venue} · ${startTime(map.startsAt)}`;
  showLegend(map);
  // Shown first: the map scrolls to its middle, for which it must be laid out.
  part('event', HTMLElement).hidden = false;
  seatMap.show(map);
}

/** @param {string} text */
function showProblem(text) {
  const problem = part('page-problem', HTMLElement);
  problem.textContent = text;
  problem.hidden = false;
}

async function keepSeatsFresh() {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, SEATS_INTERVAL));
    if (!document.hidden) await refreshSeats();
  }
}

async function refreshSeats() {
  if (!event) return;
  try {
    event = await api.seatMap(event.eventId);
  } catch {
    return; // The map stays as it was until the connection is back.
  }
  // Of a running purchase the seats are held by the buyer: they are not lost.
  const lost = attemptIsOpen() ? [] : selection.refresh(event.seats);
  seatMap.show(event);
  show();
  if (lost.length > 0)
    announce(
      `${seatPlaces(lost.map(({ seatId }) => seatId))}: no longer available, removed from your order.`,
    );
}

/** @param {Seat} seat */
function toggle(seat) {
  if (runner.attempt?.phase === 'confirmed') return;
  const change = selection.toggle(seat);
  if (change === 'not-available') return;
  if (change === 'full') return announce(`You can choose up to ${MAX_SEATS} seats.`);
  // What the last attempt had to say is about other seats than these.
  if (runner.attempt?.phase === 'failed') runner.dismiss();
  show();
  const total = event ? money(selection.total, event.currency) : '';
  announce(
    `${seatPlace(seat)} ${change}. ${seatsCounted(selection.seatIds.length)}${total && `, total ${total}`}.`,
  );
}

/** @param {string} seatId */
function remove(seatId) {
  const seat = selection.seats.find((chosen) => chosen.seatId === seatId);
  if (!seat) return;
  toggle(seat);
  // Its button is gone, and the focus with it.
  const next = document.querySelector('#order-seats button');
  if (next instanceof HTMLElement) next.focus();
  else seatMap.focus();
}

/** Shows what is chosen and whether it can be bought now. */
function show() {
  if (!event) return;
  const { attempt } = runner;
  const open = attemptIsOpen();
  seatMap.lock(open || attempt?.phase === 'confirmed');
  summary.show(selection, event.currency, open);
  form.hide(attempt?.phase === 'confirmed');
  part('order', HTMLElement).hidden = attempt?.phase === 'confirmed';
  const count = selection.seatIds.length;
  const busy = attempt !== undefined && isRunning(attempt);
  const total = money(selection.total, event.currency);
  const label = count > 0 ? `Buy for ${total}` : 'Choose your seats first';
  form.show({ label: busy ? 'Buying…' : label, ready: count > 0, locked: open, busy });
}

/** Whether an attempt may still become a purchase. */
function attemptIsOpen() {
  const phase = runner.attempt?.phase;
  return phase === 'sending' || phase === 'checking' || phase === 'unsent';
}

/** @param {Attempt | undefined} attempt */
function onAttempt(attempt) {
  if (attempt?.phase === 'confirmed') selection.clear();
  else if (attempt && selection.seatIds.length === 0) restore(attempt);
  show();
  result.show(attempt);
  if (!attempt || !isRunning(attempt)) void refreshSeats();
}

/**
 * After a reload: the seats and details the attempt was made with.
 *
 * @param {Attempt} attempt
 */
function restore({ request }) {
  if (request.eventId !== event?.eventId) return;
  for (const seat of event.seats) {
    // Held by the buyer's own purchase, perhaps: whether they are free is for the next refresh to say.
    if (request.seats.includes(seat.seatId)) selection.toggle({ ...seat, status: 'AVAILABLE' });
  }
  form.fill(request);
}

/** @param {Choice} choice */
function goOn(choice) {
  if (choice === 'send-again') return void runner.sendAgain();
  if (choice === 'try-again') return form.submit();
  if (choice === 'other-card') return form.focusCards();
  if (choice === 'correct') return form.focusDetails();
  runner.dismiss();
  seatMap.focus();
}
