import { readFileSync } from 'node:fs';
import { type AxeResults } from 'axe-core';
import { type Page } from 'playwright-core';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** Rows of seats that look as others do: a third of the hall has every tier, and measuring all of it takes seconds. */
const REPEATED = '.row:not(:nth-of-type(3), :last-child)';

/** What axe-core finds wrong with the page as it is now: the rule, and the elements that break it. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  await loadAxe(page);
  // A colour that is still changing would be measured half-way. A transition that is cancelled has ended, too.
  await page.evaluate(`Promise.allSettled(
    document.getAnimations().filter((each) => each instanceof CSSTransition).map(({ finished }) => finished))`);
  const { violations } = await page.evaluate<AxeResults>(
    `axe.run({ exclude: ['${REPEATED}'] }, { resultTypes: ['violations'] })`,
  );
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** By the debugger's protocol: the page's own policy would let no script in. Compiling it takes half as long as using it. */
export async function loadAxe(page: Page): Promise<void> {
  if (!(await page.evaluate(`'axe' in window`))) await page.evaluate(AXE);
}
