import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import demoEvent from '../../web/demo-event.json';
import { useLocalRun } from '../support/local-run';
import { expectProblem } from '../support/problem';

const eventpro = useLocalRun();
beforeEach(() => eventpro.reset());

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();

interface Listed {
  readonly events: readonly { readonly eventId: string; readonly status: string }[];
}
const statusOf = async (eventId: string) =>
  (await eventpro.request<Listed>('GET', '/api/events')).body.events.find((each) => each.eventId === eventId)
    ?.status;

test('an event that is over is put, and not sold', async () => {
  const put = await eventpro.putEvent('past', { ...demoEvent, startsAt: '2020-03-20T20:00:00' });
  const order = { key: randomUUID(), eventId: 'past', seats: ['A-1'] };

  const refused = await eventpro.buy(order);
  const again = await eventpro.buy(order);

  expect(put.status).toBe(201);
  expect(await statusOf('past')).toBe('CLOSED');
  expectProblem(refused, { status: 409, code: 'SALE_CLOSED', purchaseId: order.key });
  expect(refused.body).toMatchObject({
    detail: 'The sale is over: it closed on Fri, 20 March 2020, 20:00 CET.',
  });
  expect(again.text).toBe(refused.text);
  expect(await eventpro.payments()).toEqual([]);
});

test('a sale opens, and closes, when it was said', async () => {
  const hours = { saleOpensAt: inSeconds(3_600), saleClosesAt: inSeconds(7_200) };
  await eventpro.putEvent('later', { ...demoEvent, ...hours });
  const buy = (seat: string) => eventpro.buy({ eventId: 'later', seats: [seat] });

  const early = [await statusOf('later'), await buy('A-1')] as const;
  await eventpro.advanceClock(3_700);
  const open = [await statusOf('later'), await buy('A-1')] as const;
  await eventpro.advanceClock(3_700);
  const late = [await statusOf('later'), await buy('A-2')] as const;

  expect([early[0], open[0], late[0]]).toEqual(['SCHEDULED', 'ON_SALE', 'CLOSED']);
  expectProblem(early[1], { status: 409, code: 'SALE_CLOSED', purchaseId: early[1].purchaseId });
  expect(open[1].status).toBe(201);
  expectProblem(late[1], { status: 409, code: 'SALE_CLOSED', purchaseId: late[1].purchaseId });
});

test('a hold that was made in time is paid after the sale has closed', async () => {
  await eventpro.putEvent('last-minute', { ...demoEvent, saleClosesAt: inSeconds(60) });
  await eventpro.setFault('ProcessPayment', {
    mode: 'fail-before',
    error: 'PaymentGatewayTimeout',
    times: 1,
  });

  const buying = eventpro.buy({ eventId: 'last-minute', seats: ['A-1'] });
  while ((await eventpro.seats('last-minute'))[0]!.status === 'AVAILABLE') await delay(10);
  await eventpro.advanceClock(120);

  expect((await buying).status).toBe(201);
  expect(await statusOf('last-minute')).toBe('CLOSED');
});
