import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where Debian, Ubuntu, Chrome's own package and macOS put it. */
const USUAL_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const ARGUMENTS = [
  // A container runs everything as root, for whom Chromium's sandbox does not start.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  // It would call home.
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The Chromium of this machine; `CHROMIUM_PATH` names another one. */
export function chromiumPath(): string | undefined {
  return process.env.CHROMIUM_PATH ?? USUAL_PATHS.find((path) => existsSync(path));
}

/** @throws Error where there is no Chromium */
export async function openBrowser(): Promise<Browser> {
  const executablePath = chromiumPath();
  if (!executablePath) throw new Error('No Chromium found. Install it or set CHROMIUM_PATH.');
  return chromium.launch({ executablePath, args: ARGUMENTS });
}
