import { type Locator } from 'playwright-core';
import { purchaseHash, referenceOf } from '../../lambda/shared/reference';
import { useLocalRun } from '../support/local-run';
import { describeInBrowser } from './describe-in-browser';
import { expectShown } from './expect-shown';
import { useConsole } from './use-console';

const EXTRAS = { extras: [{ extraId: 'book', name: 'Programme', price: 500, stock: 5 }] };

describeInBrowser('the search of the console', () => {
  const eventpro = useLocalRun();
  const shown = useConsole(eventpro);

  test('finds a purchase by each of its names, by the keyboard alone', async () => {
    const buyer = { name: 'Ann Lee', email: 'ann@example.com', phone: '+4915112345678' };
    const { purchaseId } = await eventpro.buy({ seats: ['A-1', 'A-2'], buyer });
    await eventpro.buy({
      seats: ['B-1'],
      buyer: { ...buyer, email: 'bob@example.com', phone: '+4915112345679' },
    });
    const [payment] = await eventpro.payments(purchaseId);
    const execution = await eventpro.executionOf(purchaseId);
    const reference = referenceOf(purchaseId);
    await shown.open('executions');

    const names = [
      ...[
        purchaseId,
        purchaseId.toUpperCase(),
        reference,
        ` ${reference.slice(0, 5)}-${reference.slice(5).toLowerCase()}`,
      ],
      ...[purchaseHash(purchaseId), `${purchaseHash(purchaseId)}-1796000000-1`],
      ...[payment!.paymentIntentId, payment!.charges[0]!.id, execution.id, execution.executionArn],
      ...['a-2', 'Ann@Example.com', '+4915112345678'],
    ];
    for (const name of names) {
      await search(name);

      await page()
        .getByRole('heading', { name: `Purchase ${reference} · A-1, A-2` })
        .waitFor();
      await expectShown
        .poll(() => page().evaluate<string>('location.hash'))
        .toBe(`#/purchases/${purchaseId}`);
      await page().goBack();
      await page().getByRole('heading', { name: 'Executions' }).waitFor();
    }
  });

  test('lists what more than one is called by, says what there is not, and passes axe', async () => {
    for (const seats of [['A-1'], ['A-2']]) await eventpro.buy({ seats });
    await eventpro.buy({ seats: ['A-3'], paymentMethod: 'pm_card_chargeDeclined' });
    await shown.open('executions');

    await search('ann@example.com');
    await expectTexts(found().locator('.summary'), [
      'A-1 · €120.00 was taken.',
      'A-2 · €120.00 was taken.',
      'A-3 · No money was taken.',
    ]);
    expect(await shown.problems()).toEqual([]);
    // What comes later is not there by itself; the same search again finds it.
    await eventpro.buy({ seats: ['A-4'] });
    await search('ann@example.com');
    await found().filter({ hasText: 'A-4' }).waitFor();

    await search('nobody@example.com');
    await page().getByText('Nothing is called nobody@example.com.').waitFor();
    expect(await shown.problems()).toEqual([]);
  });

  test('finds an order by the reference that stands in no table, and leads to its purchase, payment and mail', async () => {
    await eventpro.signed('PUT', '/api/events/demo/extras', EXTRAS);
    const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });
    const { orderId } = await eventpro.order({ items: [{ extraId: 'book', quantity: 2 }], purchaseId });
    await eventpro.orderThatIs(orderId, 'CONFIRMED');
    await shown.open('executions');

    await search(referenceOf(orderId));

    await page()
      .getByRole('heading', { name: `Order ${referenceOf(orderId)} · 2 × Programme` })
      .waitFor();
    await page().locator('.money', { hasText: '€10.00 was taken.' }).waitFor();
    await page().locator('[data-sheet="Payment"] a').first().click();
    await page().getByRole('heading', { name: 'Payment' }).waitFor();
    await page().getByRole('link', { name: 'order', exact: true }).click();
    await page().locator('[data-sheet="Messages"] a').first().click();
    await page().locator('.message').getByRole('link', { name: 'the order' }).click();
    await page()
      .getByRole('heading', { name: `Order ${referenceOf(orderId)}` })
      .waitFor();
    await page().getByRole('link', { name: 'the purchase' }).click();
    await page()
      .getByRole('heading', { name: `Purchase ${referenceOf(purchaseId)} · A-1` })
      .waitFor();
  });

  test('a purchase that was left behind says so, when recovery tries, and lets that be now; then it says what was undone', async () => {
    await eventpro.request('PUT', '/local/kills/GenerateTicket', { body: '{"times":1}' });
    const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });
    await shown.open('executions');
    await search('A-1');

    await page().locator('.money', { hasText: '€120.00 was taken, and it is not a sale yet.' }).waitFor();
    await page().getByText('Nobody is at it. Recovery tries again at').waitFor();
    await page().locator('[data-sheet="Payment"]').waitFor();
    expect(await shown.problems()).toEqual([]);
    await page().getByRole('button', { name: 'Make it now' }).click();

    await page()
      .locator('.money', { hasText: '€120.00 was taken and given back: nothing is owed.' })
      .waitFor();
    await page().getByRole('link', { name: 'recovered · payment undone · seats released' }).waitFor();
    await page().getByText('Nobody is at it.').waitFor({ state: 'hidden' });
    const events = page().getByRole('list', { name: 'Events' });
    await events.getByRole('link', { name: 'PurchaseFailed' }).click();
    await page()
      .getByRole('link', { name: referenceOf(purchaseId) })
      .click();
    await page()
      .getByRole('heading', { name: `Purchase ${referenceOf(purchaseId)} · A-1` })
      .waitFor();
    // And to the execution, and back.
    await page().getByRole('list', { name: 'Executions' }).getByRole('link', { name: 'died after' }).click();
    await page().getByRole('link', { name: 'The purchase' }).click();
    await page()
      .getByRole('heading', { name: `Purchase ${referenceOf(purchaseId)} · A-1` })
      .waitFor();
  });

  test('a mail leads to its purchase; a purchase that is not there says so', async () => {
    const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });
    await eventpro.emailAbout(purchaseId);
    await shown.open('inbox');

    await page().locator('.message').getByRole('link', { name: 'the purchase' }).click();
    await page()
      .getByRole('heading', { name: `Purchase ${referenceOf(purchaseId)} · A-1` })
      .waitFor();

    await shown.open('purchases/00000000-0000-4000-8000-000000000000');
    await page().getByText('There is no purchase 00000000-0000-4000-8000-000000000000.').waitFor();
  });

  const page = () => shown.page;
  const found = () => page().getByRole('list', { name: 'Found' }).getByRole('listitem');

  async function search(text: string): Promise<void> {
    await page().getByRole('searchbox', { name: 'Find' }).fill(text);
    await page().keyboard.press('Enter');
  }

  /** In any order: what was opened in the same second has none. */
  async function expectTexts(locator: Locator, texts: string[]): Promise<void> {
    await expectShown.poll(async () => (await locator.allTextContents()).sort()).toEqual(texts);
  }
});
