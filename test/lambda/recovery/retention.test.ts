import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { TICKETS_GO_BEFORE } from '../../../lambda/recovery/retention';
import { timeText } from '../../../lambda/shared/clock';
import { LAYOUT, type Order } from '../checkout';
import { DAY, HOUR, useAuditedShop } from './audited-shop';

const shop = useAuditedShop();

/** When the event of the test is over, seconds since the epoch. */
let over: number;

beforeEach(async () => {
  over = shop.checkout.clock.nowSeconds() + 10 * DAY;
  await moveTo(over);
});

const moveTo = (seconds: number) =>
  shop.checkout.replaceLayout({ ...LAYOUT, startsAt: timeText(seconds), saleClosesAt: timeText(seconds) });

const find = ({ purchaseId }: Pick<Order, 'purchaseId'>) => shop.checkout.purchases.find(purchaseId);
const now = () => shop.checkout.clock.nowSeconds();
const expiries = async () => (await shop.checkout.seatItems()).map(({ expiresAt }) => expiresAt);

describe('a sale', () => {
  test('is kept for 180 days after its event, and its seats with it', async () => {
    const order = await shop.sell('A-1', 'A-2');

    expect(await find(order)).toMatchObject({ keptUntil: over + 180 * DAY, expiresAt: over + 180 * DAY });
    expect(await expiries()).toEqual([over + 180 * DAY, over + 180 * DAY]);
  });

  test('is kept longer once its event is moved: the next audit says so, also of what is cancelled', async () => {
    const sold = await shop.sell('A-1');
    const cancelled = await shop.sell('B-1');
    await shop.checkout.cancelling(cancelled, 0);
    await shop.checkout.purchases.settleCancelled(cancelled.purchaseId, (await find(cancelled))!.keptUntil);
    await moveTo(over + 400 * DAY);

    await shop.audit();

    const until = over + 580 * DAY;
    expect(await find(sold)).toMatchObject({ keptUntil: until, expiresAt: until });
    expect(await find(cancelled)).toMatchObject({ keptUntil: until, expiresAt: until });
    expect(await expiries()).toEqual([until, until]);
  });

  test('is kept no shorter when its event is moved to an earlier day', async () => {
    const order = await shop.sell('A-1');
    await moveTo(over - 5 * DAY);

    await shop.audit();

    expect(await find(order)).toMatchObject({ expiresAt: over + 180 * DAY });
  });

  test('of an older version, which nobody has said it of, is kept as long from the next audit on', async () => {
    const { purchaseId } = await shop.sell('A-1');
    for (const [TableName, Key] of [
      [shop.tables.purchaseTable, { purchaseId }],
      [shop.tables.seatTable, { pk: `EVENT#${shop.checkout.eventId}#SECTION#Stalls`, sk: 'A-1' }],
    ] as const) {
      await shop.tables.client.send(
        new UpdateCommand({ TableName, Key, UpdateExpression: 'REMOVE expiresAt, keptUntil' }),
      );
    }

    await shop.audit();

    expect(await find({ purchaseId })).toMatchObject({ expiresAt: over + 180 * DAY });
    expect(await expiries()).toEqual([over + 180 * DAY]);
  });

  test('loses its ticket, with every version, seven days before it goes', async () => {
    const order = await shop.sell('A-1');
    shop.pass(10 * DAY + 180 * DAY - TICKETS_GO_BEFORE - HOUR);
    await shop.audit();
    const before = await shop.hasTicket(order);

    shop.pass(HOUR);
    await shop.audit();

    expect(before).toBe(true);
    expect(await shop.hasTicket(order)).toBe(false);
    expect(await find(order)).toMatchObject({ status: 'CONFIRMED' });
  });

  test('that is gone is given nothing back', async () => {
    const order = await shop.sell('A-1');
    shop.pass(190 * DAY + HOUR);
    await shop.remove(order.purchaseId);

    await shop.audit();

    expect(shop.refunded()).toEqual([]);
    expect(shop.escalated).toEqual([]);
  });

  test('whose payment is disputed on its last day is kept for as long again', async () => {
    const { purchaseId } = await shop.sell('A-1');
    const { paymentIntentId } = (await find({ purchaseId }))!;
    shop.pass(189 * DAY);
    shop.stripe.dispute(paymentIntentId!);
    shop.pass(HOUR);

    await shop.audit();

    expect((await find({ purchaseId }))!.expiresAt).toBe(now() + 180 * DAY);
  });
});

describe('a sale that is cancelled', () => {
  test('cannot go while it is being cancelled, and is kept as it was then', async () => {
    const order = await shop.sell('A-1');

    await shop.checkout.cancelling(order);
    const cancelling = (await find(order))!;
    await shop.checkout.purchases.settleCancelled(order.purchaseId, cancelling.keptUntil);

    expect(cancelling).not.toHaveProperty('expiresAt');
    expect((await find(order))!.expiresAt).toBe(over + 180 * DAY);
  });

  test('on its last day is kept for 40 days more, in which its refund may come back', async () => {
    const order = await shop.sell('A-1');
    shop.pass(189 * DAY);

    await shop.checkout.cancelling(order);
    await shop.checkout.purchases.settleCancelled(order.purchaseId, (await find(order))!.keptUntil);

    expect((await find(order))!.expiresAt).toBe(now() + 40 * DAY);
  });
});

describe('a purchase that has failed', () => {
  test('is kept for 40 days', async () => {
    const order = await shop.fail('A-1');

    expect((await find(order))!.expiresAt).toBe(now() + 40 * DAY);
  });

  test('is kept by the audit that gives its money back', async () => {
    const order = await shop.fail('A-1');
    shop.pass(2 * HOUR);

    await shop.audit();

    expect(shop.refunded()).toEqual([order.purchaseId]);
    expect((await find(order))!.expiresAt).toBe(now() + 40 * DAY);
  });
});
