import { type DurableContext } from '@aws/durable-execution-sdk-js';
import { type Cursor } from '../../../lambda/event/taken-purchases';
import { type EventMessage } from '../../../lambda/event-message/event-message';
import { MessagedSales } from '../../../lambda/event-message/messaged-sales';
import { sendEventMessages } from '../../../lambda/event-message/send-event-messages';
import { type Message } from '../../../lambda/notification/confirmation';
import { OPERATIONS } from '../../../lambda/shared/durable-steps';
import { useTables } from '../../support/tables';
import { Checkout, LAYOUT } from '../checkout';

const tables = useTables();
const STARTS_AT = Date.parse(LAYOUT.startsAt) / 1000;
const DAY = 86_400;

/** Runs the steps, and counts what the service counts. */
function execution(): { readonly context: DurableContext; readonly operations: string[] } {
  const operations: string[] = [];
  const step = (name: string, run: () => Promise<unknown>) => {
    operations.push(name);
    return run();
  };
  const wait = (name: string) => Promise.resolve(void operations.push(name));
  return { context: { step, wait } as unknown as DurableContext, operations };
}

describe('a page', () => {
  let checkout: Checkout;
  let told: Message[];
  beforeEach(async () => {
    checkout = await Checkout.open(tables);
    told = [];
  });

  const page = (from?: Cursor, message: Partial<EventMessage> = {}, perPage?: number) =>
    new MessagedSales({
      ...checkout,
      publish: (sent) => Promise.resolve(void told.push(sent)),
      ...{ perSecond: 1_000, apiUrl: 'https://api.example.com', ...(perPage && { perPage }) },
    }).tellPage({ kind: 'reminder', eventId: checkout.eventId, dueAt: STARTS_AT - DAY, ...message }, from);

  test('gives the topic a message for each sale: when, where, and where the ticket is', async () => {
    const { purchaseId } = await checkout.confirmed(['A-1', 'A-2']);
    await checkout.pending(['A-3']);
    await checkout.paid(['A-4']);
    await checkout.cancelling(await checkout.confirmed(['A-5']));

    expect(await page()).toEqual({ told: 1 });

    const { name, venue, startsAt, timeZone } = LAYOUT;
    const ticketUrl = `https://api.example.com/purchases/${purchaseId}/ticket`;
    const event = { name, venue, startsAt, timeZone };
    expect(told).toEqual([{ type: 'EventReminder', purchaseId, ticketUrl, event }]);
  });

  test('of thanks has those alone who have agreed to marketing', async () => {
    const buyer = { name: 'Ada Lovelace', email: 'ada@example.com' };
    const agreed = await checkout.confirmed(['A-1'], { buyer: { ...buyer, marketing: true } });
    await checkout.confirmed(['A-2'], { buyer: { ...buyer, marketing: false } });
    await checkout.confirmed(['A-3']);
    await checkout.cancelling(await checkout.confirmed(['A-4'], { buyer: { ...buyer, marketing: true } }));
    checkout.clock.advance(STARTS_AT + DAY - checkout.clock.nowSeconds());

    expect(await page(undefined, { kind: 'thanks', dueAt: STARTS_AT + DAY })).toEqual({ told: 1 });

    expect(told).toEqual([
      {
        ...{ type: 'EventThanks', purchaseId: agreed.purchaseId, event: expect.anything() },
        unsubscriptionsUrl: 'https://api.example.com/unsubscriptions',
      },
    ]);
  });

  test('of thanks has one for a buyer, who may have bought more than once, and a reminder for each sale', async () => {
    const buyer = { name: 'Ada Lovelace', email: 'twice@example.com', marketing: true };
    await checkout.confirmed(['A-1'], { buyer });
    checkout.clock.advance(60);
    const last = await checkout.confirmed(['C-2'], { buyer: { ...buyer, email: 'Twice@example.com' } });
    await checkout.confirmed(['B-1'], { buyer: { ...buyer, marketing: false } });
    const elsewhere = await Checkout.open(tables);
    await elsewhere.confirmed(['A-1'], { buyer });
    expect(await page()).toEqual({ told: 3 });
    told = [];
    checkout.clock.advance(STARTS_AT + DAY - checkout.clock.nowSeconds());

    expect(await page(undefined, { kind: 'thanks', dueAt: STARTS_AT + DAY })).toEqual({ told: 1 });

    // With the first, the buyer may have agreed before unsubscribing.
    expect(told).toMatchObject([{ purchaseId: last.purchaseId }]);
  });

  test('of thanks that is more than a week late thanks nobody', async () => {
    await checkout.confirmed(['A-1'], {
      buyer: { name: 'Ada Lovelace', email: 'ada@example.com', marketing: true },
    });
    checkout.clock.advance(STARTS_AT + 8 * DAY - checkout.clock.nowSeconds());

    expect(await page(undefined, { kind: 'thanks', dueAt: STARTS_AT + DAY })).toBe('STALE');
    expect(told).toEqual([]);
  });

  test('after page: each sale, over all sections', async () => {
    const seats = ['A-1', 'A-2', 'A-3', 'B-1', 'C-1', 'C-2'];
    const sold: string[] = [];
    for (const seat of seats) sold.push((await checkout.confirmed([seat])).purchaseId);

    let from: Cursor | undefined;
    let pages = 0;
    do {
      const done = await page(from, {}, 2);
      if (done === 'STALE') throw new Error('stale');
      from = done.next;
      pages++;
    } while (from);

    expect(told.map(({ purchaseId }) => purchaseId).sort()).toEqual(sold.sort());
    expect(pages).toBeGreaterThanOrEqual(3);
  });

  test.each<[string, () => Promise<unknown>, Partial<EventMessage>]>([
    ['is moved', () => checkout.replaceLayout({ ...LAYOUT, startsAt: '2100-03-27T19:00:00Z' }), {}],
    [
      'is cancelled',
      () =>
        checkout.eventCancellations.open(
          checkout.eventId,
          { message: 'Ill.', at: checkout.clock.nowSeconds() },
          0,
        ),
      {},
    ],
    ['has begun', () => Promise.resolve(checkout.clock.advance(STARTS_AT - checkout.clock.nowSeconds())), {}],
    ['is not there', () => Promise.resolve(), { eventId: 'nowhere' }],
  ])('of an event that %s tells nobody, and ends it', async (_, happen, message) => {
    await checkout.confirmed(['A-1']);
    await happen();

    expect(await page(undefined, message)).toBe('STALE');
    expect(told).toEqual([]);
  });
});

