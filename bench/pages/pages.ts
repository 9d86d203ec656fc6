import { chromiumPath, openBrowser } from '../../harness/browser';
import { type Measure, type Section, type Size } from '../report/section';
import { type DeskFigures, deskTable, measureDesk } from './desk';
import { type Hall, putHall } from './hall';
import { scriptTimer } from './script-timer';
import { measureStorefront, type StorefrontFigures, storefrontTable } from './storefront';

/** Shown whole, and a stadium whose sections are the largest that one answer holds. */
const HALLS: readonly Hall[] = [
  { seats: 300 },
  { seats: 3_000 },
  { seats: 20_000 },
  { seats: 60_000, seatsPerSection: 20_000 },
];

const SIZES = {
  full: { halls: HALLS, taps: 30, refreshes: 15, visits: 5 },
  quick: { halls: HALLS, taps: 10, refreshes: 5, visits: 2 },
  smoke: { halls: HALLS.slice(0, 1), taps: 2, refreshes: 1, visits: 1 },
} satisfies Record<Size, object>;

/** What the maps of the storefront and of the organiser's desk cost a browser. */
export const pages: Measure = {
  name: 'pages',
  summary: 'script of a tap and of a refresh by seats shown, in Chromium; first seat on a slow phone',
  lacks: () => (chromiumPath() ? undefined : 'There is no Chromium here'),
  async run({ size, lab, progress }): Promise<Section> {
    const { halls, ...samples } = SIZES[size];
    const server = await lab.server('plain');
    const browser = await openBrowser();
    try {
      const script = await scriptTimer(browser);
      const measured: (Hall & { storefront: StorefrontFigures; desk: DeskFigures })[] = [];
      for (const hall of halls) {
        progress(`pages: a hall of ${hall.seats} seats`);
        const eventId = await putHall(server, hall);
        const storefront = await measureStorefront(browser, script, server, eventId, samples);
        measured.push({
          ...hall,
          storefront,
          desk: await measureDesk(browser, script, server, eventId, samples),
        });
      }
      return {
        ...{ name: 'pages', title: 'Pages', tables: [storefrontTable(measured), deskTable(measured)] },
        figures: { halls: measured },
      };
    } finally {
      await browser.close();
      await server.close();
    }
  },
};
