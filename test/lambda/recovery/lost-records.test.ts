import { randomUUID } from 'node:crypto';
import { AUDIT_LOG_KEY } from '../../../lambda/recovery/audit-log';
import { StripeGateway } from '../../../lambda/payment/stripe-gateway';
import { INSTALLATION_KEY } from '../../../lambda/purchase/installation';
import { logger } from '../../../lambda/shared/logger';
import { measure } from '../../../lambda/shared/measure';
import { charge } from '../payment/charge';
import { AMOUNT, HOUR, STAGE, useAuditedShop } from './audited-shop';

jest.mock('../../../lambda/shared/measure', () => ({ measure: jest.fn() }));

const shop = useAuditedShop();
beforeEach(() => jest.mocked(measure).mockClear());

/** What the last audit measured of purchases without a record. */
function withoutRecord(): number | undefined {
  const values = jest
    .mocked(measure)
    .mock.calls.map(([value]) => (value as Record<string, number>)['PurchasesWithoutRecord'])
    .filter((value) => value !== undefined);
  return values.at(-1);
}

/** Sells so many seats, one a purchase. */
async function sellMany(count: number) {
  const seats = ['A', 'B'].flatMap((row) => Array.from({ length: 12 }, (_, index) => `${row}-${index + 1}`));
  const sold = [];
  for (const seat of seats.slice(0, count)) sold.push(await shop.sell(seat));
  return sold;
}

test('one record deleted by hand: the sale stands, money, seat and ticket, and people are called every hour', async () => {
  const [lost, kept] = await sellMany(2);
  await shop.remove(lost!.purchaseId);
  const calls: (number | undefined)[] = [];

  for (let run = 0; run < 3; run++) {
    shop.pass(2 * HOUR);
    await shop.audit();
    calls.push(withoutRecord());
  }

  expect(calls).toEqual([1, 1, 1]);
  expect(shop.refunded()).toEqual([]);
  expect(await shop.checkout.seatStates()).toEqual(['A-1 SOLD', 'A-2 SOLD']);
  expect([await shop.hasTicket(lost!), await shop.hasTicket(kept!)]).toEqual([true, true]);
});

test('its record put back: the alarm ends, and nothing has happened', async () => {
  const [lost] = await sellMany(2);
  const items = await shop.items();
  await shop.remove(lost!.purchaseId);
  shop.pass(2 * HOUR);
  await shop.audit();
  const alarmed = withoutRecord();

  await shop.put(items.filter(({ purchaseId }) => purchaseId === lost!.purchaseId));
  shop.pass(HOUR);
  await shop.audit();

  expect([alarmed, withoutRecord()]).toEqual([1, 0]);
  expect(shop.refunded()).toEqual([]);
});

describe('a table that has lost all its items', () => {
  test.each([
    ['those of the installation and of the audits too', []],
    ['only the purchases', [INSTALLATION_KEY, AUDIT_LOG_KEY]],
  ])('%s: not one payment goes back, not one ticket is deleted, and people are called', async (_, kept) => {
    const sold = await sellMany(12);
    shop.pass(2 * HOUR);
    await shop.audit();
    for (const { purchaseId } of await shop.items()) {
      if (!kept.includes(purchaseId as string)) await shop.remove(purchaseId as string);
    }
    const log = jest.spyOn(logger, 'error');

    for (let run = 0; run < 20; run++) {
      shop.pass(4 * HOUR);
      await shop.audit();
    }

    expect(shop.refunded()).toEqual([]);
    expect((await shop.checkout.seatItems()).length).toBe(12);
    expect(await Promise.all(sold.map((order) => shop.hasTicket(order)))).toEqual(Array(12).fill(true));
    expect(log.mock.calls.some(([message]) => message === 'Purchases without a record')).toBe(true);
    log.mockRestore();
  });

  test('and is restored: everything is in order again', async () => {
    await sellMany(12);
    const items = await shop.items();
    for (const { purchaseId } of items) await shop.remove(purchaseId as string);
    shop.pass(2 * HOUR);
    await shop.audit();
    const empty = withoutRecord();

    await shop.put(items);
    shop.pass(HOUR);
    await shop.audit();

    expect([empty, withoutRecord()]).toEqual([12, 0]);
    expect(shop.refunded()).toEqual([]);
  });

  test('and is restored from a copy that lacks the last sales: those stand, few or many, and people are called', async () => {
    await sellMany(3);
    shop.pass(2 * HOUR);
    await shop.audit();
    const copy = await shop.items();
    for (const seat of ['C-1', 'C-2', 'C-3']) await shop.sell(seat);
    shop.pass(2 * HOUR);
    await shop.audit();
    for (const { purchaseId } of await shop.items()) await shop.remove(purchaseId as string);
    await shop.put(copy);

    shop.pass(HOUR);
    await shop.audit();

    expect(withoutRecord()).toBe(3);
    expect(shop.refunded()).toEqual([]);
  });
});

