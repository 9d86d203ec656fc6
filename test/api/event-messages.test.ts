import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import demoEvent from '../../web/demo-event.json';
import { eventually } from '../../harness/eventpro-client';
import { useLocalRun } from '../support/local-run';

const DAY = 86_400;

const eventpro = useLocalRun();
let eventId: string;
let start: number;

beforeEach(async () => {
  await eventpro.reset();
  eventId = `gala-${randomUUID()}`;
  // Seconds since the epoch, whole: what the API keeps.
  start = Math.floor(Date.now() / 1000) + 10 * DAY;
  expect((await put(start)).status).toBe(201);
  await scheduledFor(start - DAY);
});

const inUtc = (seconds: number) => new Date(seconds * 1000).toISOString();
const put = (startsAt: number, facts: object = {}, id = eventId) =>
  eventpro.putEvent(id, {
    ...demoEvent,
    startsAt: inUtc(startsAt),
    timeZone: 'Europe/Berlin',
    ...facts,
  });
const emailOf = (seat: string) => `${seat.toLowerCase()}@example.com`;
const buy = (seat: string, agreed: object = {}, id = eventId) =>
  eventpro.buy({ eventId: id, seats: [seat], buyer: { name: 'Ann Lee', email: emailOf(seat), ...agreed } });

interface Listed {
  readonly schedules: readonly {
    readonly at: string;
    readonly input: { readonly kind: string; readonly eventId: string };
  }[];
}
/** When the schedules of the event are due. */
async function schedules(kind = 'reminder'): Promise<string[]> {
  const { body } = await eventpro.request<Listed>('GET', '/local/schedules');
  return body.schedules
    .filter(({ input }) => input.eventId === eventId && input.kind === kind)
    .map(({ at }) => at);
}
const scheduledFor = (...times: number[]) =>
  eventually(
    async () => {
      const found = await schedules();
      return JSON.stringify(found) === JSON.stringify(times.map(inUtc)) ? true : undefined;
    },
    `schedules for ${times.map(inUtc).join(', ')}`,
  );
const hold = (held: boolean) =>
  eventpro.request('PUT', '/local/schedules', { body: JSON.stringify({ held }) });

const thanks = async () =>
  (await eventpro.inbox()).filter(({ subject }) => subject?.startsWith('Thank you '));
const untilThanked = (count: number) =>
  eventually(async () => ((await thanks()).length >= count ? true : undefined), `${count} thank-yous`);
/** Moves the clock to a time, in seconds since the epoch: however long the test has taken so far. */
async function goTo(seconds: number): Promise<void> {
  const { body } = await eventpro.request<{ now: string }>('GET', '/local/clock');
  await eventpro.advanceClock(seconds - Math.floor(Date.parse(body.now) / 1000));
}
const reminders = async () => (await eventpro.inbox()).filter(({ subject }) => subject?.startsWith('Soon: '));
const reminded = async () => (await reminders()).map(({ to }) => to).sort();
const untilReminded = (count: number) =>
  eventually(async () => ((await reminders()).length >= count ? true : undefined), `${count} reminders`);

/** Until the bus has told of it: what a pipe has not read when the clock is moved by more than a day, is too old for it. */
const untilTold = (event: string) =>
  eventually(async () => {
    const { text } = await eventpro.request('GET', '/local/bus');
    return text.includes(event) ? true : undefined;
  }, `${event} on the bus`);

/** Until what was started has ended. */
async function quiet(): Promise<void> {
  await eventually(async () => {
    await delay(200);
    const { body } = await eventpro.request<{ executions: { status: string }[] }>(
      'GET',
      '/local/durable-executions',
    );
    return body.executions.every(({ status }) => status !== 'RUNNING') ? true : undefined;
  }, 'an end of the executions');
  await delay(300);
}

test('the day before, each buyer is reminded once; who is cancelled, or buys afterwards, is not', async () => {
  await buy('A-1');
  await buy('A-2');
  const { purchaseId } = await buy('A-3');
  await eventpro.cancel(purchaseId, { reason: 'BUYER_REQUEST' });
  await goTo(start - DAY - 600);
  await quiet();
  expect(await reminded()).toEqual([]);

  await goTo(start - DAY + 60);
  await untilReminded(2);
  await buy('A-4');
  await eventpro.advanceClock(DAY);
  await quiet();

  expect(await reminded()).toEqual([emailOf('A-1'), emailOf('A-2')]);
  expect(await schedules()).toEqual([]);
  const [mail] = await reminders();
  expect(mail!.text).toContain(`${demoEvent.name} starts `);
});

test('an event that is moved is reminded of the day before its new start, and not before', async () => {
  await buy('A-1');
  await put(start + 5 * DAY);
  await scheduledFor(start + 4 * DAY);

  await goTo(start - DAY + 60);
  await quiet();
  expect(await reminded()).toEqual([]);
  await eventpro.advanceClock(5 * DAY);
  await untilReminded(1);

  expect(await reminded()).toEqual([emailOf('A-1')]);
});

