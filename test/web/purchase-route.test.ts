import { orderIdIn, purchaseHref, purchaseIdIn } from '../../web/purchase-route.js';

const ID = '9d586bbd-8301-4be1-807a-c28213f59f3b';

test.each([
  [purchaseHref(ID).slice(1), ID],
  [`#/purchases/${ID.toUpperCase()}/`, ID],
  [`#/purchases/${ID}?from=mail`, ID],
  // A link that lost its end, or that somebody has tampered with, is of no purchase.
  ['#/purchases/', ''],
  [`#/purchases/${ID.slice(0, -1)}`, ''],
  [`#/purchases/${ID}0`, ''],
  [`#/purchases/../events`, ''],
  ['#/purchases/%00', ''],
  ['#order', undefined],
  ['', undefined],
  [`#/orders/${ID}`, undefined],
])('%s is the page of the purchase %j', (hash, id) => {
  expect(purchaseIdIn(hash)).toBe(id);
});

test.each([
  [`#/purchases/${ID}?order=2`, '2'],
  [`#/purchases/${ID}`, undefined],
])('%s is from the mail of the order %j', (hash, id) => {
  expect(orderIdIn(hash)).toBe(id);
});
