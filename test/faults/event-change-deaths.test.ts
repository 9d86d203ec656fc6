import { setTimeout as delay } from 'node:timers/promises';
import demoEvent from '../../web/demo-event.json';
import { type EventProClient, eventually } from '../../harness/eventpro-client';
import { DURABLE_FUNCTIONS } from '../../local/durable-functions/plugin';
import { checkpoint, type Death, useDyingRun } from '../support/dying-functions';
import { deathsOfSlice, printSlice } from '../support/fault-slice';
import { stop, useLocalProcesses } from '../support/local-processes';

printSlice('event-change-deaths');

const SEATS = ['A-1', 'A-2', 'A-3'];
const MOVED = { ...demoEvent, venue: 'Elsewhere' };
const local = useDyingRun('AnnounceChange', 'PutEvent');
const { dying } = local;

beforeEach(async () => {
  for (const seat of SEATS) {
    const buyer = { name: 'Ann Lee', email: emailOf(seat) };
    expect((await local.run.eventpro.buy({ seats: [seat], buyer })).status).toBe(201);
  }
  await local.run.idle();
});

const emailOf = (seat: string) => `${seat.toLowerCase()}@example.com`;
const put = (eventpro: EventProClient = local.run.eventpro, eventId = 'demo') =>
  eventpro.signed('PUT', `/api/events/${eventId}?notify=buyers`, MOVED);
const executions = () => local.run.cloud.get(DURABLE_FUNCTIONS).list();
const attempts = () => executions().map(({ start }) => Number(start.name.split('-').at(-1)));
const deaths = () =>
  executions()
    .flatMap(({ events }) => events)
    .filter(({ InvocationCompletedDetails: completed }) => completed?.Error).length;

/** Lets the time pass that the function, and Reconcile, wait. */
async function told(): Promise<string[]> {
  for (let round = 0; round < 40; round++) {
    local.run.clock.advance(10);
    // Buyers are told one a second, by the clock of the machine.
    await delay(500);
    await local.run.idle();
    if ((await recipients()).length >= SEATS.length && round > 10) break;
  }
  return recipients();
}

async function recipients(eventpro: EventProClient = local.run.eventpro): Promise<string[]> {
  const mails = await eventpro.inbox();
  return mails
    .filter(({ channel, text = '' }) => channel === 'email' && text.includes('has a new'))
    .map(({ to }) => String(to))
    .sort();
}

const publication: Death['at'] = (_, body) => body.includes('EventChanged') && body.includes('TopicArn');

test.each(
  deathsOfSlice<[string, Omit<Death, 'of'>]>([
    ['before a page is begun', { at: checkpoint('page-1', 'START'), mode: 'before' }],
    ['before the second message of a page', { at: publication, nth: 2, mode: 'before' }],
    ['after the second message of a page', { at: publication, nth: 2, mode: 'after' }],
    ['before the end of a page is recorded', { at: checkpoint('page-1', 'SUCCEED'), mode: 'before' }],
  ]),
)('a function that dies %s goes on, and each buyer is told once', async (_, planned) => {
  dying.plan({ of: 'AnnounceChange', ...planned });

  expect((await put()).status).toBe(200);

  expect(await told()).toEqual(SEATS.map(emailOf));
  expect(deaths()).toBe(1);
  expect(attempts()).toEqual([1]);
});

test.each([
  ['before it has started the function leaves it to Reconcile', 'before', [2]],
  ['after it has started the function has changed the event', 'after', [1]],
] as const)('a PUT that dies %s', async (_, mode, expected) => {
  const at: Death['at'] = ({ headers }) => headers['x-amz-durable-execution-name'] !== undefined;
  dying.plan({ of: 'PutEvent', at, mode });

  expect((await put()).status).toBeGreaterThanOrEqual(500);

  expect(await told()).toEqual(SEATS.map(emailOf));
  expect(attempts()).toEqual(expected);
});

describe('a run that is killed in the middle of it', () => {
  const { start } = useLocalProcesses();
  const SOLD = Array.from({ length: 12 }, (_, index) => `B-${index + 1}`);
  /** Not the demo event: that is put anew whenever a run starts, which would take the change back while it is told. */
  const eventId = 'gala';

  test('tells the others when it runs again, and twice only whom it was telling when it was killed', async () => {
    const first = await start();
    await first.client.putEvent(eventId, demoEvent);
    for (const seat of SOLD) {
      const buyer = { name: 'Ann Lee', email: emailOf(seat) };
      expect((await first.client.buy({ eventId, seats: [seat], buyer })).status).toBe(201);
    }
    expect((await put(first.client, eventId)).status).toBe(200);
    await first.client.advanceClock(10);
    await eventually(async () => {
      const told = await recipients(first.client);
      return told.length >= 3 || undefined;
    }, 'buyers who are told');
    await stop(first.child, 'SIGKILL');

    const { client } = await start();
    // The inbox outlives the run.
    const before = await recipients(client);
    const all = await eventually(
      async () => {
        // No faster: who tells buyers for a while by the machine's clock is alive for half an hour of this one.
        await client.advanceClock(10);
        await delay(500);
        const told = await recipients(client);
        return new Set(told).size === SOLD.length ? told : undefined;
      },
      'a mail to each',
      90_000,
    );

    expect(before.length).toBeLessThan(SOLD.length);
    // Of a mail that was sent and not noted yet nobody knows, so it is sent once more.
    for (const address of before) all.splice(all.indexOf(address), 1);
    expect(new Set(all).size).toBe(all.length);
  }, 180_000);
});
