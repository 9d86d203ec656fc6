import { readFileSync } from 'node:fs';
import { type Browser, type Locator, type Page, type Route } from 'playwright-core';
import { type ExecutionRecord } from '../../local/step-functions/execution-history';
import { eventually } from '../../harness/eventpro-client';
import { useLocalRun } from '../support/local-run';
import { openBrowser } from '../../harness/browser';
import { loadAxe } from './accessibility';
import { describeInBrowser } from './describe-in-browser';
import { expectShown } from './expect-shown';

const DESKTOP = { width: 1440, height: 1000 };

describeInBrowser('the saga console', () => {
  const eventpro = useLocalRun();
  let browser: Browser;
  let page: Page;
  /** What the page has to complain of. */
  let mistakes: string[];

  // One page for all: what a test leaves behind in it, a person would find too.
  beforeAll(async () => {
    browser = await openBrowser();
    page = await browser.newPage({ viewport: DESKTOP });
    page.setDefaultTimeout(60_000);
    page.on('pageerror', (error) => mistakes.push(String(error)));
    page.on('console', (message) => {
      // A purchase that is refused is an answer: the browser notes its status and nothing is wrong.
      const refused = message.location().url.endsWith('/api/purchases');
      if (['error', 'warning'].includes(message.type()) && !refused) mistakes.push(message.text());
    });
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    mistakes = [];
    await eventpro.reset();
    await page.setViewportSize(DESKTOP);
    // What moves costs the browser more than what it shows.
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    await open('executions');
    await page.getByText('No execution yet.').waitFor();
  });
  afterEach(() => expect(mistakes).toEqual([]));

  test('the list is live: a purchase made elsewhere appears in words, its filters count it', async () => {
    await eventpro.buy({ seats: ['A-12', 'A-13'] });
    await eventpro.buy({ seats: ['B-1'], paymentMethod: 'pm_card_chargeDeclined' });
    await eventpro.buy({ seats: ['A-12'] });

    await expectShown(rows().locator('.summary')).toHaveText([
      'A-12 · seat unavailable',
      'B-1 · payment declined · seats released',
      'A-12, A-13 · confirmed · €240.00',
    ]);
    await page.getByRole('button', { name: 'Declined 1' }).click();
    await expectShown(rows().locator('.summary')).toHaveText(['B-1 · payment declined · seats released']);
    await page.getByRole('button', { name: 'Died 0' }).click();
    await page.getByText('No execution with this outcome.').waitFor();
    await page.getByRole('button', { name: 'All 3' }).click();
    await expectShown(rows()).toHaveCount(3);
    await page.getByText('The last 1,000 executions are kept.').waitFor();
  });

  test.each([
    ['ReserveSeat', 'fail-before', '', 'A-1 · reservation failed · seats released'],
    ['ReserveSeat', 'fail-after', '', 'A-1 · reservation failed · seats released'],
    ['ProcessPayment', 'timeout', '', 'A-1 · payment failed · payment undone · seats released'],
    ['ProcessPayment', 'fail-after', 'PaymentGatewayTimeout', 'A-1 · confirmed · €120.00'],
    ['GenerateTicket', 'fail-before', 'Broken', 'A-1 · ticket failed · payment undone · seats released'],
    ['GenerateTicket', 'fail-after', '', 'A-1 · confirmed · €120.00'],
    ['SendConfirmation', 'fail-before', '', 'A-1 · confirmed · €120.00 · confirmation not sent'],
  ])('a fault armed here: %s %s %s, then a purchase: %s', async (state, mode, error, summary) => {
    await page.getByLabel(`${state}: fault`).selectOption(mode);
    await page.locator('#armed', { hasText: `Armed: ${state} ${mode}` }).waitFor();
    if (error) {
      await page.getByLabel(`${state}: error`).fill(error);
      await page.getByLabel(`${state}: error`).press('Tab');
      await page.getByLabel(`${state}: how often`).selectOption('1');
      await page.locator('#armed', { hasText: '×1' }).waitFor();
    }
    const armed = (await eventpro.request('GET', '/local/faults')).body;
    await page.getByRole('button', { name: 'Buy', exact: true }).click();

    await expectShown(rows().locator('.summary')).toHaveText([summary]);
    expect(armed).toEqual({ [state]: { mode, ...(error && { error, times: 1 }) } });
    // Used up, or disarmed by hand: the badge says so.
    await page.getByLabel(`${state}: fault`).selectOption('');
    await page.locator('#armed', { hasText: 'No fault armed' }).waitFor();
    expect((await eventpro.request('GET', '/local/faults')).body).toEqual({});
  });

  test('a fault of a compensation is escalated, and all are disarmed at once', async () => {
    for (const state of ['ReleaseSeat', 'RefundPayment', 'GenerateTicket']) {
      await page.getByLabel(`${state}: fault`, { exact: true }).selectOption('fail-before');
    }
    await page.locator('#armed', { hasText: 'GenerateTicket' }).waitFor();
    await page.getByRole('button', { name: 'Buy', exact: true }).click();

    await expectShown(rows().locator('.summary')).toHaveText([
      'A-1 · outcome unknown · payment not undone · seats not released',
    ]);
    await page.getByRole('button', { name: 'Disarm all' }).click();
    await page.locator('#armed', { hasText: 'No fault armed' }).waitFor();
  });

  test('what the server refuses is told until something works, and nothing looks as if it had been done', async () => {
    await open('lab');
    const fault = page.getByLabel('ReserveSeat: fault');
    const change = (route: Route) => route.continue({ postData: '{"mode":"never"}' });
    await page.route('**/local/faults/ReserveSeat', change);

    await fault.selectOption('fail-before');
    await page.getByRole('alert').filter({ hasText: 'mode' }).waitFor();

    await expectShown(fault).toHaveValue('');
    expect((await eventpro.request('GET', '/local/faults')).body).toEqual({});
    expect(await violations()).toEqual([]);
    await page.unroute('**/local/faults/ReserveSeat', change);
    await fault.selectOption('timeout');
    await page.getByRole('alert').waitFor({ state: 'hidden' });
    // The refusal, in the browser's own words.
    expect(mistakes.splice(0)).toEqual([expect.stringContaining('400')]);
  });

  test('the graph shows the way that the event log tells, its retries, compensations and the failed state', async () => {
    await eventpro.setFault('ProcessPayment', {
      ...{ mode: 'fail-before', error: 'PaymentGatewayTimeout', times: 2 },
    });
    await eventpro.setFault('GenerateTicket', { mode: 'fail-before' });
    const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });
    const execution = await eventpro.executionOf(purchaseId);

    await open(`executions/${execution.id}`);

    await node('TicketFailed Fail, failed').waitFor();
    const told = wayOf(execution);
    await expectShown.poll(drawnStates).toEqual(told.states);
    await expectShown.poll(drawnEdges).toEqual(told.edges);
    expect(told.edges).toContain('GenerateTicket → RefundPayment');
    await node('ProcessPayment Task 2 retries, succeeded').waitFor();
    await node('RefundPayment compensation, succeeded').waitFor();
    await node('ReleaseSeat compensation, succeeded').waitFor();
    await node('SendConfirmation Task, not visited').waitFor();
    // What failed first is opened; another state by the keyboard.
    await page.getByRole('heading', { name: 'GenerateTicket' }).waitFor();
    await node('ProcessPayment Task 2 retries, succeeded').press('Enter');
    const inspector = page.getByRole('region', { name: 'ProcessPayment', exact: true });
    await inspector.getByText('2 failed attempts').waitFor();
    await expectShown(inspector.getByRole('region', { name: 'Input' })).toContainText(purchaseId);
    await expectShown(inspector.getByRole('region', { name: 'Output' })).toContainText(purchaseId);
    await expectShown(inspector.locator('.attempts li')).toHaveText([
      /^1\. PaymentGatewayTimeout Injected fault .* retried after/,
      /^2\. PaymentGatewayTimeout Injected fault .* retried after/,
    ]);
    const log = page.getByRole('region', { name: 'Event log' }).locator('tbody tr');
    await expectShown
      .poll(() => log.evaluateAll((rows) => rows.map((row) => row.getAttribute('data-event'))))
      .toEqual(execution.events.map(({ type }) => type));
    await expectShown(page.locator('.waterfall tbody tr')).toHaveCount(told.states.length);
    // A row opens to all that its event says, and closes.
    const first = page.getByRole('button', { name: /^Event 1, / });
    await first.press('Enter');
    const whole = page.getByRole('region', { name: 'Event 1, whole' });
    await expectShown
      .poll(async () => JSON.parse((await whole.textContent())!) as unknown)
      .toEqual(execution.events[0]);
    await expectShown(first).toHaveAttribute('aria-expanded', 'true');
    expect(await violations()).toEqual([]);
    await first.press('Enter');
    await whole.waitFor({ state: 'detached' });
  });

  test('a purchase that waits for its buyer is neither sold nor failed; its executions lead to each other', async () => {
    const { purchaseId } = await eventpro.buy({
      ...{ seats: ['A-1'], paymentMethod: 'pm_card_authenticationRequired' },
    });
    await expectShown(rows().locator('.summary')).toHaveText(['A-1 · the bank asks for the buyer · €120.00']);
    await page.getByRole('button', { name: 'Waiting 1' }).click();
    await rows().getByText('waiting for the buyer', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'All 1' }).click();
    await rows().getByText('waiting for the buyer', { exact: true }).click();
    await node('AuthenticationRequired Pass, waits for an answer').waitFor();
    await sheet('Purchase record').getByText('AWAITING_AUTHENTICATION', { exact: true }).waitFor();
    await sheet('Purchase record').getByText('Bank waits until').waitFor();
    expect(await violations()).toEqual([]);

    const [payment] = await eventpro.payments(purchaseId);
    const bank = `/local/payments/${payment!.paymentIntentId}/authentication`;
    await eventpro.request('POST', bank, { body: '{"outcome":"succeeded"}' });
    await eventpro.request('POST', `/api/purchases/${purchaseId}/authentication`, {
      ...{ headers: { 'content-type': 'application/json' }, body: '{}' },
    });
    await page.getByRole('link', { name: 'CheckoutSaga: confirmed' }).click();
    await page.getByRole('heading', { name: 'A-1 · confirmed · €120.00' }).waitFor();
    await node('ResumePurchase Task, succeeded').waitFor();
    await page.getByRole('link', { name: 'CheckoutSaga: the bank asks for the buyer' }).click();

    await page.getByRole('heading', { name: 'A-1 · the bank asks for the buyer' }).waitFor();
  });

  test('an execution that was killed: what it left behind, and how recovery settles it', async () => {
    await page.getByRole('button', { name: 'Kill an execution' }).click();
    await page.getByRole('heading', { name: 'A-1 · died after ProcessPayment' }).waitFor();
    await sheet('Seats').getByText('held until').waitFor();
    await sheet('Purchase record').getByText('PENDING', { exact: true }).waitFor();
    const broken = page.locator('.edge[data-broken]');
    await expectShown(broken).toHaveAttribute('data-to', 'GenerateTicket');

    await page.getByRole('button', { name: 'Fast-forward 7 minutes' }).click();
    await page.getByRole('link', { name: 'RecoveryWorkflow: recovered' }).waitFor();
    await sheet('Seats').getByText('not held by this purchase').waitFor();
    await sheet('Purchase record').getByText('FAILED', { exact: true }).waitFor();
    await sheet('Payment').locator('dd', { hasText: '€120.00' }).nth(1).waitFor();
    await page.locator('#clock[data-ahead]', { hasText: '+7 min' }).waitFor();

    await page.getByRole('link', { name: 'RecoveryWorkflow: recovered' }).click();
    await page.getByRole('heading', { name: 'A-1 · recovered · payment undone · seats released' }).waitFor();
    const [recovery] = await eventpro.executions();
    await expectShown.poll(drawnEdges).toEqual(wayOf(await eventpro.execution(recovery!.id)).edges);
    expect(await eventpro.seatStatus('A-1')).toBe('AVAILABLE');
  });

  test('in slow motion an execution is watched, and killed by hand', async () => {
    await page.getByRole('button', { name: '1 s a state' }).click();
    await page.locator('#armed', { hasText: 'slow motion' }).waitFor();
    await page.getByRole('button', { name: 'Buy', exact: true }).click();
    await rows().first().getByRole('link').click();

    await page.locator('.node[data-state="ReserveSeat"][data-status="succeeded"]').waitFor();
    await page.getByRole('button', { name: 'Kill this execution' }).click();

    await page.getByRole('heading', { name: 'A-1 · died after ReserveSeat' }).waitFor();
    expect((await eventpro.executions())[0]).toMatchObject({ status: 'ABORTED', error: 'ExecutionKilled' });
  });

  test('two buyers want one seat: one of them gets it', async () => {
    await page.getByRole('button', { name: 'Two buyers, one seat' }).click();

    await page.locator('.said', { hasText: 'A-1: 1 of 2 buyers got it' }).waitFor();
    const summaries = await eventually(async () => {
      const texts = await rows().locator('.summary').allTextContents();
      return texts.length === 2 && !texts.join().includes('holding') ? texts.sort() : undefined;
    }, 'two executions');
    expect(summaries).toEqual(['A-1 · confirmed · €120.00', 'A-1 · seat unavailable']);
  });

  test('a purchase is replayed with another payload; one that is refused says why', async () => {
    await eventpro.buy({ seats: ['A-1'], paymentMethod: 'pm_card_chargeDeclined' });
    await rows().first().getByRole('link').click();
    await page.getByRole('button', { name: 'Replay' }).click();
    const payload = page.getByRole('textbox', { name: 'Payload' });
    const request = JSON.parse(await payload.inputValue()) as object;

    await payload.fill('{');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByRole('alert').getByText('This is no JSON').waitFor();
    await payload.fill(JSON.stringify({ ...request, seats: [] }));
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByRole('alert').getByText('not valid').waitFor();
    await payload.fill(JSON.stringify({ ...request, paymentMethod: 'pm_card_visa', seats: ['C-3'] }));
    await page.getByRole('button', { name: 'Send', exact: true }).click();

    await page.getByRole('heading', { name: 'C-3 · confirmed' }).waitFor();
    expect(await eventpro.seatStatus('C-3')).toBe('SOLD');
    await sheet('Ticket').getByRole('link', { name: 'open' }).waitFor();
  });

  test('an execution is exported with its definition and its records', async () => {
    const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });
    const execution = await eventpro.executionOf(purchaseId);
    await open(`executions/${execution.id}`);
    await page.getByText('CONFIRMED').first().waitFor();
    // The page learns of payments a moment after the execution.
    await sheet('Payment').locator('dd', { hasText: '€120.00' }).first().waitFor();

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export JSON' }).click(),
    ]);

    const exported = JSON.parse(readFileSync(await download.path(), 'utf8'));
    expect(download.suggestedFilename()).toBe(`execution-${execution.id}.json`);
    expect(exported.execution).toEqual(execution);
    expect(Object.keys(exported.definition.States)).toContain('ReserveSeat');
    expect(
      exported.records.items.map(({ item }: { item: { status: string } }) => item.status).sort(),
    ).toEqual(['CONFIRMED', 'SOLD']);
    expect(exported.payments).toEqual(await eventpro.payments(purchaseId));
  });

  test('a reset is confirmed first, and empties the page', async () => {
    await eventpro.buy({ seats: ['A-1'] });
    await rows().first().waitFor();

    await page.getByRole('button', { name: 'Reset the run' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Reset' }).click();

    await page.getByText('No execution yet.').waitFor();
    expect(await eventpro.executions()).toEqual([]);
  });

  test('the inbox shows a mail as text, as HTML that may do nothing, and raw; payments show their keys', async () => {
    const buyer = { name: 'Ann <b>Lee</b>', email: 'ann@example.com', phone: '+4915112345678' };
    await page.getByRole('link', { name: 'Inbox' }).click();
    await page.getByText('Nothing was sent yet.').waitFor();
    const { purchaseId } = await eventpro.buy({ seats: ['A-1'], buyer });
    await page.locator('.messages li').nth(1).waitFor();

    await page.locator('.messages a', { hasText: 'E-mail' }).click();
    const frame = page.frameLocator('iframe');
    await frame.getByText('Hello Ann <b>Lee</b>').waitFor();
    await expectShown(page.locator('iframe')).not.toHaveAttribute('sandbox', /allow-scripts/);
    await page.getByRole('button', { name: 'Text' }).click();
    await page.locator('.message .text', { hasText: 'your purchase is confirmed.' }).waitFor();
    await page.getByRole('button', { name: 'Raw' }).click();
    await expectShown(page.getByRole('region', { name: 'Raw message' })).toContainText('"html"');
    await page.locator('.messages a', { hasText: 'Text message' }).click();
    await page.locator('.message', { hasText: '+4915112345678' }).waitFor();

    await page.getByRole('link', { name: 'Payments' }).click();
    const [payment] = await eventpro.payments(purchaseId);
    await expectShown(page.locator('.keys li')).toHaveText([...payment!.idempotencyKeys]);
  });

  describe('every view', () => {
    const VIEWS = ['executions', 'executions/<id>', 'durable', 'inbox', 'payments', 'lab'];
    let id: string;

    beforeEach(async () => {
      await eventpro.setFault('GenerateTicket', { mode: 'fail-before', times: 1 });
      const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });
      await eventpro.setFault('ProcessPayment', { mode: 'fail-after', error: 'PaymentGatewayTimeout' });
      await eventpro.request('PUT', '/local/kills/GenerateTicket', { body: '{"times":1}' });
      await eventpro.buy({ seats: ['A-2'] });
      id = (await eventpro.executionOf(purchaseId)).id;
    });

    test.each([
      ['light', 1440],
      ['light', 390],
      ['dark', 1440],
      ['dark', 390],
    ] as const)('passes axe, %s, and fits %i pixels', async (colorScheme, width) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      for (const view of VIEWS) {
        await open(view.replace('<id>', id));
        await page.getByRole('heading').first().waitFor();
        if (view.includes('<id>')) await sheet('Messages').waitFor();

        const where = `${view} at ${width} px`;
        expect([where, await violations()]).toEqual([where, []]);
        expect([where, await overflow()]).toEqual([where, 0]);
        expect([where, await smallTargets()]).toEqual([where, []]);
      }
      const background = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
      const [red = 0] = (/\d+/.exec(background) ?? []).map(Number);
      expect(colorScheme === 'dark' ? red < 64 : red > 192).toBe(true);
    });

    test('what is armed is in sight, also on a phone that is scrolled', async () => {
      await page.setViewportSize({ width: 390, height: 700 });
      await open(`executions/${id}`);
      await page.locator('#armed', { hasText: 'ProcessPayment' }).waitFor();

      await page.mouse.wheel(0, 2_000);

      const { y } = (await page.locator('#armed').boundingBox())!;
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThan(200);
    });
  });

  test('nothing moves for who wants it so, and the first paint comes in well under a second', async () => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await eventpro.buy({ seats: ['A-1'] });
    await page.reload();
    await rows().first().waitFor();

    const animations = await page.evaluate<number>('document.getAnimations().length');
    const paint = await page.evaluate<number>(
      "performance.getEntriesByName('first-contentful-paint')[0].startTime",
    );
    expect(animations).toBe(0);
    expect(paint).toBeLessThan(1_000);
  });

  async function open(view: string): Promise<void> {
    await page.goto(`${eventpro.url}/console/#/${view}`);
    await page.locator('#live[data-live]').waitFor();
  }

  function rows(): Locator {
    return page.getByRole('list', { name: 'Executions' }).getByRole('listitem');
  }

  function node(name: string): Locator {
    return page.getByRole('button', { name, exact: true });
  }

  function sheet(title: string): Locator {
    return page.locator(`[data-sheet="${title}"]`);
  }

  function drawnStates(): Promise<string[]> {
    const visited = page.locator('.node:not([data-status=""])');
    return visited.evaluateAll((nodes) => nodes.map((each) => each.getAttribute('data-state')!).sort());
  }

  function drawnEdges(): Promise<string[]> {
    return page
      .locator('.edge[data-taken]')
      .evaluateAll((edges) =>
        edges.map((edge) => `${edge.getAttribute('data-from')} → ${edge.getAttribute('data-to')}`).sort(),
      );
  }

  async function violations(): Promise<string[]> {
    // As a script of the page's own world it would be refused by the content security policy.
    await loadAxe(page);
    return page.evaluate<string[]>(`axe.run(document, { iframes: false }).then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`);
  }

  function overflow(): Promise<number> {
    return page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
  }

  /** Controls under 24 pixels, links within a sentence apart. */
  function smallTargets(): Promise<string[]> {
    return page.locator('button, select, input, summary, nav a, li > a, .back').evaluateAll((controls) =>
      controls
        .filter((control) => {
          const { width, height } = control.getBoundingClientRect();
          return width > 0 && (width < 24 || height < 24);
        })
        .map(({ outerHTML }) => outerHTML),
    );
  }
});

/** The states and the ways between them, as the event log has them. */
function wayOf({ events }: ExecutionRecord): { states: string[]; edges: string[] } {
  const states = events.filter(({ type }) => type.endsWith('StateEntered')).map(({ state }) => state!);
  const edges = events.flatMap(({ state, next }) => (next ? [`${state} → ${next}`] : []));
  return { states: [...states].sort(), edges: edges.sort() };
}
