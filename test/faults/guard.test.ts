import { join, relative } from 'node:path';
import { build } from 'esbuild';
import { AlteredAssembly } from '../../faults/altered-assembly';
import { CONTROLS } from '../../faults/controls/controls';
import {
  callGives,
  conditionFailed,
  conditionMet,
  expressionIs,
  type Guard,
  propertyIs,
  propertyLeftOut,
  withoutGuard,
} from '../../faults/controls/guard';
import { BUNDLING } from '../../lib/bundle';
import { FUNCTIONS } from '../../lib/functions';
import { cloudAssembly } from '../support/cloud-assembly';

const ROOT = join(__dirname, '..', '..');

const SOURCE = `
  class Seats {
    hold(now: number) {
      return { ConditionExpression: 'a = :a AND ' + "b <= :b", Limit: 1, now };
    }
  }
  async function pay(attempt: number) {
    await store(attempt);
    await confirm(attempt);
    if (refused && /* so far */ attempt > 1) cancel();
  }
`;

const inHold = (...edits: Guard['edits']): Guard => ({ file: 'seats.ts', within: 'Seats.hold', edits });
const inPay = (...edits: Guard['edits']): Guard => ({ file: 'seats.ts', within: 'pay', edits });

const ANY = 'attribute_exists(purchaseId)';
const NONE = 'attribute_not_exists(purchaseId)';

test.each([
  ['a condition', inHold(conditionMet()), `'(' + ('a = :a AND ' + "b <= :b") + ') OR (${ANY} OR ${NONE})'`],
  ['part of a condition', inHold(conditionMet('b<=:b')), `"(b <= :b OR (${ANY} OR ${NONE}))"`],
  ['the other way', inHold(conditionFailed('a = :a')), `"(a = :a AND (${ANY} AND ${NONE})) AND "`],
  ['a property', inHold(propertyIs('Limit', '2')), 'Limit: 2, now'],
  ['a shorthand property', inHold(propertyIs('now', '0')), 'Limit: 1, now: 0'],
  ['a property that is left out', inHold(propertyLeftOut('Limit')), '...{}, now'],
  ['an expression', inPay(expressionIs('refused && attempt > 1', 'false')), 'if (false) cancel()'],
  ['a call', inPay(callGives('store', 'undefined')), 'await undefined;'],
  [
    'one edit after the other',
    inPay(callGives('store', '0'), callGives('confirm', '1')),
    'await 0;\n    await 1;',
  ],
])('a guard is taken out where it stands in the syntax tree: %s', (_, guard, expected) => {
  expect(withoutGuard(guard, SOURCE)).toContain(expected);
});

test.each([
  [
    'its function',
    { ...inHold(conditionMet()), within: 'Seats.take' },
    'seats.ts has no declaration of take',
  ],
  ['its condition', inHold(conditionMet('c = :c')), 'seats.ts, Seats.hold, has no condition “c = :c”'],
  ['its call', inPay(callGives('refund', '')), 'seats.ts, pay, has no call of refund'],
  ['its expression', inPay(expressionIs('refused || attempt > 1', '')), 'has no expression'],
  ['one place alone', inPay(expressionIs('attempt', '0')), /has \d times the expression “attempt”/],
])('a guard that is not where it should be is told by name: %s', (_, guard, message) => {
  expect(() => withoutGuard(guard, SOURCE)).toThrow(message);
});

/** These three look at every control each time, of which `negative-controls.test.ts` plays a slice. */
const inSource = CONTROLS.flatMap(({ guard, without }) => ('file' in without ? [{ guard, without }] : []));
const inTemplates = CONTROLS.flatMap(({ guard, without }) =>
  'remove' in without ? [{ guard, without }] : [],
);

test.each(inSource)('the source has $guard where its control takes it out', ({ without }) => {
  expect(() => withoutGuard(without)).not.toThrow();
});

test('each function that a control builds without its guard has the guard', async () => {
  const names = [...new Set(inSource.flatMap(({ without }) => without.functions))];
  const { metafile } = await build({
    ...BUNDLING,
    ...{ entryPoints: names.map((name) => FUNCTIONS[name].entry), outdir: 'out', write: false },
    ...{ metafile: true, packages: 'external', alias: {} },
  });
  const bundled = new Map(
    Object.values(metafile.outputs).map(({ entryPoint, inputs }) => [entryPoint!, Object.keys(inputs)]),
  );

  expect(
    inSource.flatMap(({ guard, without: { functions, file } }) =>
      functions
        .filter((name) => !bundled.get(relative(ROOT, join(ROOT, FUNCTIONS[name].entry)))!.includes(file))
        .map((name) => `${name} has no ${guard}`),
    ),
  ).toEqual([]);
});

test.each(inTemplates)('the templates have $guard where its control takes it out', async ({ without }) => {
  const assembly = AlteredAssembly.copyOf(await cloudAssembly());

  expect(() => without.remove(assembly)).not.toThrow();

  assembly.remove();
});
