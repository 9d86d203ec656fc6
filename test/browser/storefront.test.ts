import Stripe from 'stripe';
import { type Route } from 'playwright-core';
import { MARKETING_WORDING } from '../../lambda/purchase/marketing-consent';
import { securityHeaders } from '../../lib/web/security-headers';
import demoEvent from '../../web/demo-event.json';
import { type LocalDeployment } from '../../local/control/deployment-route';
import { signedFetch } from '../../local/http/signed-fetch';
import { eventually } from '../../harness/eventpro-client';
import { useOwnLocalRun } from '../support/own-local-run';
import { accessibilityProblems } from './accessibility';
import { describeInBrowser } from './describe-in-browser';
import { expectShown } from './expect-shown';
import { type StorefrontPage } from './storefront-page';
import { MOVING, useStorefront } from './use-storefront';

describeInBrowser('the storefront', () => {
  /** Where purchases wait, and for what. */
  let held: { state: string; until: Promise<void> } | undefined;
  const eventpro = useOwnLocalRun({
    beforeState: (_, state) => (state === held?.state ? held.until : undefined),
  });

  const open = useStorefront(eventpro);

  /** Holds purchases before the state; answers what lets them go on. */
  function holdBefore(state: string): () => void {
    let letGo!: () => void;
    held = { state, until: new Promise((resolve) => (letGo = resolve)) };
    return letGo;
  }

  beforeEach(() => eventpro.reset());
  afterEach(() => (held = undefined));

  /** Money taken and kept, in minor units, over all purchases: a buyer who was charged twice shows here. */
  async function moneyKept(): Promise<number[]> {
    const payments = await eventpro.payments();
    return payments.map(({ captured, refunded }) => captured - refunded).filter((kept) => kept > 0);
  }

  test('sells two seats by mouse: the total is the server’s, the ticket is a PDF', async () => {
    const shop = await open(MOVING);

    await shop.choose('C-9', 'C-10');
    expect(await accessibilityProblems(shop.page)).toEqual([]);
    await expectShown(shop.buyButton).toHaveText('Buy for €240');
    await shop.fillIn();
    const offers = shop.page.getByRole('checkbox', { name: MARKETING_WORDING.text });
    await expectShown(offers).not.toBeChecked();
    const sent = shop.page.waitForRequest((request) => request.method() === 'POST');
    await shop.buyButton.click();
    await shop.resultIs('Your tickets are confirmed');

    expect((await sent).postDataJSON()).toEqual({
      eventId: 'demo',
      seats: ['C-9', 'C-10'],
      buyer: { name: 'Ann Lee', email: 'ann@example.com' },
      paymentMethod: 'pm_card_visa',
      expectedTotal: { amount: 24_000, currency: 'EUR' },
    });
    expect(await accessibilityProblems(shop.page)).toEqual([]);
    const href = await shop.page.getByRole('link', { name: 'Download ticket' }).getAttribute('href');
    const ticket = await fetch(`${eventpro.url}${href}`);
    expect(Buffer.from(await ticket.arrayBuffer()).toString('latin1', 0, 5)).toBe('%PDF-');
    expect(await moneyKept()).toEqual([24_000]);
    await shop.page.locator('[data-seat="C-9"][data-status="OWN"]').waitFor();
  });

  test('sells a seat by keyboard alone, each seat by its name', async () => {
    const shop = await open();
    const { keyboard } = shop.page;
    const focused = () =>
      shop.page.evaluate<string>('document.activeElement.ariaLabel ?? document.activeElement.id');
    /** Tabs until the element has the focus; the map may take one stop on the way, however many seats it has. */
    const tabTo = async (id: string) => {
      for (let stops = 0; (await focused()) !== id; stops++) {
        if (stops > 20) throw new Error(`Tab does not reach ${id}`);
        await keyboard.press('Tab');
      }
    };

    await tabTo('Larger');
    await keyboard.press('Tab');
    const walk = [await focused()];
    for (const key of ['End', 'ArrowDown', 'ArrowLeft', 'Home', 'Control+End', 'Control+Home']) {
      await keyboard.press(key);
      walk.push(await focused());
    }
    await keyboard.press('Space');
    walk.push(await focused());
    await shop.announced('Row A, seat 1 added. 1 seat, total €120.');
    await tabTo('buyer-name');
    await keyboard.type('Ann Lee');
    await keyboard.press('Tab');
    await keyboard.type('ann@example.com');
    await keyboard.press('Enter');
    await shop.resultIs('Your tickets are confirmed');

    expect(walk).toEqual([
      'Row A, seat 1, premium, 120 euros, available',
      'Row A, seat 20, premium, 120 euros, available',
      'Row B, seat 20, premium, 120 euros, available',
      'Row B, seat 19, premium, 120 euros, available',
      'Row B, seat 1, premium, 120 euros, available',
      'Row T, seat 16, value, 45 euros, available',
      'Row A, seat 1, premium, 120 euros, available',
      'Row A, seat 1, premium, 120 euros, selected',
    ]);
    await expectShown.poll(focused).toBe('result');
    expect(await moneyKept()).toEqual([12_000]);
  });

  test('a form with slips says so beside the fields and sends nothing', async () => {
    const shop = await open();
    await shop.choose('C-9');
    // Nothing is to be chosen while there is only one way to reach the buyer.
    const ways = shop.page.getByRole('group', { name: 'Send my tickets by' });
    await expectShown(ways).toBeHidden();
    await shop.page.getByLabel('Mobile number').fill('030 1234567');
    await expectShown(ways.getByRole('checkbox')).toHaveCount(2);
    for (const way of ['E-mail', 'Text message']) await ways.getByRole('checkbox', { name: way }).uncheck();
    await shop.buyButton.click();

    await shop.page.getByText('Enter your name as it should be on the ticket.').waitFor();
    await shop.page.getByText('Enter the number with its country code, like +49 30 1234567.').waitFor();
    await shop.page.getByText('Choose at least one way to reach you.').waitFor();
    await expectShown(shop.page.locator('#buyer-name')).toBeFocused();
    expect(await accessibilityProblems(shop.page)).toEqual([]);
    expect(await eventpro.payments()).toEqual([]);
  });

  test('a buyer who ticks the box agrees to marketing, and to the words beside it', async () => {
    const shop = await open();
    await shop.choose('C-9');
    await shop.fillIn();
    await shop.page.getByText(MARKETING_WORDING.text).click();
    const sent = shop.page.waitForRequest((request) => request.method() === 'POST');

    await shop.buyButton.click();
    await shop.resultIs('Your tickets are confirmed');

    expect((await sent).postDataJSON()).toMatchObject({ buyer: { marketing: true } });
  });

  test('after a decline the same seats sell by another card, under another key', async () => {
    const shop = await open();
    const keys: (string | undefined)[] = [];
    shop.page.on('request', (request) => {
      if (request.method() === 'POST') keys.push(request.headers()['idempotency-key']);
    });
    await shop.choose('C-9', 'C-10');
    await shop.fillIn();

    await shop.chooseCard('Declined card');
    await shop.buyButton.click();
    await shop.resultIs('Your card was declined');
    expect(await accessibilityProblems(shop.page)).toEqual([]);
    await shop.page.getByRole('button', { name: 'Choose another card' }).click();
    await shop.chooseCard('Visa');
    await shop.buyButton.click();
    await shop.resultIs('Your tickets are confirmed');

    expect(new Set(keys).size).toBe(2);
    expect(await moneyKept()).toEqual([24_000]);
  });

  test('of two browsers that want one seat one gets it, and the other an alternative', async () => {
    const [ann, bob] = [await open(), await open()];
    for (const shop of [ann, bob]) {
      await shop.choose('A-10', 'A-11');
      await shop.fillIn();
    }

    const confirmed = 'Your tickets are confirmed';
    const taken = 'Row A, seats 10 and 11 have just been taken';
    // Both are on their way before either has the seats: else the second would see them go and not even ask.
    const letGo = holdBefore('ReserveSeat');
    await Promise.all([ann.buyButton.click(), bob.buyButton.click()]);
    await eventually(
      async () => ((await eventpro.executions()).length === 2 ? true : undefined),
      'two purchases under way',
    );
    letGo();
    const won = await Promise.all(
      [ann, bob].map(async ({ page }) => {
        await page.getByRole('heading', { name: new RegExp(`${confirmed}|Row A`) }).waitFor();
        return page.getByRole('heading', { name: confirmed }).isVisible();
      }),
    );
    const loser = won[0] ? bob : ann;

    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await moneyKept()).toEqual([24_000]);
    await loser.resultIs(taken);
    expect(await accessibilityProblems(loser.page)).toEqual([]);
    await loser.page.getByRole('button', { name: 'Take row B, seats 10 and 11' }).click();
    await loser.buyButton.click();
    await loser.resultIs(confirmed);
    expect(await moneyKept()).toEqual([24_000, 24_000]);
  });

  test('a reload during a purchase finds it again and does not buy twice', async () => {
    const shop = await open();
    const letGo = holdBefore('ProcessPayment');
    await shop.choose('C-9');
    await shop.fillIn();
    await shop.buyButton.click();
    await shop.page.getByText('Taking the payment').waitFor();
    const key = await shop.key();

    await shop.page.reload();
    await shop.resultIs('Checking your purchase');
    expect(await accessibilityProblems(shop.page)).toEqual([]);
    await expectShown(shop.buyButton).toBeDisabled();
    letGo();
    await shop.resultIs('Your tickets are confirmed');

    expect(await shop.key()).toBe(key);
    expect((await eventpro.payments()).map(({ metadata }) => metadata.purchaseId)).toEqual([key]);
    expect(await moneyKept()).toEqual([12_000]);
  });

  test('a connection cut after the request is sent costs the buyer one purchase', async () => {
    const shop = await open();
    await shop.page.route('**/api/purchases', async (route) => {
      await route.fetch();
      await route.abort('connectionreset');
    });
    await shop.choose('C-9');
    await shop.fillIn();

    await shop.buyButton.click();
    await shop.resultIs('Your tickets are confirmed');

    expect(await moneyKept()).toEqual([12_000]);
  });

  test('a browser that is offline for the whole answer asks again when it is back', async () => {
    const shop = await open();
    const letGo = holdBefore('ProcessPayment');
    await shop.choose('C-9');
    await shop.fillIn();
    await shop.buyButton.click();
    await shop.page.getByText('Taking the payment').waitFor();
    const key = await shop.key();

    await shop.page.context().setOffline(true);
    letGo();
    await eventually(
      async () => ((await eventpro.purchase(key)).status === 'CONFIRMED' ? true : undefined),
      'a confirmed purchase',
    );
    await shop.page.context().setOffline(false);
    await shop.resultIs('Your tickets are confirmed');

    expect(await moneyKept()).toEqual([12_000]);
  });

  test('a buyer who is offline is told so, and the purchase goes on as soon as the connection is back', async () => {
    const shop = await open();
    await shop.choose('C-9');
    await shop.fillIn();
    await shop.page.context().setOffline(true);
    await shop.page.getByText('You are offline. What you see is as it was').waitFor();

    await shop.buyButton.click();
    await shop.resultIs('You are offline');
    expect(await accessibilityProblems(shop.page)).toEqual([]);
    expect(await eventpro.payments()).toEqual([]);
    await shop.page.context().setOffline(false);
    await shop.resultIs('Your tickets are confirmed');

    await expectShown(shop.page.locator('#offline')).toBeHidden();
    expect(await moneyKept()).toEqual([12_000]);
  });

  test('a request that never arrived is sent again by its own key, when the buyer says so', async () => {
    const shop = await open();
    await shop.installClock();
    const keys: (string | undefined)[] = [];
    let reachable = false;
    await shop.page.route('**/api/purchases', async (route: Route) => {
      keys.push(route.request().headers()['idempotency-key']);
      await (reachable ? route.continue() : route.abort('connectionrefused'));
    });
    await shop.choose('C-9');
    await shop.fillIn();

    await shop.buyButton.click();
    await shop.resultIs('Checking your purchase');
    reachable = true;
    await shop.page.clock.fastForward(45_000);
    await shop.resultIs('Your purchase did not reach us');
    expect(await accessibilityProblems(shop.page)).toEqual([]);
    await shop.page.getByRole('button', { name: 'Send again' }).click();
    await shop.resultIs('Your tickets are confirmed');

    expect([keys.length, new Set(keys).size]).toEqual([2, 1]);
    expect(await moneyKept()).toEqual([12_000]);
  });

  test('a step that fails gives the money back, and says so', async () => {
    const shop = await open();
    await eventpro.setFault('GenerateTicket', { mode: 'fail-before' });
    await shop.choose('C-9');
    await shop.fillIn();

    await shop.buyButton.click();
    await shop.resultIs('We could not make your ticket');
    expect(await accessibilityProblems(shop.page)).toEqual([]);
    expect(await moneyKept()).toEqual([]);
    await eventpro.healFaults();
    await shop.page.getByRole('button', { name: 'Try again' }).click();
    await shop.resultIs('Your tickets are confirmed');

    expect(await moneyKept()).toEqual([12_000]);
  });

  test('a seat lost while it is chosen leaves the order, to be seen and to be heard', async () => {
    const shop = await open();
    await shop.choose('C-9', 'C-10');

    await eventpro.buy({ seats: ['C-10'] });
    await shop.announced('Row C, seat 10: no longer available, removed from your order.');

    await expectShown(shop.buyButton).toHaveText('Buy for €120');
    await expectShown(shop.page.locator('#order-note')).toContainText('Row C, seat 10');
    await expectShown(shop.seat('C-10')).toHaveAttribute(
      'aria-label',
      'Row C, seat 10, premium, 120 euros, sold',
    );
    expect(await accessibilityProblems(shop.page)).toEqual([]);
  });

  test('a seat that another buyer holds is shown as held', async () => {
    const letGo = holdBefore('ProcessPayment');
    const bought = eventpro.buy({ seats: ['C-10'] });
    const shop = await open();
    await shop.page.locator('[data-seat="C-10"][data-status="HELD"]').waitFor();

    // Pressed all the same, as the map lets a keyboard reach every seat.
    await shop.seat('C-10').click({ force: true });
    await expectShown(shop.seat('C-10')).toHaveAttribute('aria-label', /held by another buyer/);
    await expectShown(shop.buyButton).toBeDisabled();
    letGo();
    await bought;
  });

  test('the best available are found in a list, and a ninth seat is refused', async () => {
    await eventpro.buy({ seats: ['E-10'] });
    const shop = await open();

    await shop.page.getByLabel('How many together').selectOption('8');
    await shop.page.getByLabel('Price').selectOption('standard');
    await shop.page.getByRole('button', { name: 'Find seats' }).click();
    await expectShown(shop.page.locator('#best-list button')).toHaveCount(4);
    expect(await accessibilityProblems(shop.page)).toEqual([]);
    await shop.page.getByRole('button', { name: /^Row F/ }).click();
    await shop.announced('Row F, seats 7, 8, 9, 10, 11, 12, 13 and 14 chosen, total €640.');
    await shop.choose('F-1');
    await shop.announced('You can choose up to 8 seats.');

    await expectShown(shop.buyButton).toHaveText('Buy for €640');
  });

  test('on a phone nothing is wider than the screen, and targets are large enough', async () => {
    const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
    const shop = await open({ ...phone, ...MOVING });
    const cutOff = await shop.page.evaluate<string[]>(`
      [...document.querySelectorAll('[data-seat], .row-price')]
        .filter((each) => each.getBoundingClientRect().left < 0 || each.getBoundingClientRect().right > 390)
        .map((each) => each.outerHTML)`);
    expect(cutOff).toEqual([]);

    // A seat of the whole hall is too small for a finger, so the first tap comes close and chooses nothing.
    await shop.seat('C-9').tap();
    await expectShown(shop.seat('C-9')).toHaveAttribute('data-status', 'AVAILABLE');
    await shop.seat('C-9').tap();
    await expectShown(shop.seat('C-9')).toHaveAttribute('data-status', 'SELECTED');

    await expectShown.poll(() => shop.page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    const small = await shop.page.evaluate<string[]>(`
      [...document.querySelectorAll('[role=gridcell], button, input, select, #basket-bar')]
        .filter((each) => each.checkVisibility() && !each.closest('label'))
        .filter((each) => Math.min(each.offsetWidth, each.offsetHeight) < 24).map((each) => each.outerHTML)`);
    expect(small).toEqual([]);
    expect(await accessibilityProblems(shop.page)).toEqual([]);
    await shop.page.getByRole('link', { name: 'Check out' }).click();
    await shop.fillIn();
    await shop.buyButton.click();
    await shop.resultIs('Your tickets are confirmed');
  });

  test('the map is drawn larger and smaller, by buttons that keep the focus, down to the whole hall', async () => {
    const shop = await open();
    const width = () => shop.page.evaluate<number>(`document.querySelector('[data-seat]').offsetWidth`);
    const button = (name: string) => shop.page.getByRole('button', { name, exact: true });
    const whole = await width();

    await button('Larger').click();
    await expectShown.poll(width).toBeGreaterThan(whole * 1.4);
    while ((await button('Larger').getAttribute('aria-disabled')) === 'false') await button('Larger').click();
    await expectShown.poll(width).toBe(72);
    await button('Smaller').click();
    await expectShown.poll(width).toBe(48);
    await button('Whole hall').click();

    await expectShown.poll(width).toBe(whole);
    await expectShown(button('Smaller')).toHaveAttribute('aria-disabled', 'true');
    await expectShown(shop.page.locator('#zoom-whole')).toBeFocused();
  });

  test('in the dark, and for who wants no motion, it reads as well', async () => {
    await eventpro.buy({ seats: ['A-1'] });
    const shop = await open({ colorScheme: 'dark', reducedMotion: 'reduce' });
    await shop.choose('C-9');

    await expectShown(shop.page.locator('body')).toHaveCSS('background-color', 'rgb(19, 20, 25)');
    expect(await accessibilityProblems(shop.page)).toEqual([]);
    await shop.fillIn();
    await shop.chooseCard('3-D Secure card');
    await shop.buyButton.click();
    await shop.bank.waitFor();
    expect(await accessibilityProblems(shop.page)).toEqual([]);
    await shop.answerBank('Close');
    await shop.resultIs('Your bank has no answer from you yet');
    expect(await accessibilityProblems(shop.page)).toEqual([]);
  });

  test('a local run says that it is one, and leads to the console', async () => {
    const shop = await open();

    await shop.page.getByRole('link', { name: 'Local run: console' }).click();
    await shop.page.getByRole('heading', { name: 'Executions' }).waitFor();

    expect(new URL(shop.page.url()).pathname).toBe('/console/');
  });

  test('several events are listed, each with its page', async () => {
    const gala = { ...demoEvent, name: 'Winter Gala' };
    await signedFetch(`${eventpro.url}/api/events/gala`, { method: 'PUT', body: JSON.stringify(gala) });
    const shop = await open();

    expect(await accessibilityProblems(shop.page)).toEqual([]);
    await shop.page.getByRole('link', { name: 'Winter Gala' }).click();
    await shop.page.getByRole('heading', { name: 'Winter Gala' }).waitFor();

    expect(shop.page.url()).toContain('?event=gala');
  });

  test('a hall too large for one map is shown by section, and seats of two are bought together', async () => {
    const rows = (section: number) => [
      { row: `S${section}A`, tier: 'arena', seats: 100 },
      ...Array.from({ length: 2 }, (_, row) => ({ row: `S${section}R${row}`, tier: 'arena', seats: 500 })),
    ];
    const arena = {
      ...demoEvent,
      name: 'Arena',
      tiers: [{ tier: 'arena', price: 5_000 }],
      sections: Array.from({ length: 20 }, (_, index) => ({
        section: `Block ${index + 1}`,
        rows: rows(index),
      })),
    };
    await signedFetch(`${eventpro.url}/api/events/arena`, { method: 'PUT', body: JSON.stringify(arena) });
    const shop = await open();
    await shop.goTo('/?event=arena');

    await shop.choose('S0A-1');
    const block = shop.page.getByRole('button', { name: 'Block 7' });
    await expectShown(block).toHaveText('Block 71100 seats');
    await block.click();
    await shop.choose('S6A-2');
    await expectShown(block).toHaveText('Block 71100 of 1100 seats free€50');
    await shop.fillIn();
    await shop.page.getByLabel('Mobile number').fill('+49 30 1234567');
    await shop.page.getByRole('checkbox', { name: 'Text message' }).uncheck();
    await shop.chooseCard('Declined card');
    await shop.buyButton.click();
    await shop.resultIs('Your card was declined');
    // The order is still whole, although the map shows one of its two seats.
    await shop.chooseCard('Visa');
    await shop.buyButton.click();
    await shop.resultIs('Your tickets are confirmed');

    expect(await eventpro.purchase(await shop.key())).toMatchObject({
      seats: ['S0A-1', 'S6A-2'],
      amount: 10_000,
    });
  });

  describe('a hall that is drawn while it is looked at', () => {
    /** Each section has 22 rows. */
    const putHall = (sections: readonly string[], seats: number) =>
      putEvent('large', {
        tiers: [{ tier: 'stand', price: 5_000 }],
        sections: sections.map((section) => ({
          section,
          rows: Array.from({ length: 22 }, (_, row) => ({
            row: `${section}${row + 1}`,
            tier: 'stand',
            seats,
          })),
        })),
      });

    /** Opens it in a browser that shows no frame before it is let go on. */
    async function openHeld({ sections = ['W'], seatsPerRow = 100 } = {}) {
      await putHall(sections, seatsPerRow);
      const shop = await open(MOVING);
      const { page } = shop;
      await page.addInitScript(`
        const [show, held] = [requestAnimationFrame.bind(window), []];
        window.requestAnimationFrame = (draw) => held.push(draw);
        window.letGo = () => {
          window.requestAnimationFrame = show;
          held.forEach((draw) => show(draw));
        };
        window.shift = 0;
        new PerformanceObserver((list) => {
          for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) shift += value;
        }).observe({ type: 'layout-shift', buffered: true });`);
      await shop.goTo('/?event=large');
      return {
        ...{ shop, page },
        drawn: () => page.locator('#seat-map [data-seat]').count(),
        height: () => page.evaluate<number>(`document.querySelector('#seat-map').offsetHeight`),
        letGo: async () => {
          await page.evaluate('letGo()');
          await page.locator('#seat-map[aria-busy="false"]').waitFor();
        },
      };
    }

    test('has its first seats at once, all of its rows, and its height; nothing moves while the others come', async () => {
      const { shop, page, drawn, height, letGo } = await openHeld();
      const first = {
        ...{ seats: await drawn(), rows: await page.getByRole('row', { includeHidden: true }).count() },
        ...{ height: await height(), busy: await page.locator('#seat-map').getAttribute('aria-busy') },
      };
      expect(await accessibilityProblems(page)).toEqual([]);
      await shop.choose('W1-1');
      await shop.announced('Row W1, seat 1 added. 1 seat, total €50.');

      await letGo();

      expect(first).toEqual({ seats: 500, rows: 22, height: await height(), busy: 'true' });
      await expectShown.poll(drawn).toBe(2_200);
      expect(await page.evaluate('shift')).toBeLessThan(0.1);
    });

    test('has every seat for the keyboard, and one that was drawn for it once', async () => {
      const { shop, page, drawn, letGo } = await openHeld();
      const focused = () => page.evaluate<string>('document.activeElement.ariaLabel');

      await shop.seat('W1-1').focus();
      await page.keyboard.press('Control+End');
      await expectShown.poll(focused).toBe('Row W22, seat 100, stand, 50 euros, available');
      await page.keyboard.press('Space');
      await shop.announced('Row W22, seat 100 added. 1 seat, total €50.');
      await page.keyboard.press('ArrowUp');
      await expectShown.poll(drawn).toBe(700);
      await letGo();

      await expectShown.poll(focused).toBe('Row W21, seat 100, stand, 50 euros, available');
      await expectShown(shop.seat('W22-100')).toHaveAttribute('aria-selected', 'true');
      await expectShown.poll(drawn).toBe(2_200);
    });

    test('draws what was sold meanwhile as sold, and a seat that was chosen before as chosen', async () => {
      const { shop, page, letGo } = await openHeld();
      await shop.seat('W1-1').focus();
      await page.keyboard.press('Control+End');
      await page.keyboard.press('Space');
      await page.reload();
      await eventpro.buy({ eventId: 'large', seats: ['W1-2', 'W9-3'] });
      await shop.lookAgain();
      await page.locator('[data-seat="W1-2"][data-status="SOLD"]').waitFor();
      await expectShown(shop.seat('W9-3')).toHaveCount(0);

      await letGo();

      await expectShown(shop.seat('W9-3')).toHaveAttribute('data-status', 'SOLD');
      await expectShown(shop.seat('W22-100')).toHaveAttribute('data-status', 'SELECTED');
    });

    test('is left for another section: only that one is drawn', async () => {
      const { shop, page, drawn, letGo } = await openHeld({ sections: ['W', 'E'], seatsPerRow: 500 });

      await page.locator('[data-section="E"]').click();
      await shop.seat('E1-1').waitFor();
      await expectShown.poll(drawn).toBe(500);
      await letGo();

      await expectShown.poll(drawn).toBe(11_000);
      await expectShown(page.locator('[data-seat^="W"]')).toHaveCount(0);
    });
  });

  test('a look at the seats takes the focus from nothing in the order', async () => {
    const shop = await open();
    await shop.choose('C-9', 'C-10');
    const remove = shop.page.getByRole('button', { name: 'Remove row C, seat 10' });
    await remove.focus();

    // Another tab: the page looks again as soon as it is back.
    const seen = shop.page.waitForResponse('**/api/events/demo/seats*');
    await shop.page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);
    await seen;
    await shop.page.evaluate('new Promise(requestAnimationFrame)');

    await expectShown(shop.page.getByRole('button', { name: 'Remove Row C, seat 10' })).toBeFocused();
  });

  test('where Stripe cannot be reached the seats are there, and what is missing is said', async () => {
    const shop = await open();
    await takeCardsByStripe(shop, (route) => route.abort());
    await shop.choose('C-9');

    await shop.page.getByText('The card field cannot be loaded').waitFor();

    await expectShown(shop.buyButton).toBeDisabled();
    expect(await accessibilityProblems(shop.page)).toEqual([]);
  });

  test('with a publishable key the card is given to Stripe, and the page gets a confirmation token', async () => {
    const shop = await open();
    const { page } = shop;
    const token = await confirmationToken();
    await takeCardsByStripe(shop, (route) =>
      route.fulfill({ contentType: 'text/javascript', body: STRIPE_JS(token) }),
    );
    await shop.choose('C-9');
    await page.getByText('card field of pk_test_1 for 12000').waitFor();
    await shop.choose('C-10');
    await page.getByText('card field of pk_test_1 for 24000').waitFor();
    await shop.fillIn();

    await shop.buyButton.click();
    await page.getByText('Your card number is incomplete.').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(await eventpro.payments()).toEqual([]);
    await shop.buyButton.click();
    await shop.resultIs('Your tickets are confirmed');

    await expectShown(page.locator('#local-badge')).toHaveCount(0);
    expect(await moneyKept()).toEqual([24_000]);
  });

  test('with a publishable key the bank’s question is Stripe’s to show, and its answer the server’s to ask for', async () => {
    const shop = await open();
    const token = await confirmationToken('pm_card_threeDSecure2Required');
    await takeCardsByStripe(shop, (route) =>
      route.fulfill({ contentType: 'text/javascript', body: STRIPE_JS(token) }),
    );
    await shop.choose('C-9');
    await shop.fillIn();
    await shop.buyButton.click();
    await shop.page.getByText('Your card number is incomplete.').waitFor();

    await shop.buyButton.click();
    await shop.resultIs('Your tickets are confirmed');

    expect(await moneyKept()).toEqual([12_000]);
  });

  /** As Stripe.js would make it in the page. */
  async function confirmationToken(paymentMethod = 'pm_card_visa'): Promise<string> {
    const { body } = await eventpro.request<LocalDeployment>('GET', '/local/deployment');
    const stripe = new Stripe('sk_test_1', connectionTo(body.endpoints.stripe!));
    const { id } = await stripe.testHelpers.confirmationTokens.create({ payment_method: paymentMethod });
    return id;
  }

  test('what costs nothing asks for no card', async () => {
    await putDemo({ tiers: demoEvent.tiers.map((tier) => ({ ...tier, price: 0 })) });
    const shop = await open();
    await shop.choose('C-9');
    await expectShown(shop.page.locator('#payment')).toBeHidden();
    await expectShown(shop.buyButton).toHaveText('Get the tickets');
    await shop.fillIn();

    await shop.buyButton.click();
    await shop.resultIs('Your tickets are confirmed');

    expect(await eventpro.payments()).toEqual([]);
  });

  test('accessible seats are shown, named and found; what the house keeps cannot be chosen', async () => {
    await putDemo({ blocked: ['A-10'], accessible: ['A-1', 'T-16'] });
    const shop = await open();
    const { page } = shop;

    await expectShown(shop.seat('A-1')).toHaveAttribute('aria-label', /Row A, seat 1, accessible, premium/);
    await expectShown(shop.seat('A-10')).toHaveAttribute('aria-label', /not for sale/);
    await shop.seat('A-10').click({ force: true });
    await page.getByLabel('With an accessible seat').check();
    await page.getByRole('button', { name: 'Find seats' }).click();
    await expectShown(page.locator('#best-list')).toHaveText(/Row A, seats 1 and 2.*Row T, seats 15 and 16/);
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.locator('#best-list button').first().click();

    await expectShown(page.locator('#order-seats .order-place')).toHaveText([
      'Row A, seat 1',
      'Row A, seat 2',
    ]);
  });

  test('a price that changed meanwhile is told, and bought at only when the buyer agrees', async () => {
    const shop = await open();
    await shop.choose('C-9');
    await shop.fillIn();
    // Or the page would learn it by itself, and the button say it.
    await shop.page.route('**/seats*', (route) => route.abort());
    await putDemo({ tiers: demoEvent.tiers.map((tier) => ({ ...tier, price: tier.price + 500 })) });

    await shop.buyButton.click();
    await shop.resultIs('The price has changed');

    await expectShown(shop.result).toContainText('These seats now cost €125, not €120.');
    expect(await accessibilityProblems(shop.page)).toEqual([]);
    expect(await moneyKept()).toEqual([]);
    await shop.result.getByRole('button', { name: 'Buy for €125' }).click();
    await shop.resultIs('Your tickets are confirmed');
    expect(await moneyKept()).toEqual([12_500]);
  });

  test.each([
    ['opens', { saleOpensAt: inDays(1) }, 'The sale opens on', 'The sale has not opened yet'],
    ['is over', { saleClosesAt: inDays(-1) }, 'The sale closed on', 'The sale is over'],
  ])('the page says when the sale %s, and sells nothing', async (_, hours, words, label) => {
    await putDemo(hours);
    const shop = await open();

    await shop.choose('C-9');

    await shop.page.getByText(words).waitFor();
    await expectShown(shop.buyButton).toHaveText(label);
    await expectShown(shop.buyButton).toBeDisabled();
    expect(await accessibilityProblems(shop.page)).toEqual([]);
  });

  const putDemo = (change: object) => putEvent('demo', change);

  /** The demo event, but for the change. */
  async function putEvent(eventId: string, change: object): Promise<void> {
    const { status } = await eventpro.putEvent(eventId, { ...demoEvent, ...change });
    expect([200, 201]).toContain(status);
  }
});

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString();
}

