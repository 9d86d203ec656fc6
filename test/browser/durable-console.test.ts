import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type Page } from 'playwright-core';
import { DurableCloud, prepare } from '../../conformance/durable-functions/durable-cloud';
import { openBrowser } from '../../harness/browser';
import { controlRoutes } from '../../local/control/control-routes';
import { type HttpServer, listen } from '../../local/http/http-server';
import { staticFiles } from '../../local/http/static-files';
import { PLUGINS } from '../../local/plugins';
import { accessibilityProblems } from './accessibility';
import { describeInBrowser } from './describe-in-browser';
import { expectShown } from './expect-shown';

describeInBrowser('the console of durable executions', () => {
  const directory = mkdtempSync(join(tmpdir(), 'durable-console-'));
  let durable: DurableCloud;
  let http: HttpServer;
  let browser: Browser;
  let page: Page;
  const mistakes: string[] = [];

  beforeAll(async () => {
    prepare(directory);
    durable = await DurableCloud.start(directory, { plugins: PLUGINS });
    http = await listen(0);
    const web = join(__dirname, '..', '..', 'web');
    http.serve([controlRoutes(durable.cloud, () => durable.cloud.reset()), staticFiles(web, () => ({}))]);
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
    page.setDefaultTimeout(60_000);
    page.on('pageerror', (error) => mistakes.push(String(error)));
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  });
  afterAll(async () => {
    await browser?.close();
    await http?.close();
    await durable?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  test('shows what each has done and waits for, as it happens, and what was replayed', async () => {
    const row = (name: string) => page.locator(`tr[data-operation="${name}"]`);
    durable.plan();
    await page.goto(`${http.url}/console/#/durable`);
    await page.getByText('No durable execution yet.').waitFor();

    await durable.begin({ pattern: 'child context' }, { DurableExecutionName: 'told-by-the-console' });
    await page.getByRole('link', { name: 'told-by-the-console' }).click();
    await row('settle').getByText('waits until').waitFor();
    const waiting = await row('fetch').innerText();
    durable.cloud.clock.advance(60);
    await page.locator('.view-header').getByText('succeeded').waitFor();

    expect(
      waiting
        .split('\t')
        .map((text) => text.trim())
        .slice(0, 4),
    ).toEqual(['fetch', 'Step', 'succeeded', '1']);
    await page.getByText('2, of which 1 replay').waitFor();
    await row('save').getByText('succeeded').waitFor();
    await expectShown(page.locator('.scroll[aria-label="Invocations, as a table"] tbody tr')).toHaveCount(2);
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(mistakes).toEqual([]);
  });

  test('says why a step is tried again, and when', async () => {
    durable.plan();
    const event = { pattern: 'retried step', retry: 'by a function', failures: 1 } as const;

    const arn = await durable.begin(event);
    await page.goto(`${http.url}/console/#/durable/${encodeURIComponent(arn)}`);

    const call = page.locator('tr[data-operation="call"]');
    await call.getByText('NetworkError: unreachable').waitFor();
    await expectShown(call).toHaveText(/pending\s*1.*retried at/);
  });
});
