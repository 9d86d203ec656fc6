import { type Browser } from 'playwright-core';
import { openBrowser } from '../../harness/browser';
import { useLocalRun } from '../support/local-run';
import { codesOf } from '../support/ticket-codes';
import { accessibilityProblems } from './accessibility';
import { describeInBrowser } from './describe-in-browser';
import { StorefrontPage } from './storefront-page';

describeInBrowser('a purchase that is cancelled', () => {
  const eventpro = useLocalRun();
  let browser: Browser;
  beforeAll(async () => (browser = await openBrowser()));
  afterAll(() => browser?.close());
  beforeEach(() => eventpro.reset());

  test.each(['light', 'dark'] as const)(
    'its buyer’s page says so, with what went back, and sells again: %s',
    async (colorScheme) => {
      const shop = await StorefrontPage.open(browser, eventpro.url, { colorScheme });
      await shop.choose('C-9', 'C-10');
      await shop.fillIn();
      await shop.buyButton.click();
      await shop.resultIs('Your tickets are confirmed');
      const key = await shop.key();
      await eventpro.cancel(key, { reason: 'ORGANISER', refund: { amount: 10_000 } });

      await shop.goTo('/');
      await shop.resultIs('This purchase is cancelled');

      await shop.result.getByText('€100 of €240 went back to you.').waitFor();
      expect(await shop.result.getByRole('link', { name: 'Download ticket' }).count()).toBe(0);
      expect(await accessibilityProblems(shop.page)).toEqual([]);
      await screenshot(shop, `storefront-${colorScheme}`);

      // It is there after another reload, too, until the buyer chooses seats: its own are free.
      await shop.goTo('/');
      await shop.resultIs('This purchase is cancelled');
      await shop.result.getByRole('button', { name: 'Choose other seats' }).click();
      await shop.choose('C-9');
      expect(await shop.buyButton.textContent()).toBe('Buy for €120');
      expect(await shop.result.isHidden()).toBe(true);
      expect(shop.errors).toEqual([]);
      await shop.close();
    },
  );

  test.each(['light', 'dark'] as const)(
    'the console shows its cancellation beside it, and whom it has let in: %s',
    async (colorScheme) => {
      const { purchaseId } = await eventpro.buy({ seats: ['A-1', 'A-2'] });
      const [code] = await codesOf(eventpro, purchaseId);
      await eventpro.admit({ code: code!, gate: 'North 1' });
      await eventpro.cancel(purchaseId, { reason: 'BUYER_REQUEST' });
      await eventpro.cancel(purchaseId, { reason: 'FRAUD' });

      const context = await browser.newContext({ viewport: { width: 1440, height: 1000 }, colorScheme });
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      await page.goto(`${eventpro.url}/console/#/executions`);
      await page.getByText('A-1, A-2 · cancelled · fraud · €240.00 given back').first().waitFor();
      expect(await page.getByText('A-1, A-2 · not cancelled · not cancellable').count()).toBe(1);
      await page.getByRole('button', { name: 'Cancelled 1' }).click();
      await page.getByText('A-1, A-2 · cancelled · fraud').first().click();

      const record = page.locator('[data-sheet="Purchase record"]');
      await record.getByText('CANCELLED').first().waitFor();
      await record.getByText('€240.00 given back').waitFor();
      await record.getByText(/^North 1, /).waitFor();
      expect(await accessibilityProblems(page)).toEqual([]);
      if (process.env['SCREENSHOTS'])
        await page.screenshot({
          path: `${process.env['SCREENSHOTS']}/console-${colorScheme}.png`,
          fullPage: true,
        });
      await context.close();
    },
  );

  async function screenshot(shop: StorefrontPage, name: string) {
    if (process.env['SCREENSHOTS'])
      await shop.page.screenshot({ path: `${process.env['SCREENSHOTS']}/${name}.png`, fullPage: true });
  }
});
