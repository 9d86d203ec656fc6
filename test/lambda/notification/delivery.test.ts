import { readAttempts, readDeliveries, readDelivery } from '../../../lambda/notification/delivery';
import { mailEventsOf } from '../../../lambda/notification/mail-event';
import { ItemNotReadable } from '../../../lambda/shared/item';

test.each([
  { state: 'SENDING', leaseUntil: 1_790_000_030, by: 'receipt-1' },
  // As older versions wrote it.
  { state: 'SENDING', leaseUntil: 1_790_000_030 },
  { state: 'SENT', sentAt: 1_790_000_000 },
  { state: 'UNKNOWN', givenUpAt: 1_790_000_000 },
])('a delivery that is noted as %j is read', (delivery) => {
  const purchase = { purchaseId: 'e6b1…', delivery_email: delivery };

  expect(readDelivery(purchase, 'email')).toEqual(delivery);
});

test.each([
  undefined,
  null,
  'SENT',
  {},
  { state: 'LOST' },
  { state: 'constructor' },
  { state: 'SENDING' },
  { state: 'SENDING', leaseUntil: '1790000030' },
  { state: 'SENDING', leaseUntil: 1_790_000_030, by: 7 },
  { state: 'SENT', leaseUntil: 1_790_000_030 },
  { state: 'UNKNOWN' },
])('a delivery that nobody notes as %j is refused by its name, without what is in it', (delivery) => {
  const read = () => readDelivery({ delivery_email: delivery }, 'email');

  expect(read).toThrow(ItemNotReadable);
  expect(read).toThrow('The field delivery_email of a purchase in the table is not as it is written');
});

test('attempts are a number', () => {
  expect(readAttempts({ attempts_sms: 2 }, 'sms')).toBe(2);
  expect(() => readAttempts({ attempts_sms: '2' }, 'sms')).toThrow(ItemNotReadable);
});

test('a purchase tells its deliveries, also those of a channel that this version does not have', () => {
  const sent = { state: 'SENT', sentAt: 1_790_000_000 };

  const deliveries = readDeliveries({ status: 'CONFIRMED', delivery_email: sent, delivery_fax: sent });

  expect(deliveries).toEqual([
    ['email', sent],
    ['fax', sent],
  ]);
  expect(readDeliveries({ status: 'PENDING' })).toEqual([]);
});

test('what became of the e-mail is told worst first', () => {
  const [bounced, delayed] = [
    { reason: 'Permanent/General', at: 1_790_000_060 },
    { reason: 'MailboxFull', at: 1_790_000_000 },
  ];

  const events = mailEventsOf({ status: 'CONFIRMED', mail_delayed: delayed, mail_bounced: bounced });

  expect(events).toEqual([
    { kind: 'bounced', ...bounced },
    { kind: 'delayed', ...delayed },
  ]);
  expect(mailEventsOf({ status: 'CONFIRMED' })).toEqual([]);
});

test.each([null, 'abuse', { reason: 'abuse' }, { reason: 7, at: 1 }, { reason: 'abuse', at: '1' }])(
  'what nobody notes of an e-mail (%j) is refused',
  (event) => {
    const read = () => mailEventsOf({ mail_complained: event });

    expect(read).toThrow(ItemNotReadable);
    expect(read).toThrow('The field mail_complained');
  },
);
