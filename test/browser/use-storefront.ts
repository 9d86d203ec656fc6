import { type Browser, type BrowserContextOptions } from 'playwright-core';
import { openBrowser } from '../../harness/browser';
import { type EventProClient } from '../../harness/eventpro-client';
import { StorefrontPage } from './storefront-page';

/** What moves while a purchase is made costs the browser more than the purchase does. Most tests do without. */
const STILL = { reducedMotion: 'reduce' } as const;
/** For `open`: as most buyers see it. */
export const MOVING = { reducedMotion: 'no-preference' } as const;

/**
 * Opens the storefront in a browser that the tests of a `describe` share, as often as a test has buyers. A test whose pages have
 * errors fails.
 *
 * A new browser context costs more than most tests do in it. So who asks for nothing special gets the page of the test before,
 * which has forgotten everything.
 *
 * @returns `open`
 */
export function useStorefront(eventpro: EventProClient) {
  let browser: Browser;
  let usual: StorefrontPage | undefined;
  const opened = new Set<StorefrontPage>();

  beforeAll(async () => (browser = await openBrowser()));
  afterAll(() => browser?.close());
  afterEach(async () => {
    const shops = [...opened];
    const errors = shops.flatMap((shop) => shop.errors);
    opened.clear();
    for (const shop of shops) {
      if (shop === usual && (await shop.forget())) continue;
      if (shop === usual) usual = undefined;
      await shop.close();
    }
    expect(errors).toEqual([]);
  });

  return async function open(options?: BrowserContextOptions): Promise<StorefrontPage> {
    const isUsual = !options && !(usual && opened.has(usual));
    const again = isUsual ? usual : undefined;
    const shop = again ?? (await StorefrontPage.open(browser, eventpro.url, { ...STILL, ...options }));
    if (isUsual) usual = shop;
    opened.add(shop);
    if (again) await again.goTo('/');
    return shop;
  };
}
