import { cancellationEmail } from '../../../lambda/notification/cancellation-email';
import { confirmationEmail } from '../../../lambda/notification/confirmation-email';
import { type Message } from '../../../lambda/notification/confirmation';
import { shortText } from '../../../lambda/notification/confirmation-text';
import { eventChangeEmail } from '../../../lambda/notification/event-change-email';
import { orderEmail } from '../../../lambda/order/order-email';
import { purchasePageOf } from '../../../lambda/notification/purchase-page';
import { reminderEmail } from '../../../lambda/notification/reminder-email';
import { ENVIRONMENT } from '../../../lambda/shared/environment';
import { type Order } from '../../../lambda/order/order';
import { type Purchase } from '../../../lambda/purchase/purchase';
import { orderIdIn, purchaseHref, purchaseIdIn } from '../../../web/purchase-route.js';

const STOREFRONT = 'https://tickets.example';
const PURCHASE: Purchase = {
  purchaseId: '0f6a2f0e-5c1e-4d0e-9f43-2f3a7d6f5b11',
  ...{ status: 'CONFIRMED', executionId: 'execution', fingerprint: 'f', eventId: 'demo' },
  seats: [{ seatId: 'A-1', section: 'Stalls' }],
  ...{ amount: 12_000, currency: 'EUR', createdAt: 1_800_000_000 },
  buyer: { name: 'Ada Lovelace', email: 'ada@example.com' },
};
const ORDER: Order = {
  ...{ orderId: '6f0f6a2f-5c1e-4d0e-9f43-2f3a7d6f5b12', purchaseId: PURCHASE.purchaseId, eventId: 'demo' },
  ...{ status: 'CONFIRMED', fingerprint: 'f', createdAt: 1_800_000_000, amount: 500, currency: 'EUR' },
  items: [{ extraId: 'programme', quantity: 1, name: 'Programme', price: 500 }],
  buyer: { name: 'Ada Lovelace', email: 'ada@example.com' },
};
const EVENT = {
  ...{ name: 'The Late Quartet', venue: 'Meridian Hall' },
  ...{ startsAt: '2027-03-20T19:00:00Z', timeZone: 'Europe/Berlin' },
};
const TICKET = { purchaseId: PURCHASE.purchaseId, ticketUrl: 'https://api.example/ticket' };
const CHANGE = { ...TICKET, type: 'EventChanged', revision: 1, before: EVENT, now: EVENT } as const;
const REMINDER = { ...TICKET, type: 'EventReminder', event: EVENT } as const;
const PAGE = `${STOREFRONT}${purchaseHref(PURCHASE.purchaseId)}`;

beforeEach(() => (process.env[ENVIRONMENT.storefrontUrl] = STOREFRONT));
afterEach(() => delete process.env[ENVIRONMENT.storefrontUrl]);

test('a link of a message opens the page that the storefront has', () => {
  expect(purchasePageOf(PURCHASE.purchaseId)).toBe(PAGE);
});

test('that of an order opens the page with the order', () => {
  const { hash } = new URL(purchasePageOf(PURCHASE.purchaseId, ORDER.orderId)!);

  expect([purchaseIdIn(hash), orderIdIn(hash)]).toEqual([PURCHASE.purchaseId, ORDER.orderId]);
});

test.each<[string, (page?: string) => { text: string; html: string }]>([
  ['confirmation', (page) => confirmationEmail(PURCHASE, EVENT, TICKET.ticketUrl, page)],
  ['cancellation', (page) => cancellationEmail(PURCHASE, EVENT, undefined, page)],
  ['change of the event', (page) => eventChangeEmail(PURCHASE, CHANGE, page)],
  ['order of extras', (page) => orderEmail(ORDER, { page })],
  ['reminder', (page) => reminderEmail(PURCHASE, REMINDER, page)],
])('the e-mail of a %s links to it, and has no such line where there is no page', (_, emailWith) => {
  const { text, html } = emailWith(PAGE);

  expect(text).toContain(`\nYour purchase: ${PAGE}\n`);
  expect(html).toContain(`<a href="${PAGE}" `);
  expect(JSON.stringify(emailWith())).not.toMatch(/our purchase:|See your purchase/);
});

test.each<[Message, boolean]>([
  [{ ...TICKET, type: 'PurchaseConfirmed' }, true],
  [{ ...TICKET, type: 'TicketsAgain', sending: 1 }, true],
  [CHANGE, true],
  [REMINDER, true],
  [{ type: 'PurchaseCancelled', purchaseId: PURCHASE.purchaseId }, false],
])(
  'a text message has one link: that of the page, or where there is none the ticket’s: %j',
  (message, hasTicket) => {
    const withPage = shortText(PURCHASE, message);
    delete process.env[ENVIRONMENT.storefrontUrl];
    const without = shortText(PURCHASE, message);

    expect(withPage.match(/https:\S+/g)).toEqual([PAGE]);
    expect(without.match(/https:\S+/g)).toEqual(hasTicket ? [TICKET.ticketUrl] : null);
  },
);
