import { AMOUNT, DAY, HOUR, useAuditedShop } from './audited-shop';

const shop = useAuditedShop();

async function sold() {
  const { purchaseId } = await shop.sell('A-1');
  const find = () => shop.checkout.purchases.find(purchaseId);
  return { purchaseId, paymentIntentId: (await find())!.paymentIntentId!, find };
}

test('a sale that was refunded by hand, and of which no event has told, is cancelled: each audit starts it until it is claimed', async () => {
  const { purchaseId, paymentIntentId } = await sold();
  shop.stripe.refundByHand(paymentIntentId);

  await shop.audit();
  expect(shop.cancelled).toEqual([]);
  shop.pass(HOUR);
  await shop.audit();
  await shop.audit();

  expect(shop.cancelled).toEqual([purchaseId, purchaseId]);
});

test('a part of it is noted, and what comes back of it as well', async () => {
  const { paymentIntentId, find } = await sold();
  shop.stripe.refundByHand(paymentIntentId, 1_000);
  shop.pass(HOUR);

  await shop.audit();

  expect(await find()).toMatchObject({ status: 'CONFIRMED', refunded: 1_000 });
  expect(shop.cancelled).toEqual([]);
});

test('a purchase with somebody inside is not cancelled: what was given back is noted', async () => {
  const { purchaseId, paymentIntentId, find } = await sold();
  const [item] = (await shop.items()).filter((each) => each['purchaseId'] === purchaseId);
  await shop.put([{ ...item, admitted: 1 }]);
  shop.stripe.refundByHand(paymentIntentId);
  shop.pass(HOUR);

  await shop.audit();

  expect(await find()).toMatchObject({ status: 'CONFIRMED', refunded: AMOUNT });
  expect(shop.cancelled).toEqual([]);
});

test('people are told once of a dispute of which no event has told, and once how it ends', async () => {
  const { paymentIntentId, find } = await sold();
  shop.stripe.dispute(paymentIntentId);
  shop.pass(HOUR);

  await shop.audit();
  await shop.audit();
  expect(shop.told).toMatchObject([{ status: 'needs_response', dueBy: expect.any(Number) }]);
  expect(await find()).toMatchObject({ status: 'CONFIRMED', dispute: { status: 'needs_response' } });

  shop.stripe.dispute(paymentIntentId, 'lost');
  shop.pass(HOUR);
  await shop.audit();
  expect(shop.told.map(({ status }) => status)).toEqual(['needs_response', 'lost']);
  expect(await find()).toMatchObject({ status: 'CONFIRMED', dispute: { status: 'lost' } });
});

test('money that the bank has taken of a purchase that failed is not given back a second time', async () => {
  const { purchaseId } = await shop.fail('A-3');
  const { paymentIntentId } = (await shop.checkout.purchases.find(purchaseId))!;
  shop.stripe.dispute(paymentIntentId!, 'lost');
  shop.pass(2 * HOUR);

  await shop.audit();

  expect(shop.refunded()).toEqual([]);
  expect(shop.escalated).toEqual([]);
  expect(await shop.checkout.purchases.find(purchaseId)).toMatchObject({
    ...{ status: 'FAILED', dispute: { status: 'lost' } },
  });
});

test('what is older than three days, and what is not ours, is left alone', async () => {
  const { paymentIntentId } = await sold();
  shop.stripe.refundByHand(paymentIntentId);
  shop.pass(3 * DAY + HOUR);

  await shop.audit();

  expect(shop.cancelled).toEqual([]);
});
