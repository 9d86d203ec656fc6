import { reviveExecutions } from '../../../lambda/recovery/revive-executions';
import { useTables } from '../../support/tables';
import { Checkout, errorOf } from '../checkout';

const tables = useTables();
let checkout: Checkout;
/** Executions that were started of this event, by their attempt. */
let started: number[];
/** Events whose execution was silent. */
let revivals: string[];
let refuses = false;

const now = () => checkout.clock.nowSeconds();
const revive = () =>
  reviveExecutions(
    {
      what: 'The cancellation of an event',
      measured: ({ eventId }) => void revivals.push(eventId),
      running: checkout.eventCancellations.running,
      start: async ({ eventId, attempt }) => {
        await Promise.resolve();
        // Other tests have left theirs.
        if (eventId !== checkout.eventId) return;
        if (refuses) throw new Error('no answer');
        started.push(attempt);
      },
    },
    checkout.clock,
  );
const revived = () => revivals.filter((eventId) => eventId === checkout.eventId).length;

beforeEach(async () => {
  checkout = await Checkout.open(tables);
  started = [];
  revivals = [];
  refuses = false;
  await checkout.eventCancellations.open(checkout.eventId, { message: 'Ill.', at: now() }, now() + 60);
});

test('a cancellation that was never started is started after a minute, once, whoever looks', async () => {
  await revive();
  expect(started).toEqual([]);
  checkout.clock.advance(60);

  await Promise.all([revive(), revive(), revive()]);

  expect(started).toEqual([2]);
  expect(revived()).toBe(1);
});

test('one that says that it is alive is left alone', async () => {
  checkout.clock.advance(60);
  await checkout.eventCancellations.running.keepAlive(
    { eventId: checkout.eventId, attempt: 1 },
    now() + 2_700,
  );
  checkout.clock.advance(2_699);

  await revive();
  expect(started).toEqual([]);

  checkout.clock.advance(1);
  await revive();
  expect(started).toEqual([2]);
});

test('one that has handed over goes on at once, and calls nobody', async () => {
  await checkout.eventCancellations.running.handOver({ eventId: checkout.eventId, attempt: 1 }, now());

  await revive();

  expect(started).toEqual([2]);
  expect(revived()).toBe(0);
});

test('a start that fails is made again five minutes later', async () => {
  checkout.clock.advance(60);
  refuses = true;
  expect((await errorOf(revive())).message).toBe('no answer');
  refuses = false;

  await revive();
  expect(started).toEqual([]);
  checkout.clock.advance(300);
  await revive();
  expect(started).toEqual([3]);
});

test('what is done is not started again', async () => {
  await checkout.eventCancellations.finish(checkout.eventId, now());
  checkout.clock.advance(10_000);

  await revive();

  expect(started).toEqual([]);
});
