import { failing, functionArn, machineOf } from '../machine';

const read = (parameters: object): object => ({ Type: 'Pass', Parameters: parameters, End: true });

test('a variable outlives the states in between; all of an Assign is evaluated before any of it is set', async () => {
  const definition = {
    StartAt: 'One',
    States: {
      One: { Type: 'Pass', Assign: { a: 1, 'b.$': '$.n' }, Next: 'Two' },
      Two: { Type: 'Pass', Assign: { 'a.$': '$b', 'b.$': '$a' }, Result: {}, Next: 'Three' },
      Three: read({ 'a.$': '$a', 'b.$': "States.Format('{}', $b)" }),
    },
  };

  const { output } = await machineOf(definition).machine.startSync({ n: 2 });

  expect(output).toBe('{"a":2,"b":"1"}');
});

test('Assign sees the result of a Task as it came, before ResultSelector and ResultPath', async () => {
  const definition = {
    StartAt: 'Ask',
    States: {
      Ask: {
        ...{ Type: 'Task', Resource: functionArn('f'), ResultPath: null, Next: 'Read' },
        ResultSelector: { 'y.$': '$.x' },
        Assign: { 'x.$': '$.x', deep: { 'again.$': '$.x' } },
      },
      Read: read({ 'x.$': '$x', 'again.$': '$deep.again' }),
    },
  };

  const { output } = await machineOf(definition, { f: () => ({ x: 7 }) }).machine.startSync({});

  expect(output).toBe('{"x":7,"again":7}');
});

test('the rule that is chosen assigns, and so does the Catcher that catches', async () => {
  const definition = {
    StartAt: 'Which',
    States: {
      Which: {
        ...{ Type: 'Choice', Default: 'Fails', Assign: { way: 'default' } },
        Choices: [{ Variable: '$.n', NumericEquals: 1, Assign: { way: 'rule' }, Next: 'Fails' }],
      },
      Fails: {
        ...{ Type: 'Task', Resource: functionArn('f'), Assign: { why: 'nothing' }, Next: 'Read' },
        Catch: [{ ErrorEquals: ['States.ALL'], Assign: { 'why.$': '$.Error' }, Next: 'Read' }],
      },
      Read: read({ 'way.$': '$way', 'why.$': '$why' }),
    },
  };
  const { machine } = machineOf(definition, { f: failing('Broken') });

  const [chosen, otherwise] = await Promise.all([machine.startSync({ n: 1 }), machine.startSync({ n: 2 })]);

  expect(chosen.output).toBe('{"way":"rule","why":"Broken"}');
  expect(otherwise.output).toBe('{"way":"default","why":"Broken"}');
});

test('an iteration reads the variables outside, and its own are its own', async () => {
  const definition = {
    StartAt: 'Outer',
    States: {
      Outer: { Type: 'Pass', Assign: { factor: 'x' }, Next: 'Each' },
      Each: {
        ...{ Type: 'Map', ItemsPath: '$.items', ResultPath: '$.done', Next: 'After' },
        ItemProcessor: {
          StartAt: 'Set',
          States: {
            Set: { Type: 'Pass', Assign: { 'mine.$': '$' }, Next: 'Get' },
            Get: read({ 'v.$': "States.Format('{}{}', $factor, $mine)" }),
          },
        },
      },
      After: {
        Type: 'Choice',
        Choices: [{ Variable: '$mine', IsPresent: true, Next: 'Leaked' }],
        Default: 'Done',
      },
      Done: { Type: 'Succeed', OutputPath: '$.done' },
      Leaked: { Type: 'Fail' },
    },
  };

  const { output } = await machineOf(definition).machine.startSync({ items: [1, 2] });

  expect(output).toBe('[{"v":"x1"},{"v":"x2"}]');
});

test('a variable that nothing has set is States.Runtime', async () => {
  const { machine } = machineOf({ StartAt: 'S', States: { S: read({ 'a.$': '$unset' }) } });

  expect(await machine.startSync({})).toMatchObject({ error: 'States.Runtime' });
});

test('more than 256 KiB in one Assign ends the execution', async () => {
  const definition = {
    StartAt: 'S',
    States: { S: { Type: 'Pass', Assign: { 'a.$': '$.x', 'b.$': '$.x' }, Result: {}, End: true } },
  };
  const long = { StartAt: 'S', States: { S: { ...definition.States.S, Result: undefined } } };

  const answer = await machineOf(long).machine.startSync({ x: 'x'.repeat(200_000) });

  expect(answer).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
});
