import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import demoEvent from '../../web/demo-event.json';
import { eventually } from '../../harness/eventpro-client';
import { useLocalRun } from '../support/local-run';
import { expectProblem } from '../support/problem';
import { codesOf, ticketOf } from '../support/ticket-codes';

const eventpro = useLocalRun();
let eventId: string;
beforeEach(async () => {
  await eventpro.reset();
  eventId = `gala-${randomUUID()}`;
  expect((await eventpro.putEvent(eventId, demoEvent)).status).toBe(201);
});

const BUYER = { name: 'Ann Lee', phone: '+4915112345678' };
const emailOf = (seat: string) => `${seat.toLowerCase()}@example.com`;
const buy = (seat: string, order: object = {}) =>
  eventpro.buy({ eventId, seats: [seat], buyer: { ...BUYER, email: emailOf(seat) }, ...order });
const POSTPONED = { ...demoEvent, startsAt: '2031-05-04T18:00:00Z', doorsOpenAt: '2031-05-04T17:00:00Z' };
const put = (event: object, query = '?notify=buyers') =>
  eventpro.signed('PUT', `/api/events/${eventId}${query}`, event);

/** Lets the time pass that the function waits, until nothing runs any more. */
async function announced(): Promise<void> {
  for (let round = 0; round < 60; round++) {
    const { body } = await eventpro.request<{ executions: { status: string }[] }>(
      'GET',
      '/local/durable-executions',
    );
    if (body.executions.every(({ status }) => status !== 'RUNNING')) break;
    await eventpro.advanceClock(30);
    await delay(200);
  }
  await delay(300);
}

const told = async (channel = 'email') =>
  (await eventpro.inbox()).filter(
    (message) => message.channel === channel && (message.text ?? '').includes('has a new'),
  );
const recipients = async () => (await told()).map(({ to }) => to).sort();

/** The numbers of the revisions that the bus was told of. */
async function changesOnTheBus(): Promise<string[]> {
  const { body } = await eventpro.request<{
    events: { 'detail-type': string; detail: { eventId: string; sequence: string } }[];
  }>('GET', '/local/bus?limit=1000');
  return body.events
    .filter((event) => event['detail-type'] === 'EventChanged' && event.detail.eventId === eventId)
    .map(({ detail }) => detail.sequence)
    .sort((a, b) => Number(a) - Number(b));
}

test('each buyer is told once what was and what is, and has a new ticket whose old code is valid still', async () => {
  const sold = await Promise.all(['A-1', 'A-2', 'A-3'].map((seat) => buy(seat)));
  await eventpro.buy({ seats: ['A-1'] });
  const { purchaseId } = sold[0]!;
  const old = await ticketOf(eventpro, purchaseId);
  const codes = await codesOf(eventpro, purchaseId);

  expect((await put(POSTPONED)).status).toBe(200);
  await eventually(async () => ((await told()).length === 3 ? true : undefined), 'a mail to each');
  await announced();

  expect(await recipients()).toEqual(['A-1', 'A-2', 'A-3'].map(emailOf));
  const [mail] = await told();
  expect(mail!.subject).toBe(`${demoEvent.name} has a new time`);
  expect(mail!.text).toMatch(/Starts: Sun, 4 May 2031 at .* \(before: .*\)/);
  expect(await told('sms')).toHaveLength(3);
  expect((await ticketOf(eventpro, purchaseId)).equals(old)).toBe(false);
  expect(await codesOf(eventpro, purchaseId)).toEqual(codes);
});

test('without the parameter nobody is told; asked later, they are; and asked again, nothing happens', async () => {
  await buy('A-1');
  await put(POSTPONED, '');
  await announced();
  expect(await told()).toEqual([]);

  await put(POSTPONED);
  await eventually(async () => ((await told()).length === 1 ? true : undefined), 'a mail');
  await announced();
  await put(POSTPONED);
  await announced();

  expect(await recipients()).toEqual([emailOf('A-1')]);
});

test('who buys after the change, or is cancelled before, is told nothing', async () => {
  const { purchaseId } = await buy('A-1');
  await eventpro.cancel(purchaseId, { reason: 'BUYER_REQUEST' });
  await buy('A-2');

  await put(POSTPONED);
  await buy('A-3');
  await eventually(async () => ((await told()).length > 0 ? true : undefined), 'a mail');
  await announced();

  expect(await recipients()).toEqual([emailOf('A-2')]);
});

test('who is at the bank when it changes, and comes back, is told', async () => {
  const { purchaseId } = await buy('A-1', { paymentMethod: 'pm_card_authenticationRequired' });
  const [{ paymentIntentId } = { paymentIntentId: '' }] = await eventpro.payments(purchaseId);
  await put(POSTPONED);
  await eventpro.answerBank(paymentIntentId, 'succeeded');
  expect((await eventpro.resume(purchaseId)).status).toBe(201);
  await announced();

  expect(await recipients()).toEqual([emailOf('A-1')]);
});

test('the page shows the new time, and a change that is overtaken on the way is told as the newest', async () => {
  await buy('A-1');
  await put(POSTPONED);
  await put({ ...POSTPONED, venue: 'Elsewhere' });
  await announced();

  expect((await told()).filter(({ text = '' }) => text.includes('Elsewhere'))).toHaveLength(1);
  const { body } = await eventpro.request<{ startsAt: string }>('GET', `/api/events/${eventId}/seats`);
  expect(body.startsAt).toBe(POSTPONED.startsAt);
});

test('of many changes at once each that was answered with 200 has its revision, and buyers hear the last one once', async () => {
  await buy('A-1');
  const venues = Array.from({ length: 8 }, (_, index) => `Hall ${index + 1}`);

  const answers = await Promise.all(venues.map((venue) => put({ ...POSTPONED, venue })));
  const made = answers.filter(({ status }) => status === 200).length;
  await announced();

  expect(made).toBeGreaterThanOrEqual(1);
  for (const answer of answers.filter(({ status }) => status !== 200)) {
    expectProblem(answer, { status: 409, code: 'EVENT_CHANGED' });
  }
  const { body } = await eventpro.request<{ venue: string }>('GET', `/api/events/${eventId}/seats`);
  expect((await told()).filter(({ text = '' }) => text.includes(body.venue))).toHaveLength(1);
  // The first number is the publication's.
  const sequences = Array.from({ length: made }, (_, index) => String(index + 2));
  expect(await changesOnTheBus()).toEqual(sequences);
});

test('another wish than buyers is refused', async () => {
  expectProblem(await put(POSTPONED, '?notify=everybody'), { status: 400, code: 'VALIDATION' });
});
