import { useLocalRun } from '../support/local-run';
import { codesOf } from '../support/ticket-codes';
import { accessibilityProblems } from './accessibility';
import { describeInBrowser } from './describe-in-browser';
import { useStorefront } from './use-storefront';

describeInBrowser('a purchase that is cancelled', () => {
  const eventpro = useLocalRun();
  const open = useStorefront(eventpro);
  beforeEach(() => eventpro.reset());

  test.each(['light', 'dark'] as const)(
    'its buyer’s page says so, with what went back, and sells again: %s',
    async (colorScheme) => {
      const shop = await open({ colorScheme });
      await shop.choose('C-9', 'C-10');
      await shop.fillIn();
      await shop.buyButton.click();
      await shop.resultIs('Your tickets are confirmed');
      await eventpro.cancel(await shop.key(), { reason: 'ORGANISER', refund: { amount: 10_000 } });

      await shop.goTo('/');
      await shop.resultIs('This purchase is cancelled');

      await shop.result.getByText('€100 of €240 went back to you.').waitFor();
      expect(await shop.result.getByRole('link', { name: 'Download ticket' }).count()).toBe(0);
      expect(await accessibilityProblems(shop.page)).toEqual([]);

      // It is there after another reload, too, until the buyer chooses seats: its own are free.
      await shop.goTo('/');
      await shop.resultIs('This purchase is cancelled');
      await shop.result.getByRole('button', { name: 'Choose other seats' }).click();
      await shop.choose('C-9');
      expect(await shop.buyButton.textContent()).toBe('Buy for €120');
      expect(await shop.result.isHidden()).toBe(true);
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
      const { page } = await open({ colorScheme });

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
    },
  );
});