function connectionTo(url: string) {
  const { hostname: host, port } = new URL(url);
  return { protocol: 'http' as const, host, port };
}

/** Opens the page as a stage with a publishable key has it; `stripeJs` stands for Stripe's host. */
async function takeCardsByStripe(
  shop: StorefrontPage,
  stripeJs: (route: Route) => Promise<void>,
): Promise<void> {
  const { page } = shop;
  const headers = securityHeaders({ stripe: true });
  await page.route(new URL('/', page.url()).href, async (route) =>
    route.fulfill({ response: await route.fetch(), headers: { ...headers, 'content-type': 'text/html' } }),
  );
  await page.route('**/config.json', (route) =>
    route.fulfill({ json: { stripePublishableKey: 'pk_test_1' } }),
  );
  await page.route('https://js.stripe.com/**', stripeJs);
  await shop.goTo('/');
}

/**
 * Of Stripe.js what the page calls, and refused as Stripe's pages say: Elements without an amount, details that the form asks
 * for left out of the token, a token before `submit`. The first card it is asked for is incomplete.
 */
const STRIPE_JS = (token: string) => `
  let asked = 0;
  let checked = false;
  window.Stripe = (key) => ({
    elements: ({ mode, captureMethod, amount, currency, allowedPaymentMethodTypes }) => {
      if (mode !== 'payment' || captureMethod !== 'manual') throw new Error('no payment');
      if (!(amount > 0) || currency !== 'eur') throw new Error('no payment');
      let box;
      const show = () => (box.textContent = allowedPaymentMethodTypes + ' field of ' + key + ' for ' + amount);
      return {
        create: (type, { fields: { billingDetails } }) => {
          if (type !== 'payment' || billingDetails.name !== 'never') throw new Error('no Payment Element');
          return { mount: (place) => { box = place; show(); }, focus() {} };
        },
        update: (change) => { amount = change.amount ?? amount; show(); },
        submit: async () => {
          checked = asked++ > 0;
          return checked ? {} : { error: { message: 'Your card number is incomplete.' } };
        },
      };
    },
    // The buyer approves at once.
    handleNextAction: async ({ clientSecret }) => {
      const [id] = clientSecret.split('_secret_');
      const path = '/local/payments/' + id + '/authentication';
      const { ok } = await fetch(path, { method: 'POST', body: '{"outcome":"succeeded"}' });
      if (!ok) throw new Error('The PaymentIntent is not in the requires_action state.');
      return { paymentIntent: { id, status: 'requires_capture' } };
    },
    createConfirmationToken: async ({ elements, params }) => {
      const { name, email } = params.payment_method_data.billing_details;
      if (!checked || !elements.submit || name !== 'Ann Lee' || !email) return { error: { message: 'No token.' } };
      return { confirmationToken: { id: '${token}' } };
    },
  });`;
