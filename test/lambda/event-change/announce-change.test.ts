import { type DurableContext, StepError } from '@aws/durable-execution-sdk-js';
import { announceChange, OLDER_ENDS_WITHIN } from '../../../lambda/event-change/announce-change';
import { type Page } from '../../../lambda/event-change/changed-sales';
import { type AnnounceChangeWork } from '../../../lambda/event-change/connect-announce-change';
import { OPERATIONS, Superseded } from '../../../lambda/shared/durable-steps';
import { FUNCTIONS } from '../../../lib/functions';

/** What the service counts of an execution, and what the function did: without replays, which `local/` plays. */
class Execution {
  readonly operations: string[] = [];
  bytes = 0;

  readonly context = this.contextIn('');

  private contextIn(scope: string): DurableContext {
    const step = async (name: string, run: () => Promise<unknown>) => {
      this.operations.push(scope + name);
      const result = await run().catch((error: Error) => {
        throw new StepError(error.message, error);
      });
      return this.kept(result);
    };
    const wait = (name: string) => Promise.resolve(void this.operations.push(scope + name));
    const runInChildContext = async (name: string, run: (child: DurableContext) => Promise<unknown>) => {
      this.operations.push(scope + name);
      return this.kept(await run(this.contextIn(`${name}/`)));
    };
    return { step, wait, runInChildContext } as unknown as DurableContext;
  }

  private kept(result: unknown): unknown {
    this.bytes += JSON.stringify(result ?? null).length;
    return result;
  }
}

/** An event with purchases behind in each of its sections. */
class Hall implements AnnounceChangeWork {
  readonly calls: string[] = [];
  told = 0;
  /** Rounds for which somebody is still buying. */
  busyFor = 0;
  /** Steps that say that the execution lives, before another has the work. */
  aliveFor = Infinity;
  broken = false;
  private readonly behind: number[];

  constructor(
    private readonly names: readonly string[],
    perSection: number,
    private readonly perPage = 200,
  ) {
    this.behind = names.map(() => perSection);
  }

  keepAlive = async () => {
    await Promise.resolve();
    if (this.aliveFor-- <= 0) throw new Superseded('no');
  };
  sections = async () => Promise.resolve([...this.names]);
  tellPage = async (_: unknown, section: string): Promise<Page> => {
    await Promise.resolve();
    if (this.broken) throw new TypeError('no');
    const at = this.names.indexOf(section);
    const told = Math.min(this.perPage, this.behind[at]!);
    this.behind[at]! -= told;
    this.told += told;
    if (this.behind[at]! > 0) return { told, busy: 0, next: `A-${this.behind[at]}` };
    const isBusy = at === 0 && this.busyFor-- > 0;
    return { told, busy: isBusy ? 1 : 0 };
  };
  finish = async () => this.note('finish');
  handOver = async () => this.note('hand over');
  giveUp = async () => this.note('give up');

  private note(call: string): Promise<void> {
    this.calls.push(call);
    return Promise.resolve();
  }
}

const INPUT = { eventId: 'gala', revision: 2, attempt: 1, overtakes: false };
const run = (hall: Hall, execution = new Execution(), input: object = INPUT) =>
  announceChange(input, execution.context, hall);

test('goes over each section in a context of its own, page by page, and finishes', async () => {
  const execution = new Execution();
  const hall = new Hall(['Stalls', 'Circle'], 300);

  expect(await run(hall, execution)).toEqual({ status: 'DONE', told: 600 });
  expect(hall.calls).toEqual(['finish']);
  expect(execution.operations).toEqual([
    ...['change-in-force', 'sections-1', 'round-1-section-1'],
    ...['page-1', 'page-1-pause', 'page-2'].map((name) => `round-1-section-1/${name}`),
    'round-1-section-2',
    ...['page-1', 'page-1-pause', 'page-2'].map((name) => `round-1-section-2/${name}`),
    'finish',
  ]);
});

test('one that overtakes an older one waits until no page of that can be under way', async () => {
  const execution = new Execution();

  await run(new Hall(['Stalls'], 1), execution, { ...INPUT, overtakes: true });

  expect(execution.operations.slice(0, 2)).toEqual(['change-in-force', 'older-ends']);
  expect(OLDER_ENDS_WITHIN.seconds).toBe(FUNCTIONS.AnnounceChange.timeoutSeconds);
});

test.each([
  ['in one section', 1],
  ['in as many as there may be', 200],
])('100,000 purchases %s stay within 3,000 operations and 100 MB, twice over', async (_, sections) => {
  const execution = new Execution();
  const hall = new Hall(
    Array.from({ length: sections }, (__, index) => `S${index}`),
    100_000 / sections,
  );
  hall.busyFor = 1;

  expect(await run(hall, execution)).toEqual({ status: 'DONE', told: 100_000 });
  expect(execution.operations.length).toBeLessThan(OPERATIONS);
  expect(execution.bytes).toBeLessThan(200_000);
});

test('before its operations are used up, it leaves the rest to the execution after it', async () => {
  const execution = new Execution();
  const hall = new Hall(['Stalls', 'Circle'], 1_000_000);

  const { status, told } = await run(hall, execution);

  expect([status, told]).toEqual(['CONTINUED', hall.told]);
  expect(hall.calls).toEqual(['hand over']);
  expect(execution.operations.length).toBeLessThanOrEqual(OPERATIONS + 1);
});

test('who began to buy before the change is waited for, and nobody is told twice', async () => {
  const execution = new Execution();
  const hall = new Hall(['Stalls', 'Circle'], 10);
  hall.busyFor = 3;

  expect(await run(hall, execution)).toEqual({ status: 'DONE', told: 20 });
  expect(execution.operations.filter((name) => name.startsWith('after-round'))).toHaveLength(3);
});

test('who never ends buying is waited for for more than an hour, no longer', async () => {
  const execution = new Execution();
  const hall = new Hall(['Stalls'], 10);
  hall.busyFor = Infinity;

  expect(await run(hall, execution)).toMatchObject({ status: 'DONE' });
  expect(execution.operations.filter((name) => name.startsWith('after-round'))).toHaveLength(20);
});

test('one that a newer change has overtaken ends at its next page, and touches nothing more', async () => {
  const hall = new Hall(['Stalls', 'Circle'], 600);
  hall.aliveFor = 3;

  expect(await run(hall)).toEqual({ status: 'SUPERSEDED', told: 400 });
  expect(hall.told).toBe(400);
  expect(hall.calls).toEqual([]);
});

test('a step that failed for good is left to the next execution, which may have another version', async () => {
  const hall = new Hall(['Stalls'], 10);
  hall.broken = true;

  expect(await run(hall)).toEqual({ status: 'CONTINUED', told: 0 });
  expect(hall.calls).toEqual(['give up']);
});

test('what is no input of it is refused by name', async () => {
  await expect(run(new Hall([], 0), undefined, { eventId: 'No Event' })).rejects.toMatchObject({
    name: 'ValidationFailed',
  });
});