describe('payments that neither a record nor a ticket nor a seat stands behind', () => {
  const pay = async (count: number) => {
    const purchaseIds = Array.from({ length: count }, () => randomUUID());
    for (const purchaseId of purchaseIds) await shop.payForNothing(purchaseId);
    return purchaseIds;
  };

  test('are given back up to the bound', async () => {
    const paid = await pay(10);
    shop.pass(2 * HOUR);

    await shop.audit();

    expect(shop.refunded().toSorted()).toEqual(paid.toSorted());
    expect(withoutRecord()).toBe(0);
  });

  test('beyond it nothing is touched, in no run', async () => {
    await pay(11);

    for (let run = 0; run < 10; run++) {
      shop.pass(9 * HOUR);
      await shop.audit();
    }

    expect(shop.refunded()).toEqual([]);
  });

  test('the bound is on three days, not on a run: what comes in hour after hour is no more than that', async () => {
    for (let run = 0; run < 6; run++) {
      await pay(4);
      shop.pass(2 * HOUR);
      await shop.audit();
    }

    expect(shop.refunded()).toHaveLength(8);
    expect(withoutRecord()).toBeGreaterThan(0);
  });

  test('of many payments, a share may go back', async () => {
    shop.bound = { purchases: 0, percent: 50 };
    await sellMany(3);
    const paid = await pay(2);
    shop.pass(2 * HOUR);

    await shop.audit();

    expect(shop.refunded().toSorted()).toEqual(paid.toSorted());
  });

  test('nothing goes back while it is not known which tickets there are', async () => {
    await pay(1);
    shop.pass(2 * HOUR);
    const tickets = Object.assign(Object.create(shop.ticketStore) as typeof shop.ticketStore, {
      list: () => {
        throw new Error('no bucket');
      },
    });

    await expect(shop.audit({ tickets })).rejects.toThrow('Audits failed: tickets');

    expect(shop.refunded()).toEqual([]);
  });
});

describe('payments of others on the same account, under the same stage', () => {
  const other = () => new StripeGateway('sk_test_local', STAGE, shop.stripe.url);

  async function payElsewhere(installation: string | undefined, purchaseId: string = randomUUID()) {
    const { paymentIntentId } = await other().createIntent({
      ...{ purchaseId, installation, amount: AMOUNT, currency: 'EUR' },
    });
    await charge(other(), { purchaseId, paymentIntentId });
    return paymentIntentId;
  }

  test.each([
    ['another installation', randomUUID()],
    ['a version that knew no installations', undefined],
  ])('%s: left alone, and nobody is called', async (_, installation) => {
    await shop.sell('A-1');
    for (let payment = 0; payment < 3; payment++) await payElsewhere(installation);
    shop.pass(2 * HOUR);

    await shop.audit();

    expect(shop.refunded()).toEqual([]);
    expect(withoutRecord()).toBe(0);
  });

  test("a bigger shop's payments do not widen the bound", async () => {
    shop.bound = { purchases: 0, percent: 50 };
    for (let payment = 0; payment < 4; payment++) await payElsewhere(randomUUID());
    await shop.payForNothing(randomUUID());
    shop.pass(2 * HOUR);

    await shop.audit();

    expect(shop.refunded()).toEqual([]);
    expect(withoutRecord()).toBe(1);
  });

  test('another installation whose client used the same key: the sale there stands', async () => {
    const { purchaseId } = await shop.fail('A-1');
    shop.pass(25 * HOUR);
    const theirs = await payElsewhere(randomUUID(), purchaseId);
    shop.pass(2 * HOUR);

    await shop.audit();

    const payments = shop.stripe.payments();
    expect(payments.find(({ paymentIntentId }) => paymentIntentId === theirs)).toMatchObject({ refunded: 0 });
  });

  test.each([
    ['made by a version that knew no installations', undefined],
    ['made while the table had another id, which was deleted by hand', randomUUID()],
  ])('ours, %s, which a record names: given back if that has failed', async (_, installation) => {
    const { checkout } = shop;
    const order = await checkout.pending(['A-1']);
    const paymentIntentId = await payElsewhere(installation, order.purchaseId);
    await checkout.purchases.recordPaymentIntent(order.purchaseId, paymentIntentId);
    await checkout.claim(order);
    await checkout.purchases.settleFailed(order.purchaseId);
    await checkout.purchases.installation.id();
    shop.pass(2 * HOUR);

    await shop.audit();

    expect(shop.refunded()).toEqual([order.purchaseId]);
  });

  test('an intent of an older version that its record does not name is undone', async () => {
    const order = await shop.checkout.pending(['A-1']);
    await payElsewhere(undefined, order.purchaseId);
    shop.pass(2 * HOUR);

    await shop.audit();

    expect(shop.refunded()).toEqual([order.purchaseId]);
  });
});

test('two audits at once have one bound together', async () => {
  const paid = Array.from({ length: 3 }, () => randomUUID());
  for (const purchaseId of paid) await shop.payForNothing(purchaseId);
  shop.pass(2 * HOUR);
  await shop.audit();
  const more = Array.from({ length: 6 }, () => randomUUID());
  for (const purchaseId of more) await shop.payForNothing(purchaseId);
  shop.pass(2 * HOUR);

  await Promise.all([shop.audit(), shop.audit()]);
  await shop.payForNothing(randomUUID());
  await shop.payForNothing(randomUUID());
  shop.pass(2 * HOUR);
  await shop.audit();

  // Nine are counted once, not twice nor by one of the two alone; eleven would be more than the bound.
  expect(shop.refunded().toSorted()).toEqual([...paid, ...more].toSorted());
  expect(withoutRecord()).toBe(2);
});
