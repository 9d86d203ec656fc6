import { startHarness } from '../../faults/harness';
import { Stores } from '../../faults/stores';
import { cloudAssembly } from '../support/cloud-assembly';

/** More than an audit may undo without a record. */
const MANY = 12;

test.each([
  // It was in order when it was looked at first. The second look is three days after the sale.
  ['one purchase', 'at the second look', { count: 1, hours: 72 }],
  ['all of the purchase table', 'within two hours', { count: Infinity, hours: 0 }],
])(
  '%s is lost: audits touch no money, ticket or seat, and call people %s; restored, nothing has happened',
  async (_, __, { count, hours }) => {
    const lines: string[] = [];
    const harness = await startHarness({
      assemblyDirectory: await cloudAssembly(),
      log: ({ text }) => void lines.push(text),
    });
    const stores = new Stores(harness.run);
    try {
      const ids: string[] = [];
      for (let sold = 0; sold < MANY; sold++) ids.push((await harness.buy()).purchaseId);
      await harness.settle();
      const before = await standing();
      lines.length = 0;

      const lost = await stores.losePurchases((key) => count > 1 || key === ids[0]);
      for (let passed = 0; passed < hours; passed += 12) harness.run.clock.advance(12 * 3_600);
      await harness.settle();
      const meanwhile = await standing();
      const called = lines.some((line) => line.includes('Purchases without a record'));
      await stores.restorePurchases(lost);
      const violations = await harness.violations();

      expect(before).toEqual({ refunded: 0, tickets: MANY, sold: MANY });
      expect(meanwhile).toEqual(before);
      expect(called).toBe(true);
      expect(violations).toEqual([]);
    } finally {
      stores.close();
      await harness.close();
    }

    async function standing() {
      const refunds = harness.run.stripe.payments().map(({ refunded }) => refunded);
      const { seats } = await stores.snapshot();
      return {
        refunded: refunds.reduce((sum, each) => sum + each, 0),
        tickets: (await stores.tickets()).size,
        sold: seats.filter(({ status }) => status === 'SOLD').length,
      };
    }
  },
  120_000,
);
