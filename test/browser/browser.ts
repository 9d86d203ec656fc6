import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** The browser of the system; `CHROMIUM_PATH` names another one. */
const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/** Root has no sandbox, and a test run has no use for what a browser does by itself. */
const ARGUMENTS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/** `describe`, where there is a browser; elsewhere its tests are skipped, and the run says why. */
export const describeInBrowser: (name: string, body: () => void) => void = (name, body) => {
  if (existsSync(CHROMIUM)) return describe(name, body);
  process.stderr.write(`Skipped: ${name}. There is no Chromium at ${CHROMIUM}: set CHROMIUM_PATH.\n`);
  describe.skip(name, body);
};

export async function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, headless: true, args: ARGUMENTS });
}
