import { handler } from '../../../lambda/purchase/get-purchase';
import { referenceOf } from '../../../lambda/shared/reference';
import { useTables } from '../../support/tables';
import { Checkout, errorOf, type Order } from '../checkout';
import { answerOf, apiRequest, CONTEXT } from '../invocation';

const tables = useTables();
let checkout: Checkout;

beforeEach(async () => {
  checkout = await Checkout.open(tables);
});

async function getPurchase(purchaseId: string) {
  return answerOf(await handler(apiRequest({ pathParameters: { purchaseId } }), CONTEXT));
}

async function compensating(): Promise<Order> {
  const order = await checkout.pending(['A-1', 'B-1']);
  await checkout.claim(order, { code: 'PAYMENT_DECLINED', detail: 'The card has expired.' });
  return order;
}

test.each([
  ['PENDING', () => checkout.pending(['A-1', 'B-1'])],
  ['PAID', () => checkout.paid(['A-1', 'B-1'])],
  ['CONFIRMED', () => checkout.confirmed(['A-1', 'B-1'])],
  ['COMPENSATING', compensating],
])('a purchase that is %s is answered with its status, and without a failure', async (status, bring) => {
  const { purchaseId } = await bring();

  const answer = await getPurchase(purchaseId);

  expect(answer).toEqual({
    statusCode: 200,
    contentType: 'application/json',
    body: {
      purchaseId,
      reference: referenceOf(purchaseId),
      status,
      eventId: checkout.eventId,
      seats: ['A-1', 'B-1'],
      amount: 20000,
      currency: 'EUR',
    },
  });
});

test('a purchase that has FAILED says why, in the words the buyer was answered', async () => {
  const { purchaseId } = await compensating();
  await checkout.purchases.settleFailed(purchaseId);

  const { body } = await getPurchase(purchaseId);

  expect(body).toMatchObject({
    status: 'FAILED',
    failure: { code: 'PAYMENT_DECLINED', detail: 'The card has expired.' },
  });
});

test('a purchase that was refused says why', async () => {
  await checkout.pending(['A-1']);
  const order = checkout.order(['A-1']);
  await errorOf(checkout.reserve(order));

  const { body } = await getPurchase(order.purchaseId);

  expect(body).toMatchObject({
    status: 'FAILED',
    failure: { code: 'SEAT_UNAVAILABLE', detail: 'No longer available: A-1.' },
  });
});

test('nothing about the buyer, the payment or the execution leaves the house', async () => {
  const { purchaseId } = await checkout.confirmed(['A-1']);

  const { body } = await getPurchase(purchaseId);

  expect(Object.keys(body as object).sort()).toEqual(
    ['purchaseId', 'reference', 'status', 'eventId', 'seats', 'amount', 'currency'].sort(),
  );
});

test('the id is found however its letters are written', async () => {
  const { purchaseId } = await checkout.pending(['A-1']);

  const { body } = await getPurchase(purchaseId.toUpperCase());

  expect(body).toMatchObject({ purchaseId });
});

test.each([
  ['nobody made', '0f6a2f0e-5c1e-4d0e-9f43-2f3a7d6f5b11'],
  ['cannot be one', 'x'],
  ['is empty', ''],
])('an id that %s: 404 as a problem', async (_, purchaseId) => {
  const answer = await getPurchase(purchaseId);

  expect(answer).toMatchObject({
    statusCode: 404,
    contentType: 'application/problem+json',
    body: {
      type: 'urn:eventpro:problem:purchase-not-found',
      title: 'There is no such purchase',
      status: 404,
      code: 'PURCHASE_NOT_FOUND',
    },
  });
});
