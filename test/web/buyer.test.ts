import * as z from 'zod/mini';
import { purchaseRequestSchema } from '../../lambda/purchase/purchase';
import { buyerOf, mistakesIn } from '../../web/buyer.js';

const ANN = { name: 'Ann Lee', email: 'ann@example.com', phone: '' };

test.each([
  ['as it should be', {}, { name: 'Ann Lee', email: 'ann@example.com' }],
  [
    'with blanks around',
    { name: ' Ann Lee ', email: ' ann@example.com ' },
    { name: 'Ann Lee', email: 'ann@example.com' },
  ],
  ['a number as people write it', { phone: '+49 (30) 123-45.67' }, { ...ANN, phone: '+49301234567' }],
  ['00 for the plus', { phone: '0049 30 1234567' }, { ...ANN, phone: '+49301234567' }],
])('%s is sent as the API takes it', (_, fields, sent) => {
  const typed = { ...ANN, ...fields };

  const buyer = buyerOf(typed);

  expect([buyer, mistakesIn(typed)]).toEqual([sent, {}]);
  const request = { eventId: 'demo', seats: ['A-1'], buyer, paymentMethod: 'pm_card_visa' };
  expect(z.safeParse(purchaseRequestSchema, request).success).toBe(true);
});

test.each([
  ['name', { name: '  ' }],
  ['email', { email: '' }],
  ['email', { email: 'ann@example' }],
  ['email', { email: 'ann lee@example.com' }],
  ['phone', { phone: '030 1234567' }],
  ['phone', { phone: '+49 30' }],
  ['phone', { phone: 'call me' }],
])('a mistake in the %s is told beside it: %j', (field, fields) => {
  expect(Object.keys(mistakesIn({ ...ANN, ...fields }))).toEqual([field]);
});
