import { type EventLayout } from '../../../lambda/event/event-layout';
import { putEvent } from '../../../lambda/event/put-event';
import { type RunningExecution } from '../../../lambda/event/running-executions';
import { useTables } from '../../support/tables';
import { Checkout, errorOf, LAYOUT } from '../checkout';

const tables = useTables();
let checkout: Checkout;
let started: Pick<RunningExecution, 'revision' | 'attempt' | 'overtakes'>[];
let refuses: boolean;

beforeEach(async () => {
  checkout = await Checkout.open(tables);
  started = [];
  refuses = false;
});

const executions = {
  start: async ({ revision, attempt, overtakes }: RunningExecution) => {
    await Promise.resolve();
    if (refuses) throw new Error('no answer');
    started.push({ revision, attempt, ...(overtakes && { overtakes }) });
  },
};
const put = (change: Partial<EventLayout>, notifiesBuyers = true) =>
  putEvent(
    checkout.eventId,
    { ...LAYOUT, ...change },
    { ...checkout, executions, wait: () => Promise.resolve() },
    { notifiesBuyers },
  );
const running = () => checkout.announcements.running.find(checkout.eventId);
const finish = async () =>
  checkout.announcements.finish((await running()) as Required<RunningExecution>, checkout.clock.nowSeconds());
const MOVED = { venue: 'Elsewhere' };

test('a change is announced where somebody asks for it, and is on the list of what is not done', async () => {
  await put(MOVED);

  expect(started).toEqual([{ revision: 1, attempt: 1 }]);
  const now = checkout.clock.nowSeconds();
  expect(await running()).toMatchObject({ revision: 1, attempt: 1, dueAt: now + 60 });
  expect(await checkout.announcements.find(checkout.eventId)).toMatchObject({ revision: 1, at: now });
});

test('without being asked for, nobody is told, and nothing is kept of it', async () => {
  await put(MOVED, false);

  expect(started).toEqual([]);
  expect(await running()).toBeUndefined();
});

test.each<[string, Partial<EventLayout>]>([
  ['the same again', {}],
  ['other prices', { tiers: LAYOUT.tiers.map((tier) => ({ ...tier, price: 1_000 })) }],
])('%s is nothing to tell', async (_, change) => {
  await put(change);

  expect(started).toEqual([]);
});

test('a new event has nobody to tell', async () => {
  const { eventId } = checkout;
  await putEvent(
    `${eventId}-2`,
    LAYOUT,
    { ...checkout, executions, wait: () => Promise.resolve() },
    { notifiesBuyers: true },
  );

  expect(started).toEqual([]);
});

test('a start that fails takes nothing with it: Reconcile has it on its list, and so has the request when it is sent again', async () => {
  refuses = true;
  expect(await put(MOVED)).toEqual({ created: false });
  expect(await running()).toMatchObject({ revision: 1, attempt: 1 });

  refuses = false;
  await put(MOVED);

  expect(started).toEqual([{ revision: 1, attempt: 1 }]);
});

test('a change that is asked to be told later is told then, and once', async () => {
  await put(MOVED, false);
  await put(MOVED);
  await finish();
  await put(MOVED);

  expect(started).toEqual([{ revision: 1, attempt: 1 }]);
  expect(await running()).toBeUndefined();
});

test.each([true, false])(
  'a change while buyers are told of the one before takes its place, asked for or not (%s): that is not so any more',
  async (isAsked) => {
    await put(MOVED);
    await put({ venue: 'Elsewhere still' }, isAsked);

    expect(started).toEqual([
      { revision: 1, attempt: 1 },
      { revision: 2, attempt: 1, overtakes: true },
    ]);
    const older = { eventId: checkout.eventId, attempt: 1, revision: 1 };
    expect(await checkout.announcements.running.keepAlive(older, 1)).toBe(false);
    await checkout.announcements.finish(older, 1);
    expect(await running()).toMatchObject({ revision: 2 });
  },
);

test('of two changes at once one is made and told', async () => {
  const done = await Promise.allSettled([put({ venue: 'North' }), put({ venue: 'South' })]);

  expect(done.filter(({ status }) => status === 'rejected')).toHaveLength(1);
  expect(started).toEqual([{ revision: 1, attempt: 1 }]);
});

test('a change that is refused is told to nobody', async () => {
  await checkout.confirmed(['C-1']);

  expect((await errorOf(put({ ...MOVED, sections: [LAYOUT.sections[0]!] }))).name).toBe('SeatUnavailable');
  expect(started).toEqual([]);
  expect(await running()).toBeUndefined();
});
