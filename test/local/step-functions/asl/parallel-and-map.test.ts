import { setTimeout as delay } from 'node:timers/promises';
import { type Json } from '../../../../local/step-functions/asl/json';
import { failing, functionArn, machineOf } from '../machine';

const call = (name: string, more: object = {}): object => ({
  Type: 'Task',
  Resource: functionArn(name),
  End: true,
  ...more,
});
const states = (name: string, state: object) => ({ StartAt: name, States: { [name]: state } });
const each = (more: object, item: object = call('work')): object =>
  states('Each', { Type: 'Map', ItemProcessor: states('Item', item), End: true, ...more });

test('a Map processes each item and keeps their order', async () => {
  const { machine } = machineOf(each({ ItemsPath: '$.items', ResultPath: '$.done' }), {
    work: async (item) => {
      await delay(10 - (item as number));
      return (item as number) * 2;
    },
  });

  const answer = await machine.startSync({ items: [1, 2, 3] });

  expect(JSON.parse(answer.output!)).toEqual({ items: [1, 2, 3], done: [2, 4, 6] });
});

test('ItemSelector makes the input of an iteration from the item and the input of the state', async () => {
  const ItemSelector = { 'n.$': '$$.Map.Item.Value.n', 'at.$': '$$.Map.Item.Index', 'all.$': '$.of' };
  const { machine } = machineOf(each({ ItemsPath: '$.items', ItemSelector }, { Type: 'Pass', End: true }));

  const answer = await machine.startSync({ items: [{ n: 7 }, { n: 8 }], of: 'x' });

  expect(JSON.parse(answer.output!)).toEqual([
    { n: 7, at: 0, all: 'x' },
    { n: 8, at: 1, all: 'x' },
  ]);
});

test('Iterator and Parameters are older names of ItemProcessor and ItemSelector', async () => {
  const definition = states('Each', {
    ...{ Type: 'Map', End: true, Iterator: states('Item', { Type: 'Pass', End: true }) },
    Parameters: { 'v.$': '$$.Map.Item.Value' },
  });

  expect((await machineOf(definition).machine.startSync([1])).output).toBe('[{"v":1}]');
});

test.each([
  [{ MaxConcurrency: 2 }, 2],
  [{ MaxConcurrencyPath: '$[0]' }, 3],
  [{ MaxConcurrency: 0 }, 40],
])('%j lets so many iterations run at once: %i', async (limit, most) => {
  let [running, peak] = [0, 0];
  const { machine } = machineOf(each(limit), {
    work: async () => {
      peak = Math.max(peak, ++running);
      await delay(5);
      running--;
    },
  });

  await machine.startSync(Array.from({ length: 50 }, () => 3));

  expect(peak).toBe(most);
});

test('the first iteration that fails ends the others, and its error is the Map state’s to catch', async () => {
  const done: Json[] = [];
  const definition = {
    StartAt: 'Each',
    States: {
      Each: {
        ...{ Type: 'Map', MaxConcurrency: 2, Next: 'Done' },
        ItemProcessor: {
          StartAt: 'Item',
          States: { Item: call('work', { End: undefined, Next: 'After' }), After: call('after') },
        },
        Catch: [{ ErrorEquals: ['Broken'], ResultPath: '$[0]', Next: 'Done' }],
      },
      Done: { Type: 'Succeed' },
    },
  };
  const { machine, calls } = machineOf(definition, {
    work: async (item) => {
      await delay(item as number);
      if (item === 1) failing('Broken')(item);
      done.push(item);
    },
    after: () => undefined,
  });

  const answer = await machine.startSync([20, 1, 2]);
  await delay(40);

  expect(JSON.parse(answer.output!)).toMatchObject([{ Error: 'Broken' }, 1, 2]);
  expect(calls).toEqual(['work', 'work']);
  expect(done).toEqual([20]);
});

test('a Map of what is no array is States.Runtime, and of no items has no results', async () => {
  const { machine } = machineOf(each({}), {});

  expect(await machine.startSync({})).toMatchObject({ error: 'States.Runtime' });
  expect((await machine.startSync([])).output).toBe('[]');
});

test('a retry of a Map or Parallel state does all of it again', async () => {
  let failures = 1;
  const flaky = () => (failures-- > 0 ? failing('Flaky')(null) : 'ok');
  const Retry = [{ ErrorEquals: ['States.TaskFailed'], MaxAttempts: 1 }];
  const parallel = states('Both', {
    ...{ Type: 'Parallel', End: true, Retry },
    Branches: [states('Left', call('flaky')), states('Right', { Type: 'Pass', Result: 'r', End: true })],
  });
  const inParallel = machineOf(parallel, { flaky });

  const answer = await inParallel.machine.startSync({});
  failures = 1;
  const mapped = await machineOf(each({ Retry }, call('flaky')), { flaky }).machine.startSync([1, 2]);

  expect(answer.output).toBe('["ok","r"]');
  expect(inParallel.path()).toEqual(['Both', 'Left', 'Right', 'Left', 'Right']);
  expect(mapped.output).toBe('["ok","ok"]');
});

test('what cannot be evaluated in a branch ends the execution past the Catch of the Parallel state', async () => {
  const definition = {
    StartAt: 'Both',
    States: {
      Both: {
        ...{ Type: 'Parallel', Next: 'Caught' },
        Branches: [states('Left', { Type: 'Pass', InputPath: '$.none', End: true })],
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
      },
      Caught: { Type: 'Succeed' },
    },
  };
  const { machine, path } = machineOf(definition);

  expect(await machine.startSync({})).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  expect(path()).toEqual(['Both', 'Left']);
});
