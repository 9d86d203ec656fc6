import { expect } from '@playwright/test';

/**
 * `expect` for what a page shows: it looks again until it is so, because a page may be behind what a test has waited for.
 *
 * @see https://playwright.dev/docs/test-assertions
 */
export const expectShown = expect.configure({ timeout: 30_000 });
