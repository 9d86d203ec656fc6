import { chromiumPath } from '../../harness/browser';

/** `describe`, skipped with a printed reason where there is no Chromium. */
export function describeInBrowser(name: string, body: () => void): void {
  if (chromiumPath()) return describe(name, body);
  process.stderr.write(
    `Skipped, no Chromium found: ${name}. Install it (apt-get install chromium) or set CHROMIUM_PATH.\n`,
  );
  describe.skip(name, body);
}
