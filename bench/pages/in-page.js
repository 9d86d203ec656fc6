/** What is measured inside of the page: loaded before the page's own scripts. */

const seen = { firstSeat: 0, allSeats: 0, shift: 0 };

new PerformanceObserver((list) => {
  for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) seen.shift += value;
}).observe({ type: 'layout-shift', buffered: true });

/** Milliseconds from the request for the page until what is looked for is shown. */
const shown = (selector) =>
  new Promise((resolve) => {
    const look = () => {
      if (!document.querySelector(selector)) return void requestAnimationFrame(look);
      // The frame after this one shows it.
      requestAnimationFrame(() => resolve(performance.now()));
    };
    look();
  });

const firstSeat = shown('#seat-map [data-status]').then((time) => (seen.firstSeat = time));
/** Until then a script of the page may be one that draws. */
const allSeats = shown('#seat-map[aria-busy="false"]').then((time) => (seen.allSeats = time));

/** A map that writes each seat at each change, with a price formatted for each. */
function rewriteNow() {
  for (const cell of document.querySelectorAll('#seat-map [data-seat]')) {
    const price = new Intl.NumberFormat('en-GB', { style: 'currency', currency: 'EUR' }).format(80);
    const { seat, status, mark } = cell.dataset;
    cell.dataset.status = status;
    cell.dataset.mark = mark;
    cell.title = cell.ariaLabel = `${seat}, ${price}`;
    cell.ariaSelected = 'false';
    cell.ariaDisabled = 'false';
  }
}

/** As a task of the page: what DevTools evaluates is not counted as the page's script. */
const asTask = (run) => () => new Promise((done) => setTimeout(() => done(run())));

window.measured = {
  seen,
  firstSeat,
  allSeats,
  rewriteAll: asTask(rewriteNow),
  lookAgain: asTask(() => dispatchEvent(new Event('online'))),
  sold: () => document.querySelectorAll('#seat-map [data-status="SOLD"]').length,
  chosen: () => document.querySelectorAll('#seat-map [aria-selected="true"]').length,
  nextFrame: () => new Promise((done) => requestAnimationFrame(() => setTimeout(done))),
};
