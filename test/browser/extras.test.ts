import { randomUUID } from 'node:crypto';
import { type BrowserContextOptions, type Route } from 'playwright-core';
import { eventually } from '../../harness/eventpro-client';
import { useLocalRun } from '../support/local-run';
import { accessibilityProblems } from './accessibility';
import { describeInBrowser } from './describe-in-browser';
import { expectShown } from './expect-shown';
import { type StorefrontPage } from './storefront-page';
import { useStorefront } from './use-storefront';

const ORDERED = 'Your extras are ordered';

describeInBrowser('extras, offered after the tickets', () => {
  const eventpro = useLocalRun();
  const open = useStorefront(eventpro);
  // Every function of an order is loaded before a buyer waits for it.
  beforeAll(async () => {
    await putExtras();
    await confirmed(await post({ items: [{ extraId: 'programme', quantity: 1 }] }));
  }, 120_000);
  beforeEach(async () => {
    await eventpro.reset();
    await putExtras();
  });

  async function putExtras(): Promise<void> {
    await eventpro.signed('PUT', '/api/events/demo/extras', {
      extras: [
        { extraId: 'programme', name: 'Programme', price: 500, stock: 3 },
        { extraId: 'parking', name: 'Parking', price: 1_500, stock: 40 },
        { extraId: 'tour', name: 'Tour', price: 3_000, stock: 0 },
      ],
    });
  }

  /** Another buyer's order. */
  async function post(wanted: object): Promise<string> {
    const key = randomUUID();
    const buyer = { name: 'Bob Ray', email: 'bob@example.com' };
    const { status } = await eventpro.request('POST', '/api/orders', {
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ eventId: 'demo', buyer, paymentMethod: 'pm_card_visa', ...wanted }),
    });
    expect(status).toBe(202);
    return key;
  }

  const confirmed = (orderId: string) =>
    eventually(
      async () => {
        const { body } = await eventpro.request<{ status: string }>('GET', `/api/orders/${orderId}`);
        return body.status === 'CONFIRMED' || undefined;
      },
      'a confirmed order',
      60_000,
    );

  /** A buyer whose tickets are bought, before whom the extras are. */
  async function ticketed(options?: BrowserContextOptions): Promise<StorefrontPage> {
    const shop = await open(options);
    await shop.choose('C-9');
    await shop.fillIn();
    await shop.buyButton.click();
    await shop.resultIs('Your tickets are confirmed');
    await shop.extra('Programme').waitFor();
    return shop;
  }

  async function orderProgramme(shop: StorefrontPage, card: string): Promise<void> {
    await shop.extra('Programme').fill('1');
    await shop.extra('Programme').press('Tab');
    await shop.chooseCard(card);
    await shop.orderButton.click();
  }

  /** What the bank has of each payment of an order: taken, and its state. */
  async function paidFor(orderId: string): Promise<[captured: number, status: string][]> {
    const payments = await eventpro.payments();
    return payments
      .filter(({ metadata }) => metadata['orderId'] === orderId)
      .map(({ captured, status }) => [captured, status]);
  }

  test('are chosen, paid for and followed without a reload; what is sold out cannot be chosen', async () => {
    const shop = await ticketed();
    await expectShown(shop.extras.getByText('Tour')).toHaveCount(1);
    await expectShown(shop.extra('Tour')).toHaveCount(0);
    await expectShown(shop.extras.getByText('Sold out')).toHaveCount(1);

    await shop.page.getByRole('button', { name: 'One more: Programme' }).click();
    await shop.extra('Parking').fill('99');
    await shop.extra('Parking').press('Tab');
    await shop.announced('40 × Parking, total €605.');
    await shop.extra('Parking').fill('2');
    await shop.extra('Parking').press('Tab');
    await expectShown(shop.orderButton).toHaveText('Order for €35');
    expect(await accessibilityProblems(shop.page)).toEqual([]);
    const sent = shop.page.waitForRequest((request) => request.method() === 'POST');
    await shop.orderButton.click();
    await shop.resultIs(ORDERED);

    const key = await shop.orderKey();
    expect((await sent).headers()).toMatchObject({ 'idempotency-key': key });
    expect((await sent).postDataJSON()).toEqual({
      eventId: 'demo',
      items: [
        { extraId: 'programme', quantity: 1 },
        { extraId: 'parking', quantity: 2 },
      ],
      buyer: { name: 'Ann Lee', email: 'ann@example.com' },
      paymentMethod: 'pm_card_visa',
      purchaseId: await shop.key(),
    });
    await shop.extras.getByText('1 × Programme and 2 × Parking').waitFor();
    expect(await accessibilityProblems(shop.page)).toEqual([]);
    expect([await paidFor(key), await shop.left()]).toEqual([[[3_500, 'succeeded']], []]);
    await shop.page.getByRole('button', { name: 'Order more' }).click();
    await shop.extras.getByText('2 left').waitFor();

    // Another browser learns of the order by its e-mail's link.
    const { text = '' } = await eventually(
      async () => (await eventpro.inbox()).find((mail) => mail.text?.includes('what you have ordered')),
      "the order's e-mail",
    );
    const [link = ''] = /http:\S+#\S+/.exec(text) ?? [];
    const elsewhere = await open();
    await elsewhere.page.goto('about:blank');
    await elsewhere.page.goto(link);
    await elsewhere.resultIs(ORDERED);
    await elsewhere.extras.getByText('1 × Programme and 2 × Parking').waitFor();
    expect(await accessibilityProblems(elsewhere.page)).toEqual([]);
  });

  test('a bank that wants the buyer: a reload in the middle loses nothing, and one order is paid for', async () => {
    const shop = await ticketed();
    await orderProgramme(shop, '3-D Secure card');
    await shop.bank.waitFor();
    await expectShown(shop.timer).toHaveText(/^9:[0-5]\d$/);
    const key = await shop.orderKey();

    await shop.page.reload();
    await shop.answerBank('Close');
    await shop.resultIs('Your bank has no answer from you yet');
    expect(await accessibilityProblems(shop.page)).toEqual([]);
    await shop.page.getByRole('button', { name: 'Continue to your bank' }).click();
    await shop.answerBank('Approve');
    await shop.resultIs(ORDERED);

    expect([await shop.orderKey(), await paidFor(key)]).toEqual([key, [[500, 'succeeded']]]);
  });

  test('refused by the bank, then declined, then paid: each time under another key, and the tickets stay', async () => {
    const shop = await ticketed();
    await orderProgramme(shop, '3-D Secure card');
    await shop.bank.waitFor();
    const first = await shop.orderKey();
    await shop.answerBank('Refuse');
    await shop.resultIs('Your bank did not approve the payment');
    expect(await accessibilityProblems(shop.page)).toEqual([]);

    await shop.page.getByRole('button', { name: 'Choose another card' }).click();
    await shop.chooseCard('Declined card');
    await shop.orderButton.click();
    await shop.resultIs('Your card was declined');
    await shop.chooseCard('Visa');
    await shop.orderButton.click();
    await shop.resultIs(ORDERED);

    expect([await shop.orderKey()]).not.toEqual([first]);
    expect(await paidFor(first)).toEqual([[0, 'canceled']]);
    expect((await eventpro.purchase(await shop.key())).status).toBe('CONFIRMED');
  });

  test('what somebody else was quicker to have is told by its name, and what is left can be ordered', async () => {
    const shop = await ticketed();
    await shop.extra('Programme').fill('2');
    await shop.extra('Programme').press('Tab');
    await confirmed(await post({ items: [{ extraId: 'programme', quantity: 2 }] }));

    await shop.orderButton.click();
    await shop.resultIs('Not enough left: Programme');
    await shop.extras.getByText('Programme: less is left than you chose.').waitFor();
    await expectShown(shop.extra('Programme')).toHaveValue('1');
    expect(await accessibilityProblems(shop.page)).toEqual([]);
    await shop.orderButton.click();
    await shop.resultIs(ORDERED);

    await shop.page.getByRole('button', { name: 'Order more' }).click();
    await shop.extra('Programme').waitFor({ state: 'detached' });
  });

  test.each([
    ['before', 'Your order did not reach us', (route: Route) => route.abort('connectionfailed')],
    [
      'after',
      ORDERED,
      async (route: Route) => {
        await route.fetch();
        await route.abort('connectionreset');
      },
    ],
  ])('a connection lost %s the order has arrived costs the buyer one order: %s', async (_, title, lose) => {
    const shop = await ticketed();
    await shop.installClock();
    let lost = 0;
    await shop.page.route('**/api/orders', (route) => (lost++ === 0 ? lose(route) : route.continue()));
    // The first look finds the order already: what is shown before it would be gone before it is read.
    let letGo!: () => void;
    const isSeen = new Promise<void>((resolve) => (letGo = resolve));
    await shop.page.route('**/api/orders/*', (route) => isSeen.then(() => route.continue()));

    await orderProgramme(shop, 'Visa');
    const key = await shop.orderKey();
    await shop.resultIs('Checking your order');
    letGo();
    await shop.page.clock.runFor(45_000);
    await shop.resultIs(title);
    if (title !== ORDERED) {
      await shop.page.getByRole('button', { name: 'Send again' }).click();
      await shop.resultIs(ORDERED);
    }

    expect([await shop.orderKey(), await paidFor(key)]).toEqual([key, [[500, 'succeeded']]]);
  });

  test('a tab that is closed while the bank asks: another finds the order, and it is paid for there', async () => {
    const shop = await ticketed();
    await orderProgramme(shop, '3-D Secure card');
    await shop.bank.waitFor();
    const key = await shop.orderKey();

    const found = await shop.closeTab();
    await found.goTo('/');
    await found.answerBank('Approve');
    await found.resultIs(ORDERED);

    expect([await found.orderKey(), await paidFor(key), await found.left()]).toEqual([
      key,
      [[500, 'succeeded']],
      [],
    ]);
  });

  test('who bought in another tab is asked who orders; on a phone in the dark all of it fits', async () => {
    const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
    const first = await open({ ...phone, colorScheme: 'dark' });
    await first.choose('C-9');
    await first.fillIn();
    await first.chooseCard('3-D Secure card');
    await first.buyButton.click();
    await first.bank.waitFor();
    const shop = await first.closeTab();
    await shop.goTo('/');
    await shop.answerBank('Approve');
    await shop.resultIs('Your tickets are confirmed');
    await shop.page.getByRole('button', { name: 'One more: Programme' }).tap();
    await shop.orderButton.tap();
    await shop.extras.getByText('Enter your name.').waitFor();

    await expectShown(shop.page.locator('#extras-name')).toBeFocused();
    expect(await accessibilityProblems(shop.page)).toEqual([]);
    const small = await shop.page.evaluate<string[]>(`
      [...document.querySelectorAll('#extras-form button, #extras-form input:not([type=radio])')]
        .filter((each) => Math.min(each.offsetWidth, each.offsetHeight) < 44).map((each) => each.outerHTML)`);
    expect(small).toEqual([]);
    await expectShown.poll(() => shop.page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await shop.extras.getByLabel('Name').fill('Ann Lee');
    await shop.extras.getByLabel('E-mail').fill('ann@example.com');
    await shop.orderButton.tap();
    await shop.resultIs(ORDERED);
  });
});
