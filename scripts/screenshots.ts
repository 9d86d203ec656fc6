import { statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Page } from 'playwright-core';
import { startLocalRun } from '../bin/local-run';
import { synthesize } from '../local/cloudformation/synthesize';
import { openBrowser } from '../harness/browser';
import { messageOf } from '../local/aws/error-message';
import { bypassProxyOnThisMachine } from '../local/http/proxy-bypass';

const PROJECT = join(__dirname, '..');
const IMAGES = join(PROJECT, 'docs', 'images');

const SOLD = [
  'A-9',
  'A-10',
  'A-11',
  'A-12',
  'B-7',
  'B-8',
  'C-14',
  'D-9',
  'D-10',
  'E-3',
  'E-4',
  'G-9',
  'G-10',
];

const HELP = `Usage: npm run screenshots

Takes the pictures of docs/images anew, from a local run of its own. Needs Chromium: CHROMIUM_PATH names one in an unusual place.

Options:
  --help    this text
`;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
  if (values.help) return void process.stdout.write(HELP);
  const assemblyDirectory = await mkdtemp(join(tmpdir(), 'screenshots-'));
  await synthesize(PROJECT, assemblyDirectory);
  const run = await startLocalRun({ assemblyDirectory, port: 0, waitScale: 0 });
  const browser = await openBrowser();
  try {
    for (const seats of [SOLD.slice(0, 4), SOLD.slice(4, 8), SOLD.slice(8)]) await buy(run.url, seats);
    const take = async (name: string, width: number, height: number, path: string, prepare?: Prepare) => {
      const hasTouch = width < 500;
      const page = await browser.newPage({ viewport: { width, height }, hasTouch, isMobile: hasTouch });
      const answer = await page.goto(`${run.url}${path}`);
      if (!answer?.ok()) return void process.stdout.write(`${name}: there is no ${path} yet\n`);
      await prepare?.(page);
      const file = join(IMAGES, name);
      await page.screenshot({ path: file, animations: 'disabled' });
      process.stdout.write(`${name}: ${Math.round(statSync(file).size / 1024)} kB\n`);
    };
    await take('storefront.png', 1440, 1160, '/', chooseSeats);
    await take('storefront-phone.png', 390, 844, '/', async (page) => {
      await chooseSeats(page);
      await page.evaluate(`document.querySelector('#legend').scrollIntoView({ behavior: 'instant' })`);
    });
    await take('desk.png', 1440, 1060, '/desk/', blockARow);
    await breakATicket(run.url);
    await take('console.png', 1440, 1060, '/console', async (page) => {
      await page.getByText('ticket failed').first().click();
      await page.getByRole('heading', { name: 'State machine' }).waitFor();
      await page.getByText('Purchase record').waitFor();
      await page.evaluate('document.fonts.ready');
    });
  } finally {
    await browser.close();
    await run.close();
    await rm(assemblyDirectory, { recursive: true });
  }
}

type Prepare = (page: Page) => Promise<unknown>;

async function chooseSeats(page: Page): Promise<void> {
  for (const seatId of ['C-9', 'C-10', 'C-11']) await page.locator(`[data-seat="${seatId}"]`).click();
  await page.evaluate('window.scrollTo(0, 0)');
}

/** The demo event at the organiser's desk, while a row is blocked. */
async function blockARow(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.goto(`${page.url()}#/events/demo`);
  await page.locator('[data-status="SOLD"]').first().waitFor();
  await page.getByRole('radio', { name: 'Block seats' }).check();
  await page.getByLabel('Row', { exact: true }).selectOption('F');
  await page.getByRole('button', { name: 'Mark the row', exact: true }).click();
  await page.locator('[data-seat="F-20"][aria-selected="true"]').waitFor();
}

/** A purchase whose ticket cannot be made, for the console to tell. */
async function breakATicket(url: string): Promise<void> {
  const fault = { method: 'PUT', body: '{"mode":"fail-before","times":1}' };
  await fetch(`${url}/local/faults/GenerateTicket`, fault);
  await buy(url, ['C-2', 'C-3'], 503);
}

async function buy(url: string, seats: readonly string[], expected = 201): Promise<void> {
  const response = await fetch(`${url}/api/purchases`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() },
    body: JSON.stringify({
      ...{ eventId: 'demo', seats, paymentMethod: 'pm_card_visa' },
      buyer: { name: 'Ann Lee', email: 'ann@example.com' },
    }),
  });
  if (response.status !== expected) throw new Error(await response.text());
}

bypassProxyOnThisMachine();
main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
});
