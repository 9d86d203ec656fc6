import { setTimeout as delay } from 'node:timers/promises';
import { LocalClock } from '../../../../local/core/clock';
import { failing, invoke, machineOf } from '../machine';

const waiting = (fields: object): object => ({
  StartAt: 'W',
  States: { W: { Type: 'Wait', End: true, ...fields } },
});

function started(fields: object, input: object = {}) {
  const clock = new LocalClock();
  const { machine } = machineOf(waiting(fields), {}, { clock, waitScale: 1, type: 'STANDARD' });
  return { clock, execution: machine.start(input as never) };
}

const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();

test.each<[string, object, object]>([
  ['Seconds', { Seconds: 600 }, {}],
  ['SecondsPath', { SecondsPath: '$.for' }, { for: 600 }],
  ['Timestamp', { Timestamp: inSeconds(600) }, {}],
  ['TimestampPath', { TimestampPath: '$.until' }, { until: inSeconds(600) }],
])('a Wait by %s ends when the clock is moved there, and not before', async (_, fields, input) => {
  const { clock, execution } = started(fields, input);
  await delay(10);

  clock.advance(590);
  await delay(20);
  const before = execution.record.status;
  clock.advance(11);

  expect(before).toBe('RUNNING');
  expect((await execution.finished).output).toEqual(input);
});

test.each<[string, object, object]>([
  ['of no seconds', { Seconds: 0 }, {}],
  ['until a time that has passed', { Timestamp: '2024-12-31T23:59:59Z' }, {}],
])('a Wait %s ends at once', async (_, fields, input) => {
  expect((await started(fields, input).execution.finished).status).toBe('SUCCEEDED');
});

test.each<[string, object, object]>([
  ['SecondsPath', { SecondsPath: '$.for' }, { for: -1 }],
  ['SecondsPath', { SecondsPath: '$.for' }, { for: '60' }],
  ['TimestampPath', { TimestampPath: '$.until' }, { until: 'tomorrow' }],
])('a %s to something else is States.Runtime', async (_, fields, input) => {
  expect((await started(fields, input).execution.finished).error).toBe('States.Runtime');
});

test('a Wait ends with its execution', async () => {
  const { execution } = started({ Seconds: 99_999_999 });
  await delay(10);

  execution.abort();

  expect((await execution.finished).status).toBe('ABORTED');
});

test('a machine outlasts its TimeoutSeconds by its own clock, not by the one that is moved', async () => {
  const clock = new LocalClock();
  const definition = {
    TimeoutSeconds: 60,
    StartAt: 'Work',
    States: { Work: invoke('work', { TimeoutSeconds: 30, End: true }) },
  };
  const { machine } = machineOf(definition, { work: () => delay(30, 'done') }, { clock });
  const execution = machine.start({});
  await delay(10);

  clock.advance(3600);

  expect((await execution.finished).status).toBe('SUCCEEDED');
});

test('the wait before a retry takes real time', async () => {
  const clock = new LocalClock();
  const Retry = [{ ErrorEquals: ['Flaky'], IntervalSeconds: 1, MaxAttempts: 1 }];
  const definition = { StartAt: 'Work', States: { Work: invoke('work', { Retry, End: true }) } };
  const { machine } = machineOf(definition, { work: failing('Flaky') }, { clock, waitScale: 0.1 });
  const began = performance.now();
  const execution = machine.start({});
  await delay(10);

  clock.advance(3600);
  await execution.finished;

  expect(performance.now() - began).toBeGreaterThanOrEqual(99);
});
