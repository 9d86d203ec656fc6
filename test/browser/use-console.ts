import { type Browser, type Page } from 'playwright-core';
import { openBrowser } from '../../harness/browser';
import { type EventProClient } from '../../harness/eventpro-client';
import { accessibilityProblems } from './accessibility';

const DESKTOP = { width: 1440, height: 1000 };
const PHONE = { width: 390, height: 844 };

/** The console in a browser, for the tests of a `describe`: one page for all, as what a test leaves behind in it a person would find, too. */
export interface OpenConsole {
  readonly page: Page;
  /** @param view `executions/<id>` */
  open(view: string): Promise<void>;
  /** What axe, and a look at the page's width and its controls, find wrong with it: light at 1440 pixels, dark at 390. */
  problems(): Promise<string[]>;
}

/** Before each test the run is reset. A test whose page has errors fails. */
export function useConsole(eventpro: EventProClient): OpenConsole {
  let browser: Browser;
  let opened: Page;
  let mistakes: string[];

  beforeAll(async () => {
    browser = await openBrowser();
    opened = await browser.newPage({ viewport: DESKTOP });
    opened.setDefaultTimeout(60_000);
    opened.on('pageerror', (error) => mistakes.push(String(error)));
    opened.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) mistakes.push(message.text());
    });
  });
  beforeEach(async () => {
    mistakes = [];
    await eventpro.reset();
    await opened.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  });
  afterEach(() => expect(mistakes).toEqual([]));
  afterAll(() => browser?.close());

  return {
    get page() {
      return opened;
    },

    async open(view) {
      await opened.goto(`${eventpro.url}/console/#/${view}`);
      await opened.locator('#live[data-live]').waitFor();
    },

    async problems() {
      const found: string[] = [];
      for (const [colorScheme, size] of [
        ['light', DESKTOP],
        ['dark', PHONE],
      ] as const) {
        await opened.emulateMedia({ colorScheme });
        await opened.setViewportSize(size);
        const each = [...(await accessibilityProblems(opened)), ...(await tooWideOrSmall(opened))];
        found.push(...each.map((problem) => `${colorScheme}, ${size.width} px: ${problem}`));
      }
      await opened.emulateMedia({ colorScheme: 'light' });
      await opened.setViewportSize(DESKTOP);
      return found;
    },
  };
}

/** A page that scrolls sideways, and controls under 24 pixels; links within a sentence apart. */
async function tooWideOrSmall(page: Page): Promise<string[]> {
  const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
  const small = await page
    .locator('button, select, input, summary, nav a, li > a, .back')
    .evaluateAll((controls) =>
      controls
        .filter((control) => {
          const { width, height } = control.getBoundingClientRect();
          return width > 0 && (width < 24 || height < 24);
        })
        .map(({ outerHTML }) => `small: ${outerHTML}`),
    );
  return [...(overflow > 0 ? [`${overflow} px too wide`] : []), ...small];
}
