import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type EventLayout } from '../../../lambda/event/event-layout';
import { putEvent } from '../../../lambda/event/put-event';
import { ChangedSales, type Page } from '../../../lambda/event-change/changed-sales';
import { type EventChange } from '../../../lambda/notification/confirmation';
import { type Purchase } from '../../../lambda/purchase/purchase';
import { ticketKeyOf } from '../../../lambda/ticket/ticket-key';
import { useTables } from '../../support/tables';
import { Checkout, errorOf, LAYOUT, type Order } from '../checkout';

const tables = useTables();
let checkout: Checkout;
let told: EventChange[];
let stored: Pick<Purchase, 'purchaseId'>[];
/** What happens as a ticket is stored. */
let meanwhile: ((purchaseId: string) => Promise<unknown>) | undefined;

beforeEach(async () => {
  checkout = await Checkout.open(tables);
  [told, stored, meanwhile] = [[], [], undefined];
});

const key = ticketKeyOf('s'.repeat(64));
const sales = (rate: { perSecond: number; perPage?: number } = { perSecond: 1_000 }) =>
  new ChangedSales({
    ...checkout,
    tickets: {
      put: async (purchase) => {
        stored.push(purchase);
        await meanwhile?.(purchase.purchaseId);
      },
    },
    ticketKeys: { signing: () => Promise.resolve(key) },
    publish: async (message) => Promise.resolve(void told.push(message)),
    ...{ ...rate, apiUrl: 'https://api.example.com' },
  });
/** Changes the event. @returns the number of its revision */
async function change(facts: Partial<EventLayout>): Promise<number> {
  const executions = { start: () => Promise.resolve() };
  const wait = () => Promise.resolve();
  await putEvent(checkout.eventId, { ...LAYOUT, ...facts }, { ...checkout, executions, wait });
  // No sandbox sells by the older layout any more.
  checkout.clock.advance(3);
  return (await checkout.revisions.find(checkout.eventId))!.revision;
}
const page = (revision: number, section = 'Stalls', after?: string) =>
  sales().tellPage(checkout.eventId, revision, section, after);
const ids = (orders: readonly Order[]) => orders.map(({ purchaseId }) => purchaseId).sort();
const toldIds = () => told.map(({ purchaseId }) => purchaseId).sort();

test('who has bought before gets a new ticket and is told what was and what is; who buys after is told nothing', async () => {
  const order = await checkout.confirmed(['A-1', 'A-2']);
  const revision = await change({ venue: 'Elsewhere' });
  await checkout.confirmed(['A-3']);

  expect(await page(revision)).toEqual({ told: 1, busy: 0 });

  const { name, venue, startsAt, timeZone } = LAYOUT;
  const before = { name, venue, startsAt, timeZone };
  const ticketUrl = `https://api.example.com/purchases/${order.purchaseId}/ticket`;
  expect(told).toEqual([
    {
      ...{ type: 'EventChanged', purchaseId: order.purchaseId, ticketUrl, revision },
      ...{ before, now: { ...before, venue: 'Elsewhere' } },
    },
  ]);
  expect(stored).toMatchObject([{ purchaseId: order.purchaseId }]);
  expect(await checkout.purchases.find(order.purchaseId)).toMatchObject({ eventRevision: revision });
});

test('a page that runs again tells nobody again, and one that died before its notes tells them once more', async () => {
  await checkout.confirmed(['A-1']);
  const revision = await change({ venue: 'Elsewhere' });
  meanwhile = () => Promise.reject(new Error('The function died'));
  await errorOf(page(revision));
  meanwhile = undefined;

  expect(await page(revision)).toEqual({ told: 1, busy: 0 });
  expect(await page(revision)).toEqual({ told: 0, busy: 0 });
  expect(told).toHaveLength(1);
});

test('each is told what is new to them, whatever was told to others or to nobody before', async () => {
  const first = await checkout.confirmed(['A-1']);
  await change({ venue: 'North' });
  const second = await checkout.confirmed(['A-2']);
  const revision = await change({ venue: 'South' });

  await page(revision);

  const known = Object.fromEntries(told.map(({ purchaseId, before }) => [purchaseId, before.venue]));
  expect(known).toEqual({ [first.purchaseId]: LAYOUT.venue, [second.purchaseId]: 'North' });
});

test.each<[string, () => Promise<unknown>, Page]>([
  ['is being paid', () => checkout.paid(['A-1']), { told: 0, busy: 1 }],
  ['holds its seats', () => checkout.pending(['A-1']), { told: 0, busy: 1 }],
  [
    'is being cancelled',
    async () => checkout.cancelling(await checkout.confirmed(['A-1'])),
    { told: 0, busy: 0 },
  ],
  ['is being undone', async () => checkout.claim(await checkout.pending(['A-1'])), { told: 0, busy: 0 }],
])('a purchase of before that %s is not told', async (_, bring, expected) => {
  await bring();
  const revision = await change({ venue: 'Elsewhere' });

  expect(await page(revision)).toEqual(expected);
});

test('who is cancelled while the ticket is made leaves no note', async () => {
  const order = await checkout.confirmed(['A-1']);
  const revision = await change({ venue: 'Elsewhere' });
  meanwhile = () => checkout.cancelling(order);

  await page(revision);

  expect(await checkout.purchases.find(order.purchaseId)).not.toMatchObject({ eventRevision: revision });
});

test('a purchase of an older version, which has no number, is told', async () => {
  const order = await checkout.confirmed(['A-1']);
  await tables.client.send(
    new UpdateCommand({
      ...{ TableName: tables.purchaseTable, Key: { purchaseId: order.purchaseId } },
      UpdateExpression: 'REMOVE eventRevision',
    }),
  );

  expect(await page(await change({ venue: 'Elsewhere' }))).toEqual({ told: 1, busy: 0 });
});

test('ends where the next one begins: every purchase of a section once, at its rate, whatever the size of a page', async () => {
  const orders = [];
  for (const seats of [['A-1', 'A-2'], ['A-3'], ['A-4'], ['B-1', 'A-9'], ['B-2']])
    orders.push(await checkout.confirmed(seats));
  await checkout.confirmed(['C-1']);
  const revision = await change({ venue: 'Elsewhere' });

  const pages: Page[] = [];
  const begun = Date.now();
  do
    pages.push(
      await sales({ perPage: 2, perSecond: 20 }).tellPage(
        checkout.eventId,
        revision,
        'Stalls',
        pages.at(-1)?.next,
      ),
    );
  while (pages.at(-1)?.next);

  expect(pages.map((each) => each.told)).toEqual([2, 2, 1]);
  expect(toldIds()).toEqual(ids(orders));
  // Two pages of two, the second of each a twentieth of a second after the first.
  expect(Date.now() - begun).toBeGreaterThanOrEqual(98);
});

test('a cancelled event has nobody to tell: its buyers are told that', async () => {
  await checkout.confirmed(['A-1']);
  const revision = await change({ venue: 'Elsewhere' });
  await checkout.eventCancellations.open(checkout.eventId, { message: 'Ill.', at: 1 }, 1);

  expect(await sales().sections(checkout.eventId)).toEqual([]);
  expect(await page(revision)).toEqual({ told: 0, busy: 0 });
});
