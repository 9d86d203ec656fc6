import { setTimeout as delay } from 'node:timers/promises';
import { AlteredAssembly } from '../../faults/altered-assembly';
import { type Harness, startHarness } from '../../faults/harness';
import { type Fault } from '../../faults/fault';
import { type Pipe } from '../../local/pipes/pipe';
import { PIPES } from '../../local/pipes/plugin';
import { cloudAssembly } from '../support/cloud-assembly';

let harness: Harness;
afterEach(() => harness?.close());

async function start(mutate?: (assembly: AlteredAssembly) => void): Promise<void> {
  harness = await startHarness({
    assemblyDirectory: await cloudAssembly(),
    mutateAssembly: (directory) => Promise.resolve(mutate?.(new AlteredAssembly(directory))),
  });
}

const purchasesPipe = (): Pipe =>
  harness.run.cloud
    .get(PIPES)
    .list()
    .find(({ settings }) => settings.name.includes('-Purchases'))!;

/** What can become of a purchase, in turns: sold, refused, undone, sold and cancelled, sold and let in. */
async function purchases(count: number): Promise<void> {
  const undone: readonly Fault[] = [{ effect: 'store ticket', mode: 'cut' }];
  await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const kind = index % 5;
      const { purchaseId } = await harness.buy({
        ...(kind === 1 && { paymentMethod: 'pm_card_chargeDeclined' }),
        ...(kind === 2 && { faults: undone }),
      });
      if (kind === 3) await harness.cancel(purchaseId);
      if (kind === 4) await harness.admit(purchaseId, 'North 1');
    }),
  );
}

const PURCHASES = 10;

test('a pipe that is down while tickets are sold, and then killed again and again, tells of each thing at least once, and of nothing else', async () => {
  await start();
  await purchasesPipe().stop();
  await purchases(PURCHASES);
  const whileDown = purchasesPipe().report().delivered;
  purchasesPipe().start();
  let isSelling = true;
  const killing = (async () => {
    let kills = 0;
    for (; isSelling; kills++) {
      await delay(100);
      await purchasesPipe().kill();
    }
    return kills;
  })();

  await purchases(PURCHASES);
  isSelling = false;
  const kills = await killing;
  await harness.settle();

  expect(whileDown).toBe(0);
  expect(kills).toBeGreaterThan(3);
  expect(await harness.violations()).toEqual([]);
});

test('the control: a pipe without one of its patterns, whose template lets the item through, is found out', async () => {
  await start((assembly) =>
    assembly.changeResource('AWS::Pipes::Pipe', (_, id) => id.startsWith('Purchases'), changed),
  );

  const sold = await harness.buy();
  await harness.buy({ paymentMethod: 'pm_card_chargeDeclined' });
  await harness.settle();

  const violations = await harness.violations();
  expect(violations).toContainEqual(expect.stringContaining(`a PurchaseConfirmed says ${sold.purchaseId}`));
  expect(violations).toContainEqual(expect.stringContaining('a PurchaseConfirmed says Ann Lee'));
  expect(violations).toContainEqual(
    expect.stringContaining('the bus has nothing of it, not PurchaseFailed 1'),
  );
});

interface Changed {
  readonly TargetParameters: { InputTemplate: string };
  readonly SourceParameters: { readonly FilterCriteria: { Filters: { readonly Pattern: string }[] } };
}

function changed(properties: object): void {
  const { TargetParameters: target, SourceParameters: source } = properties as Changed;
  target.InputTemplate = target.InputTemplate.replace(/}$/, ',"item":<$.dynamodb.NewImage>}');
  const { FilterCriteria } = source;
  FilterCriteria.Filters = FilterCriteria.Filters.filter(
    ({ Pattern }) => !Pattern.includes('PurchaseFailed'),
  );
}
