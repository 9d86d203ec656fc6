import { functionArn, machineOf } from '../machine';

const one = (state: object): object => ({ StartAt: 'S', States: { S: state } });
const pass = (more: object): object => one({ Type: 'Pass', End: true, ...more });
const select = (expression: string): object => pass({ Parameters: { 'v.$': expression } });

const INPUT = {
  a: { b: [1, 2, 3], c: 'x' },
  items: [
    { id: 'one', price: 5, tags: ['x'] },
    { id: 'two', price: 15 },
    { id: "three's", price: 25, tags: [] },
  ],
  'odd name': { "it's": 7 },
  nothing: null,
};

async function outputOf(definition: object, input: unknown = INPUT): Promise<unknown> {
  const answer = await machineOf(definition).machine.startSync(input as never);
  return answer.output === undefined ? answer : JSON.parse(answer.output);
}

test.each([
  ['$.a.b[1]', 2],
  ['$.a.b[-1]', 3],
  [`$['odd name']["it's"]`, 7],
  ['$.nothing', null],
  ['$.a.b[0:2]', [1, 2]],
  ['$.a.b[-2:]', [2, 3]],
  ['$.a.b[0,2]', [1, 3]],
  ['$.a.b[*]', [1, 2, 3]],
  ['$.a.*', [[1, 2, 3], 'x']],
  ['$.items[*].price', [5, 15, 25]],
  ['$.items[*].tags[*]', ['x']],
  ['$.items[0:1].id', ['one']],
  ['$..price', [5, 15, 25]],
  ['$.items[?(@.price < 20)].id', ['one', 'two']],
  ['$.items[?(@.tags)].id', ['one', "three's"]],
  [`$.items[?(@.id == 'two' || @.price >= 25)].price`, [15, 25]],
  [`$.items[?(!(@.price > 10) && @.tags)].price`, [5]],
  [`$.items[?(@.id == "three's")].price`, [25]],
  ['$.items[?(@.price > 100)]', []],
  ['$.items[9].id', undefined],
  ['$.nothing.b', undefined],
  ['$.missing[*]', undefined],
  ['$.toString', undefined],
])('the path %s selects %j', async (path, expected) => {
  const output = await outputOf(select(path));

  if (expected === undefined) expect(output).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  else expect(output).toEqual({ v: expected });
});

test.each<[string, object, unknown]>([
  ['ResultPath "$"', { ResultPath: '$', Result: 1 }, 1],
  ['ResultPath null', { ResultPath: null, Result: 1 }, { a: { b: 1 } }],
  ['a ResultPath to a new place', { ResultPath: "$.x['y z']", Result: 1 }, { a: { b: 1 }, x: { 'y z': 1 } }],
  ['a ResultPath beside what is there', { ResultPath: '$.a.c', Result: 1 }, { a: { b: 1, c: 1 } }],
  ['a falsy Result', { Result: false }, false],
  ['a null Result', { Result: null, ResultPath: '$.n' }, { a: { b: 1 }, n: null }],
  ['InputPath and OutputPath', { InputPath: '$.a', OutputPath: '$.b' }, 1],
  ['InputPath null', { InputPath: null }, {}],
  ['OutputPath null', { OutputPath: null }, {}],
  [
    'a template',
    { Parameters: { k: [{ 'v.$': '$.a.b' }, 's.$'], 't.x': '$.a' } },
    { k: [{ v: 1 }, 's.$'], 't.x': '$.a' },
  ],
])('%s means what it means on AWS', async (_, fields, expected) => {
  expect(await outputOf(pass(fields), { a: { b: 1 } })).toEqual(expected);
});

test('a ResultPath changes no value that others hold', async () => {
  const { machine, history } = machineOf({
    StartAt: 'One',
    States: {
      One: { Type: 'Pass', Result: 1, ResultPath: '$.a.b', Next: 'Two' },
      Two: { Type: 'Pass', Result: 2, ResultPath: '$.a.b', End: true },
    },
  });

  await machine.startSync({ a: { b: 0 } });

  const entered = history.list()[0]!.events.filter(({ type }) => type === 'PassStateEntered');
  expect(entered.map(({ input }) => input)).toEqual([{ a: { b: 0 } }, { a: { b: 1 } }]);
});

test.each([
  ['$.a.b.c', { a: { b: 'text' } }],
  ['$.a.b', { a: null }],
  ['$.a', [1]],
  ['$.a[5]', { a: [1] }],
])(
  'a ResultPath %s that meets something else in %j conflicts, which a Catch takes',
  async (ResultPath, input) => {
    const states = {
      S: {
        Type: 'Task',
        Resource: functionArn('f'),
        ResultPath,
        End: true,
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
      },
      Caught: { Type: 'Pass', OutputPath: '$.Error', End: true },
    };

    const answer = await machineOf({ StartAt: 'S', States: states }, { f: () => 1 }).machine.startSync(input);

    expect(answer).toMatchObject({ status: 'SUCCEEDED', output: '"States.ReferencePathConflict"' });
  },
);

test('a name that objects have by themselves is data like any other', async () => {
  const definition = pass({ Result: { p: 1 }, ResultPath: '$.__proto__' });

  const { output } = await machineOf(definition).machine.startSync({});

  expect(output).toBe('{"__proto__":{"p":1}}');
});
