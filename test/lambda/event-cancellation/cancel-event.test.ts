import { type DurableContext, StepError } from '@aws/durable-execution-sdk-js';
import { cancelEvent } from '../../../lambda/event-cancellation/cancel-event';
import { type CancelEventWork } from '../../../lambda/event-cancellation/connect-cancel-event';
import { type Cursor } from '../../../lambda/event/taken-purchases';
import { type Page } from '../../../lambda/event-cancellation/event-sales';
import { OPERATIONS, retryByClass, Superseded } from '../../../lambda/shared/durable-steps';
import { ItemNotReadable } from '../../../lambda/shared/item';

/** What the service counts of an execution, and what the function did: without replays, which `local/` plays. */
class Execution {
  readonly operations: string[] = [];
  /** Seconds that it has waited. */
  waited = 0;
  /** Bytes of the results that are kept. */
  bytes = 0;
  /** The steps that fail for good. */
  readonly broken = new Set<string>();

  get context(): DurableContext {
    const step = async (name: string, run: () => Promise<unknown>) => {
      this.operations.push(name);
      if (this.broken.has(name)) throw new StepError(`${name} failed`);
      const result = await run().catch((error: Error) => {
        throw new StepError(error.message, error);
      });
      this.bytes += JSON.stringify(result ?? null).length;
      return result;
    };
    const wait = async (name: string, duration: { seconds?: number; minutes?: number }) => {
      this.operations.push(name);
      this.waited += (duration.seconds ?? 0) + 60 * (duration.minutes ?? 0);
      return Promise.resolve();
    };
    return { step, wait } as unknown as DurableContext;
  }
}

/** An event with purchases in its seats, and orders; each page cancels its own at once, but for those that hold. */
class Hall implements CancelEventWork {
  readonly calls: string[] = [];
  cancelled = 0;
  /** Rounds for which somebody is still buying, or the balance is empty. */
  busyFor = 0;
  emptyFor = 0;
  unsettledFor = 0;
  failed = 0;
  ordersToUndo = 0;
  failedOrders = 0;
  /** Steps that say that the execution lives, before another has the cancellation. */
  aliveFor = Infinity;

  constructor(
    private readonly purchases: number,
    private readonly perPage: number,
  ) {}

  readonly sales = {
    count: async () => Promise.resolve(this.purchases),
    countUnsettled: async () => Promise.resolve(this.unsettledFor-- > 0 ? 1 : 0),
    listFailures: async () => Promise.resolve(this.failed),
  };

  readonly orders = {
    countUnsettled: async () => Promise.resolve(0),
    listFailures: async () => Promise.resolve(this.failedOrders),
  };

  async cancelOrders(): Promise<Page<'again'>> {
    const started = Math.min(this.perPage, this.ordersToUndo);
    this.ordersToUndo -= started;
    return Promise.resolve({ started, busy: 0, ...(this.ordersToUndo > 0 && { next: 'again' as const }) });
  }

  keepAlive = async () => {
    await Promise.resolve();
    if (this.aliveFor-- <= 0) throw new Superseded('no');
  };

  async cancelPage(_eventId: string, from?: Cursor): Promise<Page> {
    await Promise.resolve();
    if (this.emptyFor-- > 0)
      return { ...(from && { next: from }), started: 0, busy: 0, balanceIsEmpty: true };
    const started = Math.min(this.perPage, this.purchases - this.cancelled);
    this.cancelled += started;
    const isLast = this.cancelled === this.purchases;
    const busy = isLast && this.busyFor-- > 0 ? 1 : 0;
    return { started, busy, ...(!isLast && { next: { section: 'Stalls', after: `A-${this.cancelled}` } }) };
  }

  escalate = async (_: string, failed: number) => this.note(`escalate ${failed}`);
  finish = async () => this.note('finish');
  handOver = async (_: string, attempt: number) => this.note(`hand over ${attempt}`);
  giveUp = async (_: string, attempt: number) => this.note(`give up ${attempt}`);
  tellPeople = async (_: string, { failed }: { failed: number }) => this.note(`tell ${failed}`);

  private note(call: string): Promise<void> {
    this.calls.push(call);
    return Promise.resolve();
  }
}

const INPUT = { eventId: 'gala', attempt: 1 };
const run = (hall: Hall, execution = new Execution()) => cancelEvent(INPUT, execution.context, hall);

test('goes over the seats until none is taken, finishes, and tells people', async () => {
  const execution = new Execution();
  const hall = new Hall(450, 200);

  const outcome = await run(hall, execution);

  expect(outcome).toEqual({ status: 'DONE', purchases: 450, failed: 0 });
  expect(hall.calls).toEqual(['finish', 'tell 0']);
  expect(execution.operations).toEqual([
    ...['closure-in-force', 'count-purchases'],
    ...['pass-1-page-1', 'pass-1-page-1-pause', 'pass-1-page-2', 'pass-1-page-2-pause', 'pass-1-page-3'],
    ...['orders-1-page-1', 'after-pass-1', 'pass-2-page-1', 'orders-2-page-1'],
    ...['settlement-1', 'list-failures', 'finish', 'tell-people'],
  ]);
});

