import { type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { openBrowser } from '../../harness/browser';
import { type LayoutAnswer } from '../../lambda/event/event-answers';
import demoEvent from '../../web/demo-event.json';
import { useLocalRun } from '../support/local-run';
import { accessibilityProblems } from './accessibility';
import { describeInBrowser } from './describe-in-browser';

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
  const layout = async (eventId = 'demo') =>
    (await eventpro.signed<LayoutAnswer>('GET', `/api/events/${eventId}/layout`)).body;
  const save = () => page.getByRole('button', { name: 'Save' }).click();
  const told = (words: string) => page.locator('.notice').getByText(words).waitFor();
  const isWithinItsWidth = () => page.evaluate('document.documentElement.scrollWidth <= innerWidth');

  test.each([
    [1440, 'light'],
    [768, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const)('shows the events, one event and its map: %s px wide, %s', async (width, colorScheme) => {
    await open('', { viewport: { width, height: 900 }, colorScheme });
    await page.getByRole('link', { name: demoEvent.name }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(await isWithinItsWidth()).toBe(true);

    await page.getByRole('link', { name: demoEvent.name }).click();
    await page.locator('[data-seat="T-16"]').waitFor();

    expect(await page.locator('[data-seat]').count()).toBe(324);
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(await isWithinItsWidth()).toBe(true);
  });

  test('is nobody’s who is not signed in, and whoever reloads it stays signed in', async () => {
    await openEvent();
    await page.reload();
    await page.locator('[data-seat]').first().waitFor();

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.reload();

    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(await page.locator('[data-seat]').count()).toBe(0);
  });

  test('creates an event whose map is seen while its rows are typed', async () => {
    await open('#/events/+');
    await page.getByLabel('Id of the event').fill('gala');
    await page.getByLabel('Name').fill('Gala');
    await page.getByLabel('Venue', { exact: true }).fill('Hall');
    await page.getByLabel('Starts', { exact: true }).fill('2100-06-01T20:00');
    await page.getByLabel('Time zone').fill('Europe/Berlin');
    await page.getByLabel('Price', { exact: true }).fill('12.50');

    await page.getByLabel('Rows', { exact: true }).fill('A 3 standard\nB 2 standard');
    await page.locator('[data-seat="B-2"]').waitFor();
    expect(await page.locator('[data-seat]').count()).toBe(5);
    await save();
    await page.getByRole('heading', { level: 1, name: 'Gala' }).waitFor();

    expect(await layout('gala')).toMatchObject({
      ...{ name: 'Gala', venue: 'Hall', startsAt: '2100-06-01T18:00:00Z', timeZone: 'Europe/Berlin' },
      tiers: [{ tier: 'standard', price: 1250 }],
      sections: [
        {
          rows: [
            { row: 'A', seats: 3 },
            { row: 'B', seats: 2 },
          ],
        },
      ],
    });
  });

  test('does not replace an event that is there by a new one', async () => {
    await open('#/events/+');
    await page.getByLabel('Id of the event').fill('demo');
    await page.getByLabel('Name').fill('Another');
    await page.getByLabel('Venue', { exact: true }).fill('Hall');
    await page.getByLabel('Starts', { exact: true }).fill('2100-06-01T20:00');
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

    expect(await page.locator('.mistake:not(:empty)').allTextContents()).toEqual([
      expect.stringContaining('too short'),
      'must be number.',
      'Row H: seats must be number.',
    ]);
    expect(await page.evaluate('document.activeElement.labels[0].textContent')).toBe('Venue');
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
    await page.getByLabel('Row', { exact: true }).selectOption('T');
    await page.getByRole('button', { name: 'Mark the row', exact: true }).press('Enter');
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByText('324 seats, 2 blocked, 16 accessible.').waitFor();
    await page.getByRole('button', { name: 'Save' }).press('Enter');
    await told('Saved.');

    const { blocked, accessible } = await layout();
    expect(blocked).toEqual(['A-1', 'B-2']);
    expect(accessible).toHaveLength(16);
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
    expect(await tell.isHidden()).toBe(true);
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
    expect(await page.getByLabel('Name').inputValue()).toBe('Not saved yet');
    await page.getByRole('button', { name: 'Undo all changes' }).click();
    expect(await page.getByLabel('Name').inputValue()).toBe(demoEvent.name);
  });
});
