import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where Debian, Ubuntu, Chrome's own package and macOS put it. */
const USUAL_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Chromium obeys the last `--disable-features` alone, so this holds what Playwright 1.65 turns off, too. */
const DISABLED_FEATURES = [
  // Pages of the address bar's own, which each new window loads in a process of its own: half of what a short test costs.
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  // A process for the next page, which is closed unused.
  'SpareRendererForSitePerProcess',
  // Playwright's, for Chromium.
  'AimEnabled',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
  'ThirdPartyStoragePartitioning',
];

const ARGUMENTS = [
  // A container runs everything as root, for whom Chromium's sandbox does not start.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  // Nothing is drawn by a GPU, and the process that would do it costs a sixth of a test.
  '--in-process-gpu',
  '--disable-quic',
  '--no-first-run',
  // It would call home.
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--disable-features=${DISABLED_FEATURES.join()}`,
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
