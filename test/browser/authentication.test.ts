import { type BrowserContextOptions, type Route } from 'playwright-core';
import { eventually } from '../../harness/eventpro-client';
import demoEvent from '../../web/demo-event.json';
import { useLocalRun } from '../support/local-run';
import { accessibilityProblems } from './accessibility';
import { describeInBrowser } from './describe-in-browser';
import { expectShown } from './expect-shown';
import { type StorefrontPage } from './storefront-page';
import { MOVING, useStorefront } from './use-storefront';

const CONFIRMED = 'Your tickets are confirmed';
const TOO_LATE = "The time for your bank's question ran out";
const NOTHING_CHARGED = 'Nothing was charged and the seats are free again.';

describeInBrowser('a card whose bank wants the buyer', () => {
  const eventpro = useLocalRun();
  const open = useStorefront(eventpro);
  beforeEach(() => eventpro.reset());

  async function order(shop: StorefrontPage, card = '3-D Secure card'): Promise<void> {
    await shop.choose('C-9');
    await shop.fillIn();
    await shop.chooseCard(card);
  }

  /** A buyer before whom the bank's window is open. */
  async function askedByBank(
    options?: BrowserContextOptions,
  ): Promise<{ shop: StorefrontPage; key: string }> {
    const shop = await open(options);
    await order(shop);
    await shop.buyButton.click();
    await shop.bank.waitFor();
    return { shop, key: await shop.key() };
  }

  /** What the bank has of each payment: taken, and on hold. */
  async function balance(key?: string): Promise<[captured: number, status: string][]> {
    return (await eventpro.payments(key)).map(({ captured, status }) => [captured, status]);
  }

  /** While nobody looks at the bank's window. */
  async function approveUnseen(key: string): Promise<void> {
    const [payment] = await eventpro.payments(key);
    expect(await eventpro.answerBank(payment!.paymentIntentId, 'succeeded')).toMatchObject({ status: 200 });
  }

  test('approved: the tickets are bought, and what is to be read, seen and heard is there', async () => {
    const { shop, key } = await askedByBank(MOVING);
    await expectShown(shop.timer).toHaveText(/^(5:00|4:[0-5]\d)$/);
    await shop.announced('Your seats are held for ');
    expect(await balance(key)).toEqual([[0, 'requires_action']]);
    expect(await accessibilityProblems(shop.page)).toEqual([]);
    await eventpro.advanceClock(190);
    await shop.lookAgain();
    // Behind an open dialogue the page is silent.
    await shop.bank.getByText(/Your seats are held for 1 minute/).waitFor({ state: 'attached' });

    await shop.answerBank('Approve');
    await shop.resultIs(CONFIRMED);

    expect(await balance(key)).toEqual([[12_000, 'succeeded']]);
    await expectShown.poll(() => shop.left()).toEqual([]);
  });

  test('refused: the same seats sell by another card, under another key', async () => {
    const { shop, key } = await askedByBank();
    await shop.answerBank('Refuse');
    await shop.resultIs('Your bank did not approve the payment');
    expect(await accessibilityProblems(shop.page)).toEqual([]);

    await shop.page.getByRole('button', { name: 'Choose another card' }).click();
    await shop.chooseCard('Visa');
    await shop.buyButton.click();
    await shop.resultIs(CONFIRMED);

    expect(await shop.key()).not.toBe(key);
    expect(await balance(key)).toEqual([[0, 'canceled']]);
    expect(await balance(await shop.key())).toEqual([[12_000, 'succeeded']]);
  });

  test('approved, and the card is declined all the same', async () => {
    const shop = await open();
    await order(shop, '3-D Secure, declined');
    await shop.buyButton.click();
    await shop.answerBank('Approve');
    await shop.resultIs('Your card was declined');

    expect((await balance()).map(([captured]) => captured)).toEqual([0]);
  });

  test('by keyboard alone: closed, opened again, approved; the focus is never lost', async () => {
    const shop = await open();
    await order(shop);
    const { keyboard } = shop.page;
    const focused = () =>
      shop.page.evaluate<string>('document.activeElement.id || document.activeElement.textContent');

    await shop.buyButton.focus();
    await keyboard.press('Enter');
    await shop.bank.waitFor();
    const stops = [await focused()];
    for (let tabs = 0; tabs < 2; tabs++) {
      await keyboard.press('Tab');
      stops.push(await focused());
    }
    await keyboard.press('Escape');
    await shop.resultIs('Your bank has no answer from you yet');
    const closed = await focused();
    await keyboard.press('Tab');
    stops.push(await focused());
    await keyboard.press('Tab');
    stops.push(await focused());
    await keyboard.press('Shift+Tab');
    await keyboard.press('Enter');
    await shop.bank.waitFor();
    await keyboard.press('Enter');
    await shop.resultIs(CONFIRMED);

    expect(stops).toEqual(['Approve', 'Refuse', 'Close', 'Continue to your bank', 'Give up']);
    expect([closed, await focused()]).toEqual(['result', 'result']);
  });

  test('given up: nothing is charged, and the seats can be bought again', async () => {
    const { shop, key } = await askedByBank();
    await shop.answerBank('Close');
    await shop.resultIs('Your bank has no answer from you yet');
    expect(await accessibilityProblems(shop.page)).toEqual([]);

    await shop.page.getByRole('button', { name: 'Give up' }).click();
    await shop.resultIs('You gave up this purchase');
    await shop.result.getByText(NOTHING_CHARGED).waitFor();

    expect(await accessibilityProblems(shop.page)).toEqual([]);
    expect([await balance(key), await shop.left()]).toEqual([[[0, 'canceled']], []]);
    await shop.chooseCard('Visa');
    await shop.buyButton.click();
    await shop.resultIs(CONFIRMED);
  });

  test.each<[string, (shop: StorefrontPage) => Promise<unknown>]>([
    ['a reload', (shop) => shop.page.reload()],
    [
      'another page and back',
      async ({ page }) => {
        await page.goto(`${eventpro.url}/console/`);
        await page.goBack();
      },
    ],
  ])('%s in the middle: the bank asks again, and one purchase is made', async (_, leave) => {
    const { shop, key } = await askedByBank();

    await leave(shop);
    await shop.bank.waitFor();
    await expectShown(shop.page.getByLabel('Name')).toHaveValue('Ann Lee');
    await shop.answerBank('Approve');
    await shop.resultIs(CONFIRMED);

    expect([await shop.key(), await balance()]).toEqual([key, [[12_000, 'succeeded']]]);
  });

  test('a second tab shows the same purchase, and takes it over when the buyer says so', async () => {
    const { shop, key } = await askedByBank();
    const second = await shop.openTab();
    await second.resultIs('Your bank asks for you in another tab');
    expect(await accessibilityProblems(second.page)).toEqual([]);
    await expectShown(second.page.getByLabel('Name')).toHaveValue('');

    await second.page.getByRole('button', { name: 'Continue to your bank' }).click();
    await second.bank.waitFor();
    await shop.bank.waitFor({ state: 'detached' });
    await second.answerBank('Approve');

    await Promise.all([shop.resultIs(CONFIRMED), second.resultIs(CONFIRMED)]);
    expect(await balance(key)).toEqual([[12_000, 'succeeded']]);
    expect(await balance()).toHaveLength(1);
  });

  test('a second tab has the answer that the first one got', async () => {
    const { shop } = await askedByBank();
    const second = await shop.openTab();
    await second.resultIs('Your bank asks for you in another tab');

    await shop.answerBank('Refuse');

    const words = 'Your bank did not approve the payment';
    await Promise.all([shop.resultIs(words), second.resultIs(words)]);
  });

  test('the page of another event leads to it, and sells what it has', async () => {
    const gala = { ...demoEvent, name: 'Winter Gala' };
    await eventpro.putEvent('gala', gala);
    const { shop } = await askedByBank();
    const other = await shop.openTab('/?event=gala');
    expect(await accessibilityProblems(other.page)).toEqual([]);
    await other.choose('C-9');
    await expectShown(other.buyButton).toBeEnabled();

    await other.page.getByRole('link', { name: `Go on with ${demoEvent.name}` }).click();
    await other.resultIs('Your bank asks for you in another tab');
    await other.goTo('/?event=gala');
    await shop.answerBank('Approve');

    await other.page.locator('#unfinished').waitFor({ state: 'hidden' });
  });

  test.each([
    ['before', (route: Route) => route.abort('connectionfailed')],
    [
      'after',
      async (route: Route) => {
        await route.fetch();
        await route.abort('connectionreset');
      },
    ],
  ])('a connection lost %s the server has finished costs the buyer one purchase', async (_, lose) => {
    const { shop, key } = await askedByBank();
    let lost = 0;
    await shop.page.route('**/api/purchases/*/authentication', (route) =>
      route.request().method() === 'POST' && lost++ === 0 ? lose(route) : route.continue(),
    );

    await shop.answerBank('Approve');
    await shop.resultIs(CONFIRMED);

    expect([lost > 0, await balance(key), await balance()]).toEqual([
      true,
      [[12_000, 'succeeded']],
      [[12_000, 'succeeded']],
    ]);
  });

  describe('a tab that is closed after the bank’s yes', () => {
    /** A new tab of the same browser, that many seconds later. */
    async function comeBackAfter(seconds: number): Promise<{ shop: StorefrontPage; key: string }> {
      const { shop: left, key } = await askedByBank();
      await approveUnseen(key);
      const shop = await left.closeTab();
      await eventpro.advanceClock(seconds);
      await shop.goTo('/');
      return { shop, key };
    }

    test('is found again after 2 minutes: confirmed, and the bank does not ask again', async () => {
      const { shop, key } = await comeBackAfter(120);
      await shop.resultIs(CONFIRMED);

      await expectShown(shop.bank).toHaveCount(0);
      expect(await balance(key)).toEqual([[12_000, 'succeeded']]);
      await expectShown.poll(() => shop.left()).toEqual([]);
    });

    test('is found again after 6 minutes: nothing was charged, and the seats are free', async () => {
      const { shop, key } = await comeBackAfter(360);
      await shop.resultIs(TOO_LATE);
      await shop.result.getByText(NOTHING_CHARGED).waitFor();

      await expectShown(shop.bank).toHaveCount(0);
      expect(await balance(key)).toEqual([[0, 'canceled']]);
      expect(await eventpro.seatStatus('C-9')).toBe('AVAILABLE');
      await expectShown.poll(() => shop.left()).toEqual([]);
      expect(await accessibilityProblems(shop.page)).toEqual([]);
    });
  });

  test('a window left open until the time is over is taken away, and nothing is charged', async () => {
    const { shop, key } = await askedByBank();

    await eventpro.advanceClock(301);
    await shop.lookAgain();
    await shop.bank.waitFor({ state: 'detached' });
    await shop.resultIs(TOO_LATE);
    await eventpro.advanceClock(60);
    await shop.result.getByText(NOTHING_CHARGED).waitFor();

    expect(await balance(key)).toEqual([[0, 'canceled']]);
  });

  test.each([-300_000, 300_000])('a buyer’s clock that is %d ms off sees the true time', async (off) => {
    const shop = await open();
    await shop.installClock(Date.now() + off);
    await shop.goTo('/');
    await order(shop);
    await shop.buyButton.click();
    await shop.bank.waitFor();

    await expectShown(shop.timer).toHaveText(/^(5:00|4:[0-5]\d)$/);
  });

  test('on a phone in the dark the bank’s window and what is behind it fit', async () => {
    const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
    const { shop } = await askedByBank({ ...phone, ...MOVING, colorScheme: 'dark' });

    expect(await accessibilityProblems(shop.page)).toEqual([]);
    const small = await shop.page.evaluate<string[]>(`
      [...document.querySelectorAll('dialog button')]
        .filter((each) => Math.min(each.offsetWidth, each.offsetHeight) < 44).map((each) => each.outerHTML)`);
    expect(small).toEqual([]);
    await expectShown.poll(() => shop.page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await shop.answerBank('Close');
    await shop.resultIs('Your bank has no answer from you yet');

    expect(await accessibilityProblems(shop.page)).toEqual([]);
    await expectShown.poll(() => shop.page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await shop.page.getByRole('button', { name: 'Continue to your bank' }).click();
    await shop.answerBank('Approve');
    await shop.resultIs(CONFIRMED);
  });

  test('what another run of the purchase has, the page follows', async () => {
    const { shop, key } = await askedByBank();
    await approveUnseen(key);
    const { status } = await eventpro.request('POST', `/api/purchases/${key}/authentication`, {
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(status).toBe(201);

    await shop.answerBank('Close');
    await shop.resultIs(CONFIRMED);

    expect(await eventually(async () => (await balance(key))[0], 'a payment')).toEqual([12_000, 'succeeded']);
  });
});
