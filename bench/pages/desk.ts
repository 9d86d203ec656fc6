import { type Browser } from 'playwright-core';
import { type MeasuredServer } from '../server/measured-server';
import { type Spread, spreadOf } from '../report/statistics';
import { type Table } from '../report/section';
import { figure, withSpread } from '../report/table';
import { type Hall, hallName, IN_PAGE, refreshTimes, type Samples, tapTimes } from './hall';
import { type ScriptTimer } from './script-timer';

export interface DeskFigures {
  /** Milliseconds from the request for the page to the first seat. */
  readonly firstSeat: Spread;
  /** Milliseconds of script. */
  readonly block: Spread;
  readonly accessible: Spread;
  readonly refresh: Spread;
}

export async function measureDesk(
  browser: Browser,
  script: ScriptTimer,
  server: MeasuredServer,
  eventId: string,
  { taps, refreshes, visits }: Samples & { readonly visits: number },
): Promise<DeskFigures> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript({ path: IN_PAGE });
  await page.goto(`${server.url}/desk/#/events/${eventId}`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  const firstSeat: number[] = [];
  for (let visit = 0; visit < visits; visit++) {
    await page.reload();
    firstSeat.push(await page.evaluate<number>('measured.firstSeat'));
  }
  await page.evaluate('measured.allSeats');

  const inMode = (name: string) => page.getByRole('radio', { name }).check();
  await inMode('Mark accessible seats');
  const accessible = await tapTimes(page, script, taps);
  await inMode('Block seats');
  const block = await tapTimes(page, script, taps);
  const refresh = await refreshTimes(page, script, { server, eventId, refreshes });
  await context.close();
  return {
    ...{ firstSeat: spreadOf(firstSeat), refresh: spreadOf(refresh) },
    ...{ block: spreadOf(block), accessible: spreadOf(accessible) },
  };
}

export function deskTable(halls: readonly (Hall & { readonly desk: DeskFigures })[]): Table {
  return {
    title: "The map of the organiser's desk in Chromium",
    header: [
      'Seats',
      'First seat, s',
      'A seat blocked, ms of script',
      'A seat marked as accessible, ms of script',
      'Refresh, ms of script',
    ],
    rows: halls.map(({ desk: { firstSeat, block, accessible, refresh }, ...hall }) => [
      hallName(hall),
      figure(firstSeat.median / 1_000),
      ...[block, accessible, refresh].map(withSpread),
    ]),
    notes: ['Targets: as those of the shop. A hall of more than 4,000 seats is shown by section.'],
  };
}
