import demoEvent from '../../web/demo-event.json';
import { cancelEvent, cancelled } from '../support/cancelled-event';
import { useLocalRun } from '../support/local-run';
import { codesOf } from '../support/ticket-codes';
import { accessibilityProblems } from './accessibility';
import { describeInBrowser } from './describe-in-browser';
import { expectShown } from './expect-shown';
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
      await expectShown(shop.result.getByRole('link', { name: 'Download ticket' })).toHaveCount(0);
      expect(await accessibilityProblems(shop.page)).toEqual([]);

      // It is there after another reload, too, until the buyer chooses seats: its own are free.
      await shop.goTo('/');
      await shop.resultIs('This purchase is cancelled');
      await shop.result.getByRole('button', { name: 'Choose other seats' }).click();
      await shop.choose('C-9');
      await expectShown(shop.buyButton).toHaveText('Buy for €120');
      await expectShown(shop.result).toBeHidden();
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
      await expectShown(page.getByText('A-1, A-2 · not cancelled · not cancellable')).toHaveCount(1);
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

describeInBrowser('an event that is cancelled', () => {
  const eventpro = useLocalRun();
  const open = useStorefront(eventpro);
  const MESSAGE = 'The singer is ill: your money is on its way back <3';
  beforeEach(() => eventpro.reset());

  test.each(['light', 'dark'] as const)(
    'is marked in the list, and its page has the organiser’s words and a map in which nothing can be chosen: %s',
    async (colorScheme) => {
      await eventpro.putEvent('gala', { ...demoEvent, name: 'Winter Gala' });
      expect((await cancelEvent(eventpro, MESSAGE)).status).toBe(202);
      const shop = await open({ colorScheme });

      // What is on sale comes first.
      await expectShown(shop.page.getByRole('heading', { level: 1 })).toHaveText('Winter Gala');
      const list = shop.page.getByRole('navigation', { name: 'Events' });
      await expectShown(list.getByText('Cancelled')).toHaveCount(1);
      await list.getByRole('link', { name: /The Late Quartet.*Cancelled/ }).click();
      await shop.page.getByText('This event is cancelled. The organiser writes:').waitFor();

      await expectShown(shop.page.getByRole('blockquote')).toHaveText(MESSAGE);
      for (const part of ['Your order', 'Your details', 'Best available', 'Choose your seats']) {
        await expectShown(shop.page.getByRole('heading', { name: part })).toHaveCount(0);
      }
      const seat = shop.seat('C-9');
      await seat.click({ force: true });
      await seat.press('Space');
      await expectShown(seat).toHaveAttribute('aria-selected', 'false');
      await expectShown(seat).toHaveAttribute('aria-disabled', 'true');
      await expectShown(seat).toHaveAttribute('aria-label', /not for sale$/);
      await expectShown(shop.page.getByRole('grid')).toHaveAttribute('aria-readonly', 'true');
      expect(await accessibilityProblems(shop.page)).toEqual([]);
    },
  );

  test('while a buyer chooses: the page takes the seats back and says why', async () => {
    const shop = await open();
    await shop.choose('C-9');
    await expectShown(shop.buyButton).toHaveText('Buy for €120');

    expect((await cancelEvent(eventpro, MESSAGE)).status).toBe(202);

    await shop.page.getByText('This event is cancelled.').waitFor();
    await expectShown(shop.seat('C-9')).toHaveAttribute('data-status', 'BLOCKED');
    await expectShown(shop.buyButton).toBeHidden();
  });

  test('a buyer’s page says that the purchase is cancelled with it, and offers no other seats', async () => {
    const shop = await open();
    await shop.choose('C-9');
    await shop.fillIn();
    await shop.buyButton.click();
    await shop.resultIs('Your tickets are confirmed');
    await cancelEvent(eventpro, MESSAGE);
    await cancelled(eventpro, () => eventpro.advanceClock(60));

    await shop.goTo('/');
    await shop.resultIs('The event is cancelled, and your purchase with it');

    await shop.result.getByText('€120 went back to you.').waitFor();
    await expectShown(shop.result.getByRole('button', { name: 'Choose other seats' })).toHaveCount(0);
    expect(await accessibilityProblems(shop.page)).toEqual([]);
  });
});
