import { type EventChange, type EventRevision } from '../../../lambda/event/event-revision';
import { type EventMessage, scheduleNameOf } from '../../../lambda/event-message/event-message';
import { scheduleEventMessages } from '../../../lambda/event-message/schedule-event-messages';
import { MovableClock } from '../checkout';

const HOUR = 3_600;
const clock = new MovableClock();

/** The revisions of an event, and the schedules of EventBridge Scheduler. */
class World {
  readonly revisions: EventRevision[] = [];
  /** What each sends, by its name. */
  readonly schedules = new Map<string, EventMessage>();
  readonly calls: string[] = [];
  /** What happens once, while a schedule is made or deleted. */
  meanwhile: (() => void) | undefined;

  /** @param inHours when the event starts @param more of its facts */
  change(inHours: number, change: EventChange = 'CHANGED', more: Partial<EventRevision> = {}): void {
    this.revisions.push({
      ...{ eventId: 'gala', revision: this.revisions.length + 1, change, changedAt: 0 },
      ...{ name: 'Gala', venue: 'Hall', startsAt: timeIn(inHours), timeZone: 'UTC', ...more },
    });
  }

  run(): Promise<void> {
    return scheduleEventMessages('gala', {
      revisions: {
        all: () => Promise.resolve([...this.revisions]),
        find: () => Promise.resolve(this.revisions.at(-1)),
      },
      schedules: {
        create: (message) =>
          this.call(`create ${inWords(message)}`, () => {
            const name = scheduleNameOf(message);
            if (!this.schedules.has(name)) this.schedules.set(name, message);
          }),
        delete: (message) =>
          this.call(`delete ${inWords(message)}`, () => this.schedules.delete(scheduleNameOf(message))),
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
  due(kind: EventMessage['kind'] = 'reminder'): number[] {
    return [...this.schedules.values()].filter((message) => message.kind === kind).map(hoursTo);
  }
}

const timeIn = (hours: number) => new Date((clock.nowSeconds() + hours * HOUR) * 1000).toISOString();
const hoursTo = ({ dueAt }: EventMessage) => (dueAt - clock.nowSeconds()) / HOUR;
const inWords = (message: EventMessage) => `${message.kind} ${hoursTo(message)}`;

test('an event that is published has a schedule a day before it starts, and one a day after, however often it is told', async () => {
  const world = new World();
  world.change(100, 'PUBLISHED');

  await world.run();
  await world.run();

  expect(world.due()).toEqual([76]);
  expect(world.due('thanks')).toEqual([124]);
});

test('one that is moved has the new ones and not the old ones any more, the new ones first', async () => {
  const world = new World();
  world.change(100, 'PUBLISHED');
  await world.run();
  world.change(200);

  await world.run();

  expect(world.due()).toEqual([176]);
  expect(world.calls.slice(2)).toEqual([
    ...['create reminder 176', 'create thanks 224', 'delete reminder 76', 'delete thanks 124'],
  ]);
});

test('one that ends later than was known is thanked for later, and reminded of as before', async () => {
  const world = new World();
  world.change(100, 'PUBLISHED');
  await world.run();
  world.change(100, 'CHANGED', { endsAt: timeIn(103) });

  await world.run();

  expect(world.due('thanks')).toEqual([127]);
  expect(world.due()).toEqual([76]);
  expect(world.calls.slice(2)).toEqual(['create reminder 76', 'create thanks 127', 'delete thanks 124']);
});

test('one that is called otherwise keeps it', async () => {
  const world = new World();
  world.change(100, 'PUBLISHED');
  await world.run();
  world.change(100, 'CHANGED', { name: 'Great Gala' });

  await world.run();

  expect(world.due()).toEqual([76]);
  expect(world.calls.filter((call) => call.startsWith('delete'))).toEqual([]);
});

test('one that is cancelled has none, whatever starts it has had', async () => {
  const world = new World();
  world.change(100, 'PUBLISHED');
  world.change(200);
  await world.run();
  world.change(200, 'CANCELLED');

  await world.run();

  expect([...world.schedules.keys()]).toEqual([]);
});

test('what is due already, or before the schedule is made, is not scheduled', async () => {
  for (const hours of [-1, 1, 24, 24 + 30 / HOUR]) {
    const world = new World();
    world.change(hours, 'PUBLISHED');
    await world.run();
    expect(world.calls).toEqual([`create thanks ${hours + 24}`]);
  }
  const past = new World();
  past.change(-24, 'PUBLISHED');
  await past.run();
  expect(past.calls).toEqual([]);
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
  const name = scheduleNameOf({ kind: 'reminder', eventId: 'x'.repeat(64), dueAt: 4_108_998_000 });

  expect(name).toMatch(/^reminder-[0-9a-f]{32}$/);
});
