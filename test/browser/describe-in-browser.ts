import { chromiumPath } from '../../harness/browser';

/** How often a failed test is tried again. CI sets it: the closing lines of its run name what has needed that. */
const RETRIES = Number(process.env.BROWSER_TEST_RETRIES ?? 0);

/** `describe`, skipped with a printed reason where there is no Chromium. */
export function describeInBrowser(name: string, body: () => void): void {
  if (chromiumPath()) {
    jest.retryTimes(RETRIES, { logErrorsBeforeRetry: true });
    return describe(name, body);
  }
  process.stderr.write(
    `Skipped, no Chromium found: ${name}. Install it (apt-get install chromium) or set CHROMIUM_PATH.\n`,
  );
  describe.skip(name, body);
}
