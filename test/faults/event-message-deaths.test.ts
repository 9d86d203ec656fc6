import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import demoEvent from '../../web/demo-event.json';
import { eventually } from '../../harness/eventpro-client';
import { DURABLE_FUNCTIONS } from '../../local/durable-functions/plugin';
import { checkpoint, type Death, useDyingRun } from '../support/dying-functions';
import { deathsOfSlice, printSlice } from '../support/fault-slice';

printSlice('event-message-deaths');

const DAY = 86_400;
const SEATS = ['A-1', 'A-2', 'A-3'];
const local = useDyingRun('SendEventMessages', 'ScheduleEventMessages');
const { dying } = local;
let eventId: string;
let start: number;

beforeEach(() => {
  eventId = `gala-${randomUUID()}`;
  start = Math.floor(local.run.clock.now() / 1000) + 10 * DAY;
});

const emailOf = (seat: string) => `${seat.toLowerCase()}@example.com`;
const put = (startsAt: number) =>
  local.run.eventpro.putEvent(eventId, {
    ...demoEvent,
    ...{ startsAt: new Date(startsAt * 1000).toISOString(), timeZone: 'UTC' },
  });
async function sell(): Promise<void> {
  for (const seat of SEATS) {
    const buyer = { name: 'Ann Lee', email: emailOf(seat), marketing: true };
    expect((await local.run.eventpro.buy({ eventId, seats: [seat], buyer })).status).toBe(201);
  }
}

interface Listed {
  readonly schedules: readonly { readonly at: string; readonly input: { readonly eventId: string } }[];
}
async function schedules(): Promise<number[]> {
  const { body } = await local.run.eventpro.request<Listed>('GET', '/local/schedules');
  return body.schedules
    .filter(({ input }) => input.eventId === eventId)
    .map(({ at }) => Date.parse(at) / 1000);
}
/** The reminder's and the thank-you's. */
const timesOf = (startsAt: number) => [startsAt - DAY, startsAt + DAY];
const untilScheduled = (times: number[]) =>
  eventually(
    async () => (JSON.stringify(await schedules()) === JSON.stringify(times) ? true : undefined),
    `schedules at ${times.join(', ')}`,
    60_000,
  );

interface Published {
  readonly events: readonly { readonly id: string; readonly 'detail-type': string }[];
}
async function replay(type: string): Promise<void> {
  const { body } = await local.run.eventpro.request<Published>('GET', '/local/bus?limit=100');
  for (const { id } of body.events.filter((event) => event['detail-type'] === type))
    expect((await local.run.eventpro.request('POST', `/local/bus/${id}/replay`)).status).toBe(200);
}

/** Who has been told so, when nothing runs any more. */
async function told(words: RegExp): Promise<string[]> {
  for (let round = 0; round < 20; round++) {
    local.run.clock.advance(10);
    // Buyers are told one a second, by the clock of the machine.
    await delay(500);
    await local.run.idle();
    if ((await recipients(words)).length >= SEATS.length && round > 8) break;
  }
  return recipients(words);
}
async function recipients(words: RegExp): Promise<string[]> {
  const mails = await local.run.eventpro.inbox();
  return mails
    .filter(({ channel, subject = '' }) => channel === 'email' && words.test(subject))
    .map(({ to }) => String(to))
    .sort();
}
const deaths = () =>
  local.run.cloud
    .get(DURABLE_FUNCTIONS)
    .list()
    .flatMap(({ events }) => events)
    .filter(({ InvocationCompletedDetails: completed }) => completed?.Error).length;

const publication: Death['at'] = (_, body) => body.includes('EventReminder') && body.includes('TopicArn');

test.each(
  deathsOfSlice<[string, Omit<Death, 'of'>]>([
    ['before a page is begun', { at: checkpoint('page-1', 'START'), mode: 'before' }],
    ['before the second message of a page', { at: publication, nth: 2, mode: 'before' }],
    ['after the second message of a page', { at: publication, nth: 2, mode: 'after' }],
    ['before the end of a page is recorded', { at: checkpoint('page-1', 'SUCCEED'), mode: 'before' }],
  ]),
)('a function that dies %s goes on, and each buyer is reminded once', async (_, planned) => {
  await put(start);
  await sell();
  await untilScheduled(timesOf(start));
  dying.plan({ of: 'SendEventMessages', ...planned });

  local.run.clock.advance(9 * DAY + 60);

  expect(await told(/^Soon: /)).toEqual(SEATS.map(emailOf));
  expect(deaths()).toBe(1);
});

const scheduling =
  (method: 'POST' | 'DELETE'): Death['at'] =>
  (request) =>
    request.method === method && request.url!.startsWith('/schedules/');

test.each(
  deathsOfSlice<[string, Omit<Death, 'of'>]>([
    ['before it has made one', { at: scheduling('POST'), mode: 'before' }],
    ['between two that it makes', { at: scheduling('POST'), mode: 'after' }],
    ['between what it makes and what it deletes', { at: scheduling('DELETE'), mode: 'before' }],
    ['between two that it deletes', { at: scheduling('DELETE'), mode: 'after' }],
  ]),
)(
  'an event whose move is scheduled by a function that dies %s has the schedules of its new start alone',
  async (_, planned) => {
    await put(start);
    await untilScheduled(timesOf(start));
    dying.plan({ of: 'ScheduleEventMessages', ...planned });

    expect((await put(start + 5 * DAY)).status).toBe(200);

    await untilScheduled(timesOf(start + 5 * DAY));
    expect(dying.met).toBeGreaterThan(0);
  },
);

test('domain events that come again, and late, change no schedule, and tell nobody twice', async () => {
  await put(start);
  await untilScheduled(timesOf(start));
  await put(start + 5 * DAY);
  await untilScheduled(timesOf(start + 5 * DAY));
  await sell();
  await replay('EventPublished');
  await replay('EventChanged');
  await delay(1_000);
  await local.run.idle();
  expect(await schedules()).toEqual(timesOf(start + 5 * DAY));

  local.run.clock.advance(14 * DAY + 60);
  expect(await told(/^Soon: /)).toEqual(SEATS.map(emailOf));
  await replay('EventPublished');
  await replay('EventChanged');
  local.run.clock.advance(2 * DAY);

  expect(await told(/^Thank you /)).toEqual(SEATS.map(emailOf));
  expect(await recipients(/^Soon: /)).toEqual(SEATS.map(emailOf));
});

test('a scheduler that is not there stops no sale: the event is left to its dead-letter queue', async () => {
  dying.plan({ of: 'ScheduleEventMessages', at: scheduling('POST'), nth: 'every', mode: 'before' });

  expect((await put(start)).status).toBe(201);
  await sell();

  const queue = local.run.queue('EventMessagesSchedulingDeadLetterQueue');
  await eventually(
    async () => {
      const messages = await queue.receive({ maxMessages: 10 });
      return messages.some(({ body }) => body.includes(eventId)) ? true : undefined;
    },
    'a message in the dead-letter queue',
    60_000,
  );
  expect(await schedules()).toEqual([]);
});
