import { type EventChange, type EventRevision } from '../../../lambda/event/event-revision';
import { type EventMessage, scheduleNameOf } from '../../../lambda/event-message/event-message';
import { scheduleEventMessages } from '../../../lambda/event-message/schedule-event-messages';
import { MovableClock } from '../checkout';

const HOUR = 3_600;
const clock = new MovableClock();

/** The revisions of an event, and the schedules of EventBridge Scheduler. */
class World {
  readonly revisions: EventRevision[] = [];
  /** When each is due, by its name. */
  readonly schedules = new Map<string, number>();
  readonly calls: string[] = [];
  /** What happens once, while a schedule is made or deleted. */
  meanwhile: (() => void) | undefined;

  /** @param inHours when the event starts */
  change(inHours: number, change: EventChange = 'CHANGED', name = 'Gala'): void {
    this.revisions.push({
      ...{ eventId: 'gala', revision: this.revisions.length + 1, change, changedAt: 0 },
      ...{ name, venue: 'Hall', startsAt: startsIn(inHours), timeZone: 'UTC' },
    });
  }

  run(): Promise<void> {
    return scheduleEventMessages('gala', {
      revisions: {
        all: () => Promise.resolve([...this.revisions]),
        find: () => Promise.resolve(this.revisions.at(-1)),
      },
      schedules: {
        create: (message, dueAt) =>
          this.call(`create ${hoursTo(message)}`, () => {
            const name = scheduleNameOf(message);
            if (!this.schedules.has(name)) this.schedules.set(name, dueAt);
          }),
        delete: (message) =>
          this.call(`delete ${hoursTo(message)}`, () => this.schedules.delete(scheduleNameOf(message))),
      },
      clock,
    });
  }

  private call(call: string, effect: () => void): Promise<void> {
    this.calls.push(call);
    effect();
    const { meanwhile } = this;
    this.meanwhile = undefined;
    meanwhile?.();
    return Promise.resolve();
  }

  /** When the schedules are due, in hours from now. */
  due(): number[] {
    return [...this.schedules.values()].map((at) => (at - clock.nowSeconds()) / HOUR);
  }
}

const startsIn = (hours: number) => new Date((clock.nowSeconds() + hours * HOUR) * 1000).toISOString();
const hoursTo = ({ startsAt }: EventMessage) => (startsAt - clock.nowSeconds()) / HOUR;

test('an event that is published has one schedule, due a day before it starts, however often it is told', async () => {
  const world = new World();
  world.change(100, 'PUBLISHED');

  await world.run();
  await world.run();

  expect(world.due()).toEqual([76]);
});

test('one that is moved has the new one and not the old one any more, the new one first', async () => {
  const world = new World();
  world.change(100, 'PUBLISHED');
  await world.run();
  world.change(200);

  await world.run();

  expect(world.due()).toEqual([176]);
  expect(world.calls.slice(1)).toEqual(['create 200', 'delete 100']);
});

test('one that is called otherwise keeps it', async () => {
  const world = new World();
  world.change(100, 'PUBLISHED');
  await world.run();
  world.change(100, 'CHANGED', 'Great Gala');

  await world.run();

  expect(world.due()).toEqual([76]);
  expect(world.calls).not.toContain('delete 100');
});

test('one that is cancelled has none, whatever starts it has had', async () => {
  const world = new World();
  world.change(100, 'PUBLISHED');
  world.change(200);
  await world.run();
  world.change(200, 'CANCELLED');

  await world.run();

  expect(world.due()).toEqual([]);
});

test('what is due already, or before the schedule is made, is not scheduled', async () => {
  for (const hours of [-1, 1, 24, 24 + 30 / HOUR]) {
    const world = new World();
    world.change(hours, 'PUBLISHED');
    await world.run();
    expect(world.calls).toEqual([]);
  }
});

test('an event of which the bus tells late changes nothing: the newest revision counts', async () => {
  const world = new World();
  world.change(100, 'PUBLISHED');
  world.change(200);
  await world.run();

  await world.run();

  expect(world.due()).toEqual([176]);
});

test.each([
  ['moved on', 300, [276]],
  ['moved back', 100, [76]],
])('an event that is %s while its schedules are made has those of its last start', async (_, hours, due) => {
  const world = new World();
  world.change(100, 'PUBLISHED');
  await world.run();
  world.change(200);
  // The other consumer of the same event is done before this one deletes what it found.
  world.meanwhile = () => world.change(hours);

  await world.run();

  expect(world.due()).toEqual(due);
});

test('an event that nobody has published has none', async () => {
  const world = new World();

  await world.run();

  expect(world.calls).toEqual([]);
});

test('the name of a schedule is one that EventBridge Scheduler takes, also of the longest id', () => {
  const name = scheduleNameOf({ kind: 'reminder', eventId: 'x'.repeat(64), startsAt: 4_109_084_400 });

  expect(name).toMatch(/^reminder-[0-9a-f]{32}$/);
});