test('goes over the orders, too, page by page, and counts those that could not be given back', async () => {
  const execution = new Execution();
  const hall = new Hall(1, 200);
  hall.ordersToUndo = 300;
  hall.failed = 1;
  hall.failedOrders = 2;

  const outcome = await run(hall, execution);

  expect(outcome).toEqual({ status: 'DONE', purchases: 1, failed: 3 });
  expect(hall.ordersToUndo).toBe(0);
  expect(hall.calls).toEqual(['escalate 3', 'finish', 'tell 3']);
  expect(execution.operations.filter((name) => name.startsWith('orders-1'))).toEqual([
    ...['orders-1-page-1', 'orders-1-page-1-pause', 'orders-1-page-2'],
  ]);
});

test('100,000 purchases stay far within 3,000 operations and 100 MB, and no purchase is in the state', async () => {
  const execution = new Execution();

  await run(new Hall(100_000, 200), execution);

  expect(execution.operations.length).toBeLessThan(1_100);
  expect(execution.bytes).toBeLessThan(100_000);
});

test('what holds seats is waited for, longer and longer', async () => {
  const execution = new Execution();
  const hall = new Hall(10, 200);
  hall.busyFor = 4;

  await run(hall, execution);

  expect(execution.operations.filter((name) => name.startsWith('after-pass'))).toHaveLength(4);
  expect(execution.waited).toBeGreaterThan(10 + 20 + 40 + 80);
});

test('who never lets go of a seat is left to people after more than an hour', async () => {
  const execution = new Execution();
  const hall = new Hall(10, 200);
  hall.busyFor = Infinity;
  hall.failed = 1;

  expect(await run(hall, execution)).toEqual({ status: 'DONE', purchases: 10, failed: 1 });
  expect(execution.waited).toBeGreaterThan(3_600);
  expect(hall.calls).toEqual(['escalate 1', 'finish', 'tell 1']);
});

test('an empty balance pauses a quarter of an hour, and goes on where it was', async () => {
  const execution = new Execution();
  const hall = new Hall(10, 200);
  hall.emptyFor = 2;

  expect(await run(hall, execution)).toMatchObject({ status: 'DONE' });
  expect(hall.cancelled).toBe(10);
  expect(execution.operations.filter((name) => name.endsWith('-funds'))).toEqual([
    'pass-1-page-1-funds',
    'pass-1-page-2-funds',
  ]);
});

test('before its operations are used up, it leaves the rest to the execution after it', async () => {
  const execution = new Execution();
  const hall = new Hall(1_000_000, 200);

  expect(await run(hall, execution)).toEqual({ status: 'CONTINUED' });
  expect(hall.calls).toEqual(['hand over 1']);
  // The step that hands over is one more, and the service fails it at 3,000.
  expect(execution.operations).toHaveLength(OPERATIONS + 1);
});

test('a step that failed for good is left to the next execution, which may have another version', async () => {
  const execution = new Execution();
  execution.broken.add('pass-1-page-2');
  const hall = new Hall(450, 200);

  expect(await run(hall, execution)).toEqual({ status: 'CONTINUED' });
  expect(hall.calls).toEqual(['give up 1']);
  expect(execution.operations.at(-1)).toBe('give-up');
});

test('one that another has replaced ends at its next step, and leaves all to it', async () => {
  const execution = new Execution();
  const hall = new Hall(450, 200);
  hall.aliveFor = 2;

  expect(await run(hall, execution)).toEqual({ status: 'SUPERSEDED' });
  expect(hall.cancelled).toBe(200);
  expect(hall.calls).toEqual([]);
});

test('each step but the last two says that the execution lives, also while it only waits', async () => {
  const hall = new Hall(1, 200);
  hall.unsettledFor = 19;
  const alive = jest.spyOn(hall, 'keepAlive');
  const execution = new Execution();

  await run(hall, execution);

  const steps = execution.operations.filter((name) => !/^(closure-in-force|after-.*|.*-pause)$/.test(name));
  expect(alive).toHaveBeenCalledTimes(steps.length - 2);
});

test('a message to people that may be lost takes nothing with it', async () => {
  const execution = new Execution();
  execution.broken.add('tell-people');

  expect(await run(new Hall(1, 200), execution)).toMatchObject({ status: 'DONE' });
});

test('what is no input of it is refused by name', async () => {
  const execution = new Execution();

  await expect(cancelEvent({ eventId: 'No Event' }, execution.context, new Hall(1, 1))).rejects.toMatchObject(
    {
      name: 'ValidationFailed',
    },
  );
});

describe('retries', () => {
  const named = (name: string) => Object.assign(new Error('no'), { name });

  test.each(['TimeoutError', 'ThrottlingException', 'InternalServerError', 'Error'])(
    'an attempt that met a %s is repeated, for minutes',
    (name) => {
      expect(retryByClass(named(name), 1)).toMatchObject({ shouldRetry: true });
      expect(retryByClass(named(name), 7)).toMatchObject({ shouldRetry: true });
      expect(retryByClass(named(name), 8)).toEqual({ shouldRetry: false });
    },
  );

  test.each([
    ['ItemNotReadable', new ItemNotReadable('no')],
    ['NotConfigured', named('NotConfigured')],
    ['TypeError', new TypeError('no')],
    ['Superseded', new Superseded('no')],
  ])('one that met %s is not: it would be the same again', (_, error) => {
    expect(retryByClass(error, 1)).toEqual({ shouldRetry: false });
  });

  test.each([undefined, null, 'a text', {}])('never throw, whatever was thrown: %p', (thrown) => {
    expect(() => retryByClass(thrown, 1)).not.toThrow();
  });
});
