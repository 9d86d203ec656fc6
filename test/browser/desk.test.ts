import { readFileSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, type Locator, type Page } from 'playwright-core';
import { openBrowser } from '../../harness/browser';
import { eventually } from '../../harness/eventpro-client';
import { type LayoutAnswer } from '../../lambda/event/event-answers';
import { referenceOf } from '../../lambda/shared/reference';
import demoEvent from '../../web/demo-event.json';
import { useLocalRun } from '../support/local-run';
import { accessibilityProblems } from './accessibility';
import { describeInBrowser } from './describe-in-browser';
import { expectShown } from './expect-shown';

/** A change of seats or prices is in force everywhere after seconds, and this machine may have others to serve. */
const PATIENCE = 60_000;

describeInBrowser("the organiser's desk", () => {
  const eventpro = useLocalRun();
  let browser: Browser;
  let page: Page;
  const mistakes: string[] = [];

  beforeAll(async () => (browser = await openBrowser()));
  afterAll(() => browser?.close());
  beforeEach(() => eventpro.reset());
  afterEach(async () => {
    await page?.context().close();
    expect(mistakes.splice(0)).toEqual([]);
  });

  /** Signs in, as an organiser's browser would be. */
  async function open(path: string, options?: BrowserContextOptions): Promise<Page> {
    const context = await browser.newContext({
      ...{ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce', ...options },
    });
    page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    page.on('pageerror', ({ message }) => mistakes.push(message));
    await page.goto(`${eventpro.url}/desk/${path}`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    return page;
  }

  const openEvent = async (options?: BrowserContextOptions) => {
    await open('#/events/demo', options);
    await page.locator('[data-seat]').first().waitFor();
  };
  /** A new event, complete but for its seats and prices. */
  const openNew = async (eventId: string) => {
    await open('#/events/+');
    await page.getByLabel('Id of the event').fill(eventId);
    await page.getByLabel('Name').fill('Gala');
    await page.getByLabel('Venue', { exact: true }).fill('Hall');
    await page.getByLabel('Starts', { exact: true }).fill('2100-06-01T20:00');
  };
  const layout = async (eventId = 'demo') =>
    (await eventpro.signed<LayoutAnswer>('GET', `/api/events/${eventId}/layout`)).body;
  const save = () => page.getByRole('button', { name: 'Save' }).click();
  const told = (words: string) => page.locator('.notice').getByText(words).waitFor();
  /** What tells a seat from others where the system chooses the colours: its mark, the kind of its line and that line's colour. */
  const signOf = (seatId: string) =>
    page.evaluate<string>(`(() => {
      const seat = document.querySelector('[data-seat="${seatId}"]');
      const { borderTopStyle, borderTopColor } = getComputedStyle(seat, '::before');
      const sample = document.body.appendChild(document.createElement('i'));
      const colour = ['Canvas', 'CanvasText', 'Highlight'].find((name) => {
        sample.style.color = name;
        return getComputedStyle(sample).color === borderTopColor;
      });
      sample.remove();
      return [seat.dataset.mark.replace(/^\\d+$/, 'number'), borderTopStyle, colour].join(' ');
    })()`);
  const expectSigns = (seatIds: string[], signs: string[]) =>
    expectShown.poll(() => Promise.all(seatIds.map(signOf))).toEqual(signs);
  const expectWithinItsWidth = () =>
    expectShown.poll(() => page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);

  test.each([
    [1440, 'light'],
    [768, 'dark'],
    [390, 'light'],
    [390, 'dark'],
    [390, 'forced'],
  ] as const)('shows the events, one event and its map: %s px wide, %s colours', async (width, colours) => {
    await eventpro.putEvent('demo', { ...(await layout()), blocked: ['T-1'], accessible: ['T-2'] });
    await eventpro.buy({ seats: ['A-2'] });
    const scheme = colours === 'forced' ? ({ forcedColors: 'active' } as const) : { colorScheme: colours };
    await open('', { viewport: { width, height: 900 }, ...scheme });
    await page.getByRole('link', { name: demoEvent.name }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await expectWithinItsWidth();

    await page.getByRole('link', { name: demoEvent.name }).click();
    await page.locator('[data-seat="A-2"][data-status="SOLD"]').waitFor();

    await expectShown(page.locator('[data-seat]')).toHaveCount(324);
    expect(await accessibilityProblems(page)).toEqual([]);
    await expectWithinItsWidth();
    if (colours !== 'forced') return;
    // Of premium, standard and value; sold, blocked, accessible.
    await expectSigns(
      ['A-1', 'F-1', 'T-3', 'A-2', 'T-1', 'T-2'],
      [
        ...['number solid CanvasText', 'number double CanvasText', 'number dotted CanvasText'],
        ...['× solid Canvas', '× dotted Canvas', '♿\ufe0e dotted CanvasText'],
      ],
    );
    await page.getByRole('radio', { name: 'Block seats' }).check();
    expect(await accessibilityProblems(page)).toEqual([]);
    await expectSigns(
      ['A-2', 'T-1', 'T-2'],
      [...['× solid Canvas', '✓ dotted Highlight', '♿\ufe0e dotted CanvasText']],
    );
  });

  test('is nobody’s who is not signed in, and whoever reloads it stays signed in', async () => {
    await openEvent();
    await page.reload();
    await page.locator('[data-seat]').first().waitFor();

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.reload();

    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await expectShown(page.locator('[data-seat]')).toHaveCount(0);
  });

  test('creates an event whose map is seen while its rows are typed', async () => {
    await openNew('gala');
    await page.getByLabel('Time zone').fill('Europe/Berlin');
    await page.getByLabel('Price', { exact: true }).fill('12.50');

    await page.getByLabel('Rows', { exact: true }).fill('A 3 standard\nC 2 standard');
    await page.locator('[data-seat="C-2"]').waitFor();
    await expectShown(page.locator('[data-seat]')).toHaveCount(5);
    await save();
    await page.getByRole('heading', { level: 1, name: 'Gala' }).waitFor();

    expect(await layout('gala')).toMatchObject({
      ...{ name: 'Gala', venue: 'Hall', startsAt: '2100-06-01T18:00:00Z', timeZone: 'Europe/Berlin' },
      tiers: [{ tier: 'standard', price: 1250 }],
      sections: [
        {
          rows: [
            { row: 'A', seats: 3 },
            { row: 'C', seats: 2 },
          ],
        },
      ],
    });
  });

  test('does not replace an event that is there by a new one', async () => {
    await openNew('demo');
    await save();

    await page.getByText('There is an event with this id already.').waitFor();

    expect((await layout()).name).toBe(demoEvent.name);
  });

  test('says what the API says beside the field, goes there, and keeps what is typed', async () => {
    await openEvent();
    await page.getByLabel('Venue', { exact: true }).fill('');
    await page.getByLabel('Price', { exact: true }).nth(1).fill('12.345');
    await page.getByLabel('Rows', { exact: true }).nth(1).fill('G 18 premium\nH many standard');
    await page.getByLabel('Starts', { exact: true }).fill('2027-03-28T02:30');
    await save();
    await told('Not saved.');

    await expectShown(page.locator('.mistake:not(:empty)')).toHaveText([
      /too short/,
      'must be number.',
      'Row H: seats must be number.',
    ]);
    await expectShown(page.getByLabel('Venue', { exact: true })).toBeFocused();
    expect(await accessibilityProblems(page)).toEqual([]);

    // Times are looked at once the rest is right: this one the clocks leave out.
    await page.getByLabel('Venue', { exact: true }).fill('Hall');
    await page.getByLabel('Price', { exact: true }).nth(1).fill('12.34');
    await page.getByLabel('Rows', { exact: true }).nth(1).fill('G 18 premium\nH 18 standard');
    await save();
    await page.getByText('is left out when').waitFor();
    await page.getByLabel('Offset of starts').selectOption('+02:00');
    await save();
    await told('Saved.');

    expect(await layout()).toMatchObject({ venue: 'Hall', startsAt: '2027-03-28T00:30:00Z' });
  });

  test('blocks seats and marks accessible ones by keyboard alone; what is sold stays', async () => {
    await eventpro.buy({ seats: ['A-2'] });
    await openEvent();
    await page.locator('[data-seat="A-2"][data-status="SOLD"]').waitFor();

    await page.getByRole('radio', { name: 'As buyers see it' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.locator('[data-seat="A-1"]').focus();
    for (const key of ['Space', 'ArrowRight', 'Space', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
    await page.locator('[data-seat="B-2"][aria-selected="true"]').waitFor();
    await page.getByRole('radio', { name: 'Block seats' }).focus();
    await page.keyboard.press('ArrowRight');
    // The focus stays while one after another is marked.
    await page.locator('[data-seat="B-2"]').focus();
    for (const key of ['ArrowRight', 'Space', 'ArrowRight', 'Space']) await page.keyboard.press(key);
    await page.locator('[data-seat="B-4"][aria-selected="true"]').waitFor();
    await page.keyboard.press('Space');
    await page.getByLabel('Row', { exact: true }).selectOption('T');
    await page.getByRole('button', { name: 'Mark the row', exact: true }).press('Enter');
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByText('324 seats, 2 blocked, 17 accessible.').waitFor();
    await page.getByRole('button', { name: 'Save' }).press('Enter');
    await told('Saved.');

    const { blocked, accessible } = await layout();
    expect(blocked).toEqual(['A-1', 'B-2']);
    expect(accessible).toHaveLength(17);
    expect(accessible).toContain('B-3');
    expect(await eventpro.seatStatus('B-2')).toBe('BLOCKED');
    expect(await eventpro.seatStatus('A-2')).toBe('SOLD');
  });

  test('takes over what another organiser has saved meanwhile, and says so', async () => {
    await openEvent();
    await page.getByLabel('Name').fill('Mine');
    await page.getByLabel('Venue', { exact: true }).fill('My hall');
    const theirs = { ...(await layout()), venue: 'Their hall', doorsOpenAt: undefined, blocked: ['A-1'] };
    await eventpro.putEvent('demo', theirs);

    await save();
    await told('Not saved yet.');

    const others = page.locator('.others');
    await others.getByText('Blocked seats: 0 before, 1 now').waitFor();
    await others.getByText('Venue: “Meridian Hall” before, “Their hall” now').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    expect((await layout()).name).toBe(demoEvent.name);
    await save();
    await told('Saved.');
    expect(await layout()).toMatchObject({ name: 'Mine', venue: 'My hall', blocked: ['A-1'] });
  });

  test('tells buyers of a new start only when it is asked to', async () => {
    const { purchaseId } = await eventpro.buy({ seats: ['A-2'] });
    await eventpro.emailAbout(purchaseId);
    await openEvent();
    const tell = page.getByRole('checkbox', { name: 'Tell every buyer' });
    await expectShown(tell).toBeHidden();
    await page
      .getByLabel('Doors open', { exact: true })
      .fill((await page.getByLabel('Starts', { exact: true }).inputValue()).replace('20:00', '19:00'));
    await tell.check();
    const sent = page.waitForRequest((request) => request.method() === 'PUT');
    await save();

    expect((await sent).url()).toMatch(/\?notify=buyers$/);
    await told('Saved. Buyers are being told.');
  });

  test('what is not saved is there again after a look elsewhere', async () => {
    await openEvent();
    await page.getByLabel('Name').fill('Not saved yet');
    await page.getByRole('link', { name: 'Organiser’s desk' }).click();
    await page.getByRole('link', { name: demoEvent.name }).click();

    await page.locator('[data-seat]').first().waitFor();
    await expectShown(page.getByLabel('Name')).toHaveValue('Not saved yet');
    await page.getByRole('button', { name: 'Undo all changes' }).click();
    await expectShown(page.getByLabel('Name')).toHaveValue(demoEvent.name);
  });

  test.each(['light', 'dark'] as const)(
    'tells what is sold, held, free and blocked, and what was paid, by tier and by section: %s',
    async (colorScheme) => {
      await eventpro.putEvent('demo', { ...(await layout()), blocked: ['T-16'] });
      await eventpro.buy({ seats: ['A-1', 'E-1'] });
      await eventpro.buy({ seats: ['A-5'], paymentMethod: 'pm_card_authenticationRequired' });
      const { purchaseId } = await eventpro.buy({ seats: ['T-1'] });
      await eventpro.cancel(purchaseId, { reason: 'ORGANISER', refund: { amount: 4_000 } });
      await open('#/events/demo/sales', { colorScheme });

      const figures = (title: string) =>
        page.getByRole('region', { name: title, exact: true }).locator('tbody tr, tfoot tr');

      await expectShown(figures('By price tier')).toHaveText(
        [
          'premium €120 1 1 96 0 €120',
          'standard €80 1 0 109 0 €80',
          'value €45 0 0 115 1 €5',
          'All 2 1 320 1 €205',
        ],
        { useInnerText: true },
      );
      await expectShown(figures('By section').last()).toHaveText('All 2 1 320 1', { useInnerText: true });
      expect(await accessibilityProblems(page)).toEqual([]);
    },
  );

  describe('the purchases of an event', () => {
    const purchase = (reference: string) => page.locator(`[data-reference="${reference}"]`);
    const dialog = () => page.getByRole('dialog');

    test('are found by what the organiser knows, without an id that opens them', async () => {
      const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });
      await eventpro.buy({ seats: ['B-1'], buyer: { name: 'Bob', email: 'bob@example.com' } });
      const reference = referenceOf(purchaseId);
      await open('#/events/demo/purchases');
      await page.getByText('2 purchases.').waitFor();

      for (const [label, value] of [
        ['Reference', reference.toLowerCase()],
        ['Seat', 'a-1'],
        ['E-mail', 'ann@example.com'],
      ] as const) {
        await page.getByLabel(label, { exact: true }).fill(value);
        await page.getByLabel(label, { exact: true }).press('Enter');
        await page.getByText('1 purchase.').waitFor();
        await purchase(reference).waitFor();
        await page.getByLabel(label, { exact: true }).fill('');
      }
      await page.getByLabel('Reference', { exact: true }).fill('x');
      await page.getByRole('button', { name: 'Find' }).click();
      await page.getByText('is no reference').waitFor();

      expect(await page.content()).not.toContain(purchaseId);
      expect(await accessibilityProblems(page)).toEqual([]);
    });

    test.each([
      [1440, 'light'],
      [390, 'dark'],
    ] as const)('are cancelled for a part of the money: %s px wide, %s', async (width, colorScheme) => {
      const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });
      const reference = referenceOf(purchaseId);
      await open('#/events/demo/purchases', { viewport: { width, height: 900 }, colorScheme });
      await purchase(reference).getByRole('button', { name: 'Cancel the purchase' }).click();
      expect(await accessibilityProblems(page)).toEqual([]);
      await expectWithinItsWidth();

      await dialog().getByLabel('Why').selectOption('ORGANISER');
      await dialog().getByLabel('Give back').fill('999');
      await dialog().getByRole('button', { name: 'Cancel the purchase' }).click();
      await dialog().locator('.mistake').getByText('is more than the price').waitFor();
      await dialog().getByLabel('Give back').fill('100');
      await dialog().getByLabel('Give back').press('Enter');
      await purchase(reference).getByText('We have to: €100 back.').waitFor();

      expect(await eventpro.purchase(purchaseId)).toMatchObject({
        ...{ status: 'CANCELLED', cancellation: { reason: 'ORGANISER', refund: { amount: 10_000 } } },
      });
      await expectShown(purchase(reference).getByRole('button')).toHaveCount(0);
      expect(await accessibilityProblems(page)).toEqual([]);
    });

    test('get their tickets again, at another address if it was wrong', async () => {
      const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });
      await eventpro.emailAbout(purchaseId);
      await open('#/events/demo/purchases');
      await page.getByRole('button', { name: 'Send the tickets again' }).click();
      await dialog().getByLabel('To', { exact: true }).fill('no address');
      await dialog().getByRole('button', { name: 'Send' }).click();
      await dialog().locator('.mistake').getByText('must be').waitFor();
      expect(await accessibilityProblems(page)).toEqual([]);

      await dialog().getByLabel('To', { exact: true }).fill('lee@example.com');
      await dialog().getByRole('button', { name: 'Send' }).click();

      await page.getByText('Ann Lee · lee@example.com').waitFor();
      await eventually(
        async () => (await eventpro.emailsAbout(purchaseId)).find(({ to }) => to === 'lee@example.com'),
        'the tickets at the new address',
        PATIENCE,
      );
    });

    test('are saved as a table', async () => {
      await eventpro.buy({ seats: ['A-1'] });
      await open('#/events/demo/purchases');
      await page.getByText('1 purchase.').waitFor();
      const downloading = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Save all as a table' }).click();
      const download = await downloading;

      expect(download.suggestedFilename()).toBe('purchases-demo.csv');
      const lines = readFileSync(await download.path(), 'utf8')
        .trimEnd()
        .split(/\r?\n/);
      expect(lines).toHaveLength(2);
      expect(lines[1]).toContain('ann@example.com');
    });
  });

  test('the console shows the records of a purchase that was cancelled by its reference', async () => {
    const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });
    await eventpro.cancel(referenceOf(purchaseId), { reason: 'ORGANISER' });
    await open('');
    await page.goto(`${eventpro.url}/console/#/executions`);
    await page
      .getByText(/^A-1 · cancelled/)
      .first()
      .click();

    await page.locator('[data-sheet="Purchase record"]').getByText('CANCELLED').first().waitFor();
  });

  describe('an event is cancelled', () => {
    /** It waits between its passes, and before it tries again what failed: the clock goes on meanwhile. */
    const waitsFor = (shown: Locator) =>
      eventually(
        async () => {
          await eventpro.advanceClock(60);
          await page.waitForTimeout(500);
          return (await shown.count()) > 0 || undefined;
        },
        String(shown),
        2 * PATIENCE,
      );

    test('once its name is typed, and is followed until all is done', async () => {
      const bought = await Promise.all(['A-1', 'B-1', 'C-1'].map((seat) => eventpro.buy({ seats: [seat] })));
      await open('#/events/demo/cancellation');
      const act = page.getByRole('button', { name: 'Cancel the event' });
      await page.getByLabel('What the buyers are told').fill('The singer is ill.');
      await page.getByLabel('The name of the event').fill('The Late');
      await act.click();
      await page.getByText('Type the name as it is').waitFor();
      expect(await accessibilityProblems(page)).toEqual([]);
      expect((await eventpro.purchase(bought[0]!.purchaseId)).status).toBe('CONFIRMED');

      await page.getByLabel('What the buyers are told').fill('');
      await page.getByLabel('The name of the event').fill(demoEvent.name);
      await act.click();
      await page.locator('.mistake').getByText('is too short').waitFor();
      await page.getByLabel('What the buyers are told').fill('The singer is ill.');
      await act.click();
      await waitsFor(page.locator('.notice', { hasText: 'Done: everything is cancelled' }));

      await expectShown(page.locator('.figures')).toHaveText(
        'Purchases 3 Cancelled 3 Still to come 0 Failed so far 0',
        { useInnerText: true },
      );
      for (const { purchaseId } of bought) {
        expect((await eventpro.purchase(purchaseId)).status).toBe('CANCELLED');
      }
      expect(await accessibilityProblems(page)).toEqual([]);
      await page.getByRole('link', { name: 'Event and map' }).click();
      await page.getByLabel('Name').fill('Again');
      await save();
      await told('Not saved.');
    });

    test('with what failed: a bank that does not take the money back', async () => {
      const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });
      const [payment] = await eventpro.payments(purchaseId);
      // What is charged back cannot be refunded.
      await eventpro.dispute(payment!.paymentIntentId);
      await open('#/events/demo/cancellation', { colorScheme: 'dark' });
      await page.getByLabel('What the buyers are told').fill('The hall burned down.');
      await page.getByLabel('The name of the event').fill(demoEvent.name);
      await page.getByRole('button', { name: 'Cancel the event' }).click();

      const refused = page.locator('.failures li', { hasText: referenceOf(purchaseId) });
      await waitsFor(refused);
      await expectShown(refused).toContainText('The bank does not take the money back.');
      expect(await accessibilityProblems(page)).toEqual([]);
    });
  });
});
