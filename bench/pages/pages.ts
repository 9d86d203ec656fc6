import { join } from 'node:path';
import { type Browser, type CDPSession, type Page } from 'playwright-core';
import { chromiumPath, openBrowser } from '../../harness/browser';
import { type Measure, type Section, type Size, type Table } from '../report/section';
import { type Spread, spreadOf } from '../report/statistics';
import { figure, withSpread } from '../report/table';
import { type MeasuredServer } from '../server/measured-server';
import { venue } from '../server/venue';

const IN_PAGE = join(__dirname, 'in-page.js');

/** Halls that are shown whole, and as their first section: the largest that one answer holds. */
const SIZES = {
  full: { halls: [300, 3_000, 20_000], taps: 30, refreshes: 15, visits: 5 },
  quick: { halls: [300, 3_000], taps: 10, refreshes: 5, visits: 2 },
  smoke: { halls: [300], taps: 2, refreshes: 1, visits: 1 },
} satisfies Record<Size, object>;

const DESKTOP = { viewport: { width: 1440, height: 900 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
/** As DevTools has it for a mid-tier mobile. */
const THROTTLED = 4;

interface Hall {
  readonly seats: number;
  /** Milliseconds of script. */
  readonly tap: Spread;
  readonly refresh: Spread;
  /** The same when every seat is written anew. */
  readonly rewrite: Spread;
  /** Milliseconds from the request for the page to the first seat, on a throttled phone. */
  readonly firstSeat: Spread;
  /** Cumulative Layout Shift of that visit. */
  readonly shift: number;
}

/** What the storefront's map costs a browser. */
export const pages: Measure = {
  name: 'pages',
  summary: 'script of a tap and of a refresh by seats shown, in Chromium; first seat on a slow phone',
  lacks: () => (chromiumPath() ? undefined : 'There is no Chromium here'),
  async run({ size, lab, progress }): Promise<Section> {
    const { halls: sizes, ...samples } = SIZES[size];
    const server = await lab.server('plain');
    const browser = await openBrowser();
    try {
      const halls: Hall[] = [];
      for (const seats of sizes) {
        progress(`pages: a hall of ${seats} seats`);
        halls.push(await measure(browser, server, seats, samples));
      }
      return { name: 'pages', title: 'Pages', tables: [tableOf(halls)], figures: { halls } };
    } finally {
      await browser.close();
      await server.close();
    }
  },
};

async function measure(
  browser: Browser,
  server: MeasuredServer,
  seats: number,
  { taps, refreshes, visits }: { readonly taps: number; readonly refreshes: number; readonly visits: number },
): Promise<Hall> {
  const eventId = `pages-${seats}`;
  await server.ask({ ask: 'put-event', eventId, layout: venue(seats) });
  const url = `${server.url}/?event=${eventId}`;
  const desk = await browser.newContext(DESKTOP);
  const page = await desk.newPage();
  await page.addInitScript({ path: IN_PAGE });
  const script = await scriptTimer(page);
  await page.goto(url);
  const seat = page.locator('[data-seat]').first();
  await seat.waitFor();
  await seat.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await seat.boundingBox())!;

  const times = { tap: [] as number[], refresh: [] as number[], rewrite: [] as number[] };
  for (let tap = 0; tap < taps; tap++) {
    // By the mouse itself: what finds and clicks an element is script, too.
    times.tap.push(await script(() => page.mouse.click(x + width / 2, y + height / 2)));
  }
  for (let refresh = 1; refresh <= refreshes; refresh++) {
    const sold = refresh * 10;
    await server.ask({ ask: 'take-seats', eventId, seats: sold, status: 'SOLD' });
    let ms: number;
    do {
      const answered = page.waitForResponse((response) => response.url().includes(`/${eventId}/seats`));
      ms = await script(async () => {
        await page.evaluate('measured.lookAgain()');
        await (await answered).finished();
        await page.evaluate('measured.nextFrame()');
      });
      // A cache in between may still have the answer of before.
    } while ((await page.evaluate('measured.sold()')) !== sold);
    times.refresh.push(ms);
    times.rewrite.push(await script(() => page.evaluate('measured.rewriteAll()')));
  }
  await desk.close();

  const seen = [];
  for (let visit = 0; visit < visits; visit++) seen.push(await visitByPhone(browser, url));
  return {
    seats,
    ...{ tap: spreadOf(times.tap), refresh: spreadOf(times.refresh), rewrite: spreadOf(times.rewrite) },
    firstSeat: spreadOf(seen.map(({ firstSeat }) => firstSeat)),
    shift: Math.max(...seen.map(({ shift }) => shift)),
  };
}

/** Measures the milliseconds of script that a page runs until its next frame. */
async function scriptTimer(page: Page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  return async (act: () => Promise<unknown>): Promise<number> => {
    const before = await scriptSeconds(session);
    await act();
    await page.evaluate('measured.nextFrame()');
    return ((await scriptSeconds(session)) - before) * 1_000;
  };
}

async function scriptSeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'ScriptDuration')!.value;
}

interface Visit {
  /** Milliseconds. */
  readonly firstSeat: number;
  /** Cumulative Layout Shift. */
  readonly shift: number;
}

async function visitByPhone(browser: Browser, url: string): Promise<Visit> {
  const context = await browser.newContext(PHONE);
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: THROTTLED });
    await page.addInitScript({ path: IN_PAGE });
    await page.goto(url);
    await page.evaluate('measured.firstSeat');
    // What comes later may push it.
    await page.waitForTimeout(1_000);
    return await page.evaluate<Visit>('measured.seen');
  } finally {
    await context.close();
  }
}

function tableOf(halls: readonly Hall[]): Table {
  return {
    title: 'The map of a hall in Chromium',
    header: [
      'Seats',
      'Tap, ms of script',
      'Refresh, ms of script',
      'Every seat written anew, ms of script',
      'First seat on a phone, s',
      'Layout shift',
    ],
    rows: halls.map(({ seats, tap, refresh, rewrite, firstSeat, shift }) => [
      seats.toLocaleString('en-US'),
      ...[tap, refresh, rewrite].map(withSpread),
      figure(firstSeat.median / 1_000),
      figure(shift),
    ]),
    notes: [
      'Targets: a tap and a refresh within 50 ms of script at 3,000 seats, the first seat within 3 s, a shift of at most 0.1. A hall of more than 20,000 seats is shown by section.',
      `The phone is 390 pixels wide, its processor ${THROTTLED} times slower than this machine.`,
      'A refresh finds ten more seats sold.',
    ],
  };
}
