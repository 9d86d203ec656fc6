import { type Browser } from 'playwright-core';
import { type MeasuredServer } from '../server/measured-server';
import { type Spread, spreadOf } from '../report/statistics';
import { type Table } from '../report/section';
import { figure, withSpread } from '../report/table';
import { type Hall, hallName, IN_PAGE, refreshTimes, type Samples, tapTimes } from './hall';
import { type ScriptTimer } from './script-timer';

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
/** As DevTools has it for a mid-tier mobile. */
const THROTTLED = 4;

export interface StorefrontFigures {
  /** Milliseconds of script. */
  readonly tap: Spread;
  readonly refresh: Spread;
  /** The same when every seat is written anew. */
  readonly rewrite: Spread;
  /** Milliseconds from the request for the page to the first seat, on a throttled phone. */
  readonly firstSeat: Spread;
  /** The same to the last seat. */
  readonly allSeats: Spread;
  /** Cumulative Layout Shift of that visit. */
  readonly shift: number;
}

export async function measureStorefront(
  browser: Browser,
  script: ScriptTimer,
  server: MeasuredServer,
  eventId: string,
  { taps, refreshes, visits }: Samples & { readonly visits: number },
): Promise<StorefrontFigures> {
  const url = `${server.url}/?event=${eventId}`;
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript({ path: IN_PAGE });
  await page.goto(url);
  await page.evaluate('measured.allSeats');

  const tap = await tapTimes(page, script, taps);
  const rewrite: number[] = [];
  const refresh = await refreshTimes(page, script, {
    ...{ server, eventId, refreshes },
    beside: async () => void rewrite.push(await script(page, () => page.evaluate('measured.rewriteAll()'))),
  });
  await context.close();

  const seen = [];
  for (let visit = 0; visit < visits; visit++) seen.push(await visitByPhone(browser, url));
  return {
    ...{ tap: spreadOf(tap), refresh: spreadOf(refresh), rewrite: spreadOf(rewrite) },
    firstSeat: spreadOf(seen.map(({ firstSeat }) => firstSeat)),
    allSeats: spreadOf(seen.map(({ allSeats }) => allSeats)),
    shift: Math.max(...seen.map(({ shift }) => shift)),
  };
}

interface Visit {
  /** Milliseconds. */
  readonly firstSeat: number;
  readonly allSeats: number;
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
    await page.evaluate('measured.allSeats');
    // What comes later may push it.
    await page.waitForTimeout(1_000);
    return await page.evaluate<Visit>('measured.seen');
  } finally {
    await context.close();
  }
}

export function storefrontTable(
  halls: readonly (Hall & { readonly storefront: StorefrontFigures })[],
): Table {
  return {
    title: 'The map of a hall in Chromium',
    header: [
      'Seats',
      'Tap, ms of script',
      'Refresh, ms of script',
      'Every seat written anew, ms of script',
      'First seat on a phone, s',
      'All seats on a phone, s',
      'Layout shift',
    ],
    rows: halls.map(({ storefront: { tap, refresh, rewrite, firstSeat, allSeats, shift }, ...hall }) => [
      hallName(hall),
      ...[tap, refresh, rewrite].map(withSpread),
      ...[firstSeat, allSeats].map(({ median }) => figure(median / 1_000)),
      figure(shift),
    ]),
    notes: [
      'Targets: a tap and a refresh within 50 ms of script at 3,000 seats and in the largest section of 60,000, the first seat within 3 s, a shift of at most 0.1. A hall of more than 20,000 seats is shown by section.',
      'Script is the processor time of what the trace of Chromium has as function calls, evaluated scripts and microtasks.',
      `The phone is 390 pixels wide, its processor ${THROTTLED} times slower than this machine.`,
      'A refresh finds ten more seats sold.',
    ],
  };
}