describe('the pages', () => {
  const INPUT: EventMessage = { kind: 'reminder', eventId: 'gala', dueAt: STARTS_AT - DAY };

  /** So many sales, 200 a page. */
  function hall(sales: number, staleAt = Infinity) {
    let left = sales;
    let pages = 0;
    return {
      tellPage: () => {
        if (++pages >= staleAt) return Promise.resolve('STALE' as const);
        const told = Math.min(200, left);
        left -= told;
        return Promise.resolve({
          told,
          ...(left > 0 && { next: { section: 'Stalls', after: `A-${left}` } }),
        });
      },
    };
  }

  test('of 100,000 purchases stay within what an execution may have', async () => {
    const { context, operations } = execution();

    expect(await sendEventMessages(INPUT, context, hall(100_000))).toEqual({ status: 'DONE', told: 100_000 });
    expect(operations.length).toBeLessThan(OPERATIONS);
  });

  test('end where the event is another by now', async () => {
    const { context } = execution();

    expect(await sendEventMessages(INPUT, context, hall(1_000, 3))).toEqual({ status: 'STALE', told: 400 });
  });

  test('of more than an execution may have fail by name, before the service ends it without one', async () => {
    const { context, operations } = execution();

    await expect(sendEventMessages(INPUT, context, hall(1_000_000))).rejects.toMatchObject({
      name: 'TooManyPages',
    });
    expect(operations.length).toBeLessThanOrEqual(OPERATIONS);
  });

  test.each([
    ['a kind that there is not', { ...INPUT, kind: 'advert' }],
    ['no time', { ...INPUT, dueAt: undefined }],
    ['an id that is none', { ...INPUT, eventId: 'No Event' }],
  ])('are refused by name for %s', async (_, input) => {
    await expect(sendEventMessages(input, execution().context, hall(1))).rejects.toMatchObject({
      name: 'ValidationFailed',
    });
  });
});
