import { sendTickets } from '../../../lambda/buyer/send-tickets';
import { type TicketsAgain } from '../../../lambda/notification/confirmation';
import { referenceOf } from '../../../lambda/shared/reference';
import { useTables } from '../../support/tables';
import { Checkout, errorOf, type Order } from '../checkout';

const tables = useTables();
let checkout: Checkout;
let published: TicketsAgain[];

beforeEach(async () => {
  checkout = await Checkout.open(tables);
  published = [];
});

const send = (order: Pick<Order, 'purchaseId'>, email?: string) =>
  sendTickets(
    order,
    { ...(email !== undefined && { email }) },
    {
      ...{ purchases: checkout.purchases, addresses: checkout.addresses, apiUrl: 'https://api' },
      publish: (message) => Promise.resolve(void published.push(message)),
    },
  );
const foundBy = async (email: string) => checkout.purchases.idsByEmail(await checkout.addresses.every(email));

test('tickets are sent again as often as somebody asks, each time as a message of its own', async () => {
  const order = await checkout.confirmed(['A-1']);
  const { purchaseId } = order;

  const answers = [await send(order), await send(order)];

  const reference = referenceOf(purchaseId);
  expect(answers).toEqual([
    { reference, sending: 1 },
    { reference, sending: 2 },
  ]);
  expect(published).toEqual(
    [1, 2].map((sending) => ({
      ...{ type: 'TicketsAgain', purchaseId, sending },
      ticketUrl: `https://api/purchases/${purchaseId}/ticket`,
    })),
  );
});

test('a corrected address is the buyer’s before anything is sent, and the one that finds the purchase', async () => {
  const order = await checkout.confirmed(['A-1'], {
    buyer: { name: 'Ann', email: 'an@example.com', phone: '+4915112345678' },
  });

  await send(order, 'ann@example.com');

  expect((await checkout.purchases.find(order.purchaseId))!.buyer).toEqual({
    ...{ name: 'Ann', email: 'ann@example.com', phone: '+4915112345678' },
  });
  expect(await foundBy('ann@example.com')).toContain(order.purchaseId);
  expect(await foundBy('an@example.com')).not.toContain(order.purchaseId);
});

test('nothing is sent, and no address changed, of what is no sale', async () => {
  const pending = await checkout.pending(['A-1']);
  const failed = await checkout.pending(['A-2']);
  await checkout.claim(failed);
  await checkout.purchases.settleFailed(failed.purchaseId);
  const cancelled = await checkout.confirmed(['A-3']);
  await checkout.cancelling(cancelled);

  const refused = [pending, failed, cancelled].map((order) => errorOf(send(order, 'new@example.com')));

  expect((await Promise.all(refused)).map(({ name }) => name)).toEqual([
    ...['PurchaseInProgress', 'TicketNotFound', 'PurchaseCancelled'],
  ]);
  expect(published).toEqual([]);
  expect(await foundBy('new@example.com')).toEqual([]);
});
