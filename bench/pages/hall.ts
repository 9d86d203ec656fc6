import { join } from 'node:path';
import { type Page } from 'playwright-core';
import { type MeasuredServer } from '../server/measured-server';
import { venue } from '../server/venue';
import { type ScriptTimer } from './script-timer';

/** Runs in each page, before its own scripts. */
export const IN_PAGE = join(__dirname, 'in-page.js');

/** Looks after which what is not found has been lost. */
const TRIES = 50;

/** An event that is looked at: all of its seats, or its first section. */
export interface Hall {
  readonly seats: number;
  /** Of the largest section, where the hall is too large to be shown whole. */
  readonly seatsPerSection?: number;
}

export interface Samples {
  readonly taps: number;
  readonly refreshes: number;
}

export async function putHall(server: MeasuredServer, { seats, seatsPerSection }: Hall): Promise<string> {
  const eventId = `pages-${seats}`;
  const layout = venue(seats, seatsPerSection === undefined ? {} : { seatsPerSection });
  await server.ask({ ask: 'put-event', eventId, layout });
  return eventId;
}

/** @returns `300`; of a hall that is shown by section `60,000, of them 20,000 shown` */
export function hallName({ seats, seatsPerSection }: Hall): string {
  const all = seats.toLocaleString('en-US');
  return seatsPerSection === undefined
    ? all
    : `${all}, of them ${seatsPerSection.toLocaleString('en-US')} shown`;
}

/** Milliseconds of script that each tap of the first free seat takes: it is chosen, and not, in turn. */
export async function tapTimes(page: Page, script: ScriptTimer, taps: number): Promise<number[]> {
  const seat = page.locator('#seat-map [data-status="AVAILABLE"]').first();
  await seat.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await seat.boundingBox())!;
  const times: number[] = [];
  for (let tap = 1; tap <= taps; tap++) {
    // By the mouse itself: what finds and clicks an element is script, too.
    times.push(await script(page, () => page.mouse.click(x + width / 2, y + height / 2)));
    // What was begun is over, however slow the machine is.
    for (let tries = 0; (await page.evaluate('measured.chosen()')) !== tap % 2; tries++) {
      if (tries === TRIES) throw new Error(`Tap ${tap} has missed its seat`);
      await page.waitForTimeout(100);
    }
  }
  return times;
}

/** Milliseconds of script that each look takes which finds ten more seats sold. */
export async function refreshTimes(
  page: Page,
  script: ScriptTimer,
  {
    server,
    eventId,
    refreshes,
    beside,
  }: {
    readonly server: MeasuredServer;
    readonly eventId: string;
    readonly refreshes: number;
    /** What is measured after each look, beside it. */
    readonly beside?: () => Promise<void>;
  },
): Promise<number[]> {
  const times: number[] = [];
  const before = Number(await page.evaluate('measured.sold()'));
  for (let refresh = 1; refresh <= refreshes; refresh++) {
    const sold = before + refresh * 10;
    await server.ask({ ask: 'take-seats', eventId, seats: sold, status: 'SOLD' });
    let ms: number;
    let tries = 0;
    do {
      if (++tries > TRIES) throw new Error(`The page does not find ${sold} seats sold`);
      const answered = page.waitForResponse((response) => response.url().includes(`/${eventId}/seats`));
      ms = await script(page, async () => {
        await page.evaluate('measured.lookAgain()');
        await (await answered).finished();
      });
      // A cache in between may still have the answer of before.
    } while ((await page.evaluate('measured.sold()')) !== sold);
    times.push(ms);
    await beside?.();
  }
  return times;
}
