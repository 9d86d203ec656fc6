import { readFile } from 'node:fs/promises';
import { type BrowserContextOptions } from 'playwright-core';
import { eventually } from '../../harness/eventpro-client';
import demoEvent from '../../web/demo-event.json';
import { useLocalRun } from '../support/local-run';
import { accessibilityProblems } from './accessibility';
import { describeInBrowser } from './describe-in-browser';
import { expectShown } from './expect-shown';
import { type StorefrontPage } from './storefront-page';
import { useStorefront } from './use-storefront';

const CONFIRMED = 'Your tickets are confirmed';
const UNKNOWN = 'There is no such purchase';

describeInBrowser('a purchase’s own page', () => {
  const eventpro = useLocalRun();
  const open = useStorefront(eventpro);
  beforeEach(() => eventpro.reset());

  /** A buyer who comes by the link, in a browser that knows nothing of the purchase. */
  async function openPage(purchaseId: string, options?: BrowserContextOptions): Promise<StorefrontPage> {
    const shop = await open(options);
    await shop.openPurchase(purchaseId);
    return shop;
  }

  const putExtras = () =>
    eventpro.putExtras([{ extraId: 'programme', name: 'Programme', price: 500, stock: 3 }]);

  test('is linked from the shop, the e-mail and the text message, and shows seats, money, ticket and calendar', async () => {
    await putExtras();
    const buyer = { name: 'Ann Lee', email: 'ann@example.com', phone: '+4915112345678' };
    const { purchaseId } = await eventpro.buy({ seats: ['C-9', 'T-16'], buyer });
    const { reference } = await eventpro.purchase(purchaseId);
    const messages = await eventually(async () => {
      const received = await eventpro.inbox();
      return received.length === 2 ? received : undefined;
    }, 'two messages');
    const link = `${eventpro.url}/#/purchases/${purchaseId}`;
    expect(messages.map(({ text }) => text?.match(/http:\S+#\S+/)?.[0])).toEqual([link, link]);

    const shop = await openPage(purchaseId);
    await shop.resultIs(CONFIRMED);
    const { page, purchase } = shop;
    await purchase.getByText('Stalls, premium').waitFor();

    await expectShown(page.getByRole('heading', { level: 1 })).toHaveText(demoEvent.name);
    await expectShown(purchase.getByRole('listitem')).toHaveText([
      'Row C, seat 9Stalls, premium',
      /^Row T, seat 16.+, value$/,
    ]);
    await expectShown(purchase.locator('dl')).toHaveText(`Paid€165Reference${reference}`);
    const href = await purchase.getByRole('link', { name: 'Download ticket' }).getAttribute('href');
    expect((await fetch(`${eventpro.url}${href}`)).headers.get('content-type')).toBe('application/pdf');
    for (const part of ['Your order', 'Your details', 'Choose your seats'])
      await expectShown(page.getByRole('heading', { name: part })).toHaveCount(0);
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(await page.evaluate('Object.keys(localStorage).length + Object.keys(sessionStorage).length')).toBe(
      0,
    );

    await shop.extra('Programme').waitFor();
  });

  test('its calendar file has the event at its instant, wherever the buyer is', async () => {
    const { purchaseId } = await eventpro.buy({ seats: ['C-9'] });
    const { reference } = await eventpro.purchase(purchaseId);
    const { body: map } = await eventpro.request<{ startsAt: string }>('GET', '/api/events/demo/seats');
    const shop = await openPage(purchaseId, { timezoneId: 'America/New_York' });

    const [download] = await Promise.all([
      shop.page.waitForEvent('download'),
      shop.purchase.getByRole('link', { name: 'Add to your calendar' }).click(),
    ]);

    expect(download.suggestedFilename()).toBe('demo.ics');
    const file = await readFile(await download.path(), 'utf8');
    const instant = new Date(map.startsAt).toISOString().replace(/[-:]|\.\d+/g, '');
    expect(file).toContain(`\r\nDTSTART:${instant}\r\n`);
    expect(file).toContain(`\r\nUID:${reference}@eventpro\r\n`);
    expect(file).not.toContain(purchaseId);
  });

  test('by keyboard alone: the state first, then ticket, calendar and the way back', async () => {
    const { purchaseId } = await eventpro.buy({ seats: ['C-9'] });
    const shop = await openPage(purchaseId);
    await shop.purchase.getByRole('link', { name: 'Add to your calendar' }).waitFor();
    const { keyboard } = shop.page;
    const focused = () =>
      shop.page.evaluate<string>('document.activeElement.id || document.activeElement.textContent');

    const stops = [await focused()];
    for (let tabs = 0; tabs < 3; tabs++) {
      await keyboard.press('Tab');
      stops.push(await focused());
    }
    await keyboard.press('Enter');
    await shop.page.getByRole('heading', { name: 'Choose your seats' }).waitFor();

    expect(stops).toEqual([
      'purchase-result',
      'Download ticket (PDF)',
      'Add to your calendar',
      'Buy more tickets',
    ]);
    expect(new URL(shop.page.url()).search).toBe('?event=demo');
  });

  test('the bank’s question can be answered there, after the tab that bought was closed', async () => {
    const { shop: left, key } = await askedByBank();
    const shop = await left.closeTab();

    await shop.openPurchase(key);
    await shop.bank.waitFor();
    expect(await accessibilityProblems(shop.page)).toEqual([]);
    await shop.answerBank('Close');
    await shop.resultIs('Your bank has no answer from you yet');
    expect(await accessibilityProblems(shop.page)).toEqual([]);
    await shop.page.getByRole('button', { name: 'Continue to your bank' }).click();
    await shop.answerBank('Approve');
    await shop.resultIs(CONFIRMED);

    expect(await eventpro.payments(key)).toMatchObject([{ captured: 12_000, refunded: 0 }]);
    await expectShown.poll(() => shop.left()).toEqual([]);
  });

  test('it is given up there, in a browser that has only the link: nothing is charged', async () => {
    const { key } = await askedByBank();
    const shop = await open({});

    await shop.openPurchase(key);
    await shop.answerBank('Close');
    await expectShown.poll(() => shop.left()).toEqual([`eventpro.purchase.${key}`]);
    await shop.page.getByRole('button', { name: 'Give up' }).click();
    await shop.resultIs('You gave up this purchase');
    await shop.purchase.getByText('Nothing was charged and the seats are free again.').waitFor();

    expect(await accessibilityProblems(shop.page)).toEqual([]);
    expect(await eventpro.payments(key)).toMatchObject([{ captured: 0, status: 'canceled' }]);
    await expectShown.poll(() => shop.left()).toEqual([]);
    await shop.page.getByRole('link', { name: 'Choose seats again' }).click();
    await shop.page.getByRole('heading', { name: 'Choose your seats' }).waitFor();
  });

  test('a refund is followed until the money is back', async () => {
    const { purchaseId } = await eventpro.buy({ seats: ['C-9', 'C-10'] });
    await eventpro.cancel(purchaseId, { reason: 'ORGANISER', refund: { amount: 10_000 } });
    const shop = await open();
    await shop.installClock();
    let isBack = false;
    await shop.page.route(`**/api/purchases/${purchaseId}`, async (route) => {
      const response = await route.fetch();
      const json = (await response.json()) as { cancellation: { refund: { status: string } } };
      // The local bank is quick.
      if (!isBack) json.cancellation.refund.status = 'PENDING';
      await route.fulfill({ response, json });
    });

    await shop.openPurchase(purchaseId);
    await shop.resultIs('This purchase is cancelled');
    await shop.purchase.getByText('€100 of €240 is on its way back to you.').waitFor();
    expect(await accessibilityProblems(shop.page)).toEqual([]);
    await expectShown(shop.purchase.getByRole('link', { name: 'Download ticket' })).toHaveCount(0);
    isBack = true;
    await shop.page.clock.fastForward(16_000);
    await shop.purchase.getByText('€100 of €240 went back to you.').waitFor();

    await expectShown(shop.purchase.locator('dl')).toContainText('Paid€240Given back€100Reference');
  });

  test('a purchase that failed says why, and leads back to the seats', async () => {
    const { purchaseId } = await eventpro.buy({ seats: ['C-9'], paymentMethod: 'pm_card_chargeDeclined' });
    const shop = await openPage(purchaseId);

    await shop.resultIs('Your card was declined');

    await expectShown(shop.purchase.getByRole('link', { name: 'Choose seats again' })).toHaveCount(1);
    expect(await accessibilityProblems(shop.page)).toEqual([]);
  });

  test.each(['0f6a2f0e-5c1e-4d0e-9f43-2f3a7d6f5b11', '0f6a2f0e', '', '%E0%A4%A'])(
    'a link that is of no purchase says so: %j',
    async (purchaseId) => {
      const shop = await openPage(purchaseId);

      await shop.resultIs(UNKNOWN);

      expect(await accessibilityProblems(shop.page)).toEqual([]);
      await shop.page.getByRole('link', { name: 'To the shop' }).click();
      await shop.page.getByRole('heading', { name: 'Choose your seats' }).waitFor();
    },
  );

  test('the buyer’s own seats read as theirs while they are held and when they are bought', async () => {
    const { shop, key } = await askedByBank();
    const second = await shop.openTab();
    const name = 'Row C, seat 9, premium, 120 euros, yours';
    for (const { page } of [shop, second]) await page.locator(`[aria-label="${name}"]`).waitFor();
    await second.page.locator('#legend').getByText('Yours').waitFor();
    const elsewhere = await open({});
    await elsewhere.page.locator('[data-seat="C-9"][data-status="HELD"]').waitFor();

    await shop.answerBank('Approve');
    await shop.resultIs(CONFIRMED);

    await shop.page.locator(`[aria-label="${name}"][aria-disabled="true"]`).waitFor();
    expect(await shop.key()).toBe(key);
    expect(await accessibilityProblems(shop.page)).toEqual([]);
  });

  test('chosen seats, name and e-mail survive a reload, in their tab alone; nothing of a card does', async () => {
    const shop = await open();
    await shop.choose('C-9', 'C-10');
    await shop.fillIn();
    await shop.chooseCard('Declined card');
    await eventpro.buy({ seats: ['C-10'] });

    await shop.page.reload();
    await shop.announced('Row C, seat 10: no longer available, removed from your order.');

    await expectShown(shop.buyButton).toHaveText('Buy for €120');
    await expectShown(shop.seat('C-9')).toHaveAttribute('data-status', 'SELECTED');
    await expectShown(shop.page.getByLabel('Name')).toHaveValue('Ann Lee');
    await expectShown(shop.page.locator('#buyer-email')).toHaveValue('ann@example.com');
    await expectShown.poll(() => shop.left()).toEqual([]);
    expect(await shop.page.evaluate<string>('JSON.stringify(sessionStorage)')).not.toMatch(/pm_|card/i);
    const other = await shop.openTab();
    await expectShown(other.page.getByLabel('Name')).toHaveValue('');

    await shop.chooseCard('Visa');
    await shop.buyButton.click();
    await shop.resultIs(CONFIRMED);
    expect(await shop.page.evaluate<string>('JSON.stringify(sessionStorage)')).not.toContain('"C-10"');
  });

  test.each([
    [390, 'light', 'none'],
    [390, 'dark', 'active'],
    [768, 'dark', 'none'],
    [1440, 'light', 'active'],
    [1440, 'dark', 'none'],
  ] as const)(
    'at %d pixels, %s, forced colours %s, it fits and reads',
    async (width, colorScheme, forcedColors) => {
      await putExtras();
      const { purchaseId } = await eventpro.buy({ seats: ['C-9', 'C-10', 'C-11', 'T-16'] });
      const shop = await openPage(purchaseId, {
        ...{ viewport: { width, height: 844 }, colorScheme, forcedColors },
      });
      await shop.extra('Programme').waitFor();

      await expectShown.poll(() => shop.page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      const problems = await accessibilityProblems(shop.page);
      // Forced colours are the buyer's: what axe computes of ours is not on the screen.
      const isOurs = (problem: string) => forcedColors === 'none' || !problem.startsWith('color-contrast');
      expect(problems.filter(isOurs)).toEqual([]);
    },
  );

  /** A buyer before whom the bank's window is open. */
  async function askedByBank(): Promise<{ shop: StorefrontPage; key: string }> {
    const shop = await open();
    await shop.choose('C-9');
    await shop.fillIn();
    await shop.chooseCard('3-D Secure card');
    await shop.buyButton.click();
    await shop.bank.waitFor();
    return { shop, key: await shop.key() };
  }
});