test('an event that is moved after its reminder is reminded of again', async () => {
  await buy('A-1');
  await goTo(start - DAY + 60);
  await untilReminded(1);

  await put(start + 5 * DAY);
  await scheduledFor(start + 4 * DAY);
  await eventpro.advanceClock(5 * DAY);
  await untilReminded(2);

  expect(await reminded()).toEqual([emailOf('A-1'), emailOf('A-1')]);
});

test('a cancelled event has no schedule, and nobody is reminded of it', async () => {
  await buy('A-1');
  await eventpro.signed('POST', `/api/events/${eventId}/cancellation`, { message: 'The singer is ill.' });
  await scheduledFor();
  expect(await schedules('thanks')).toEqual([]);

  await goTo(start - DAY + 60);
  await quiet();

  expect(await reminded()).toEqual([]);
});

describe('the day after', () => {
  const AGREED = { marketing: true };

  test('whoever has agreed to marketing is thanked once, and nobody whose sale is cancelled', async () => {
    await buy('A-1', AGREED);
    await buy('A-2');
    await buy('A-3', { marketing: false });
    const { purchaseId } = await buy('A-4', AGREED);
    await eventpro.cancel(purchaseId, { reason: 'BUYER_REQUEST' });
    expect(await schedules('thanks')).toEqual([inUtc(start + DAY)]);
    await goTo(start + DAY - 600);
    await quiet();
    expect(await thanks()).toEqual([]);

    await goTo(start + DAY + 60);
    await untilThanked(1);
    await eventpro.advanceClock(DAY);
    await quiet();

    expect((await thanks()).map(({ to }) => to)).toEqual([emailOf('A-1')]);
    expect(await schedules('thanks')).toEqual([]);
  });

  test('the link in it asks, and its button ends marketing for that buyer, of every event bought so far', async () => {
    const next = `ball-${randomUUID()}`;
    await put(start + DAY, {}, next);
    await untilTold(next);
    await buy('A-1', AGREED);
    await buy('A-1', AGREED, next);
    await buy('A-2', AGREED, next);
    await goTo(start + DAY + 60);
    await untilThanked(1);
    const [{ text = '', headers } = {}] = await thanks();
    const link = /^Unsubscribe: (\S+)$/m.exec(text)![1]!;

    const asked = await fetch(link);
    const body = 'List-Unsubscribe=One-Click';
    const done = await fetch(link, { method: 'POST', body: new URLSearchParams(body) });
    await eventpro.advanceClock(DAY);
    await untilThanked(2);
    await quiet();

    expect(headers).toMatchObject({ 'List-Unsubscribe': `<${link}>`, 'List-Unsubscribe-Post': body });
    expect(link).not.toMatch(/example\.com|%40/);
    expect([asked.status, await asked.text()]).toEqual([200, expect.stringContaining('<button>Unsubscribe')]);
    expect([done.status, await done.text()]).toEqual([200, expect.stringContaining('You are unsubscribed')]);
    expect((await thanks()).map(({ to }) => to).sort()).toEqual([emailOf('A-1'), emailOf('A-2')]);
  });

  test('a link that somebody has changed is of nobody', async () => {
    const api = `${eventpro.url}/api/unsubscriptions`;

    for (const method of ['GET', 'POST']) {
      expect((await fetch(`${api}/somebody@example.com`, { method })).status).toBe(404);
    }
  });
});

describe('a schedule that is late', () => {
  test('reminds as long as the event has not begun', async () => {
    await buy('A-1');
    await hold(true);
    await goTo(start - DAY / 2);
    await quiet();
    expect(await reminded()).toEqual([]);

    await hold(false);
    await untilReminded(1);

    expect(await reminded()).toEqual([emailOf('A-1')]);
  });

  test('reminds nobody of what has begun', async () => {
    await buy('A-1');
    await hold(true);
    await goTo(start + 60);

    await hold(false);
    await quiet();

    expect(await reminded()).toEqual([]);
    expect(await schedules()).toEqual([]);
  });

  test('reminds nobody of a start that is no more', async () => {
    await buy('A-1');
    await hold(true);
    await untilTold('PurchaseConfirmed');
    await goTo(start - DAY + 60);
    // A stream tells the second of a write: within this one, it would count as made nine days ago, and a pipe drops what is so old.
    await delay(1_500);
    await put(start + 5 * DAY);
    await scheduledFor(start - DAY, start + 4 * DAY);

    await hold(false);
    await quiet();

    expect(await reminded()).toEqual([]);
    expect(await schedules()).toEqual([inUtc(start + 4 * DAY)]);
  });
});
