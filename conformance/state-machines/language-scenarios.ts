import { type Json } from '../../local/step-functions/asl/json';
import { type Answer, type Scenario } from './scenario';

const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:';
const END = { End: true };
type States = Readonly<Record<string, object>>;

const machine = (states: States): object => ({ StartAt: Object.keys(states)[0], States: states });
const pass = (more: object): object => ({ Type: 'Pass', ...END, ...more });
const call = (name: string, more: object): object => ({
  ...{ Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke' },
  Parameters: { FunctionName: FUNCTION + name, 'Payload.$': '$' },
  ...more,
});
const bare = (name: string, more: object = END): object => ({
  Type: 'Task',
  Resource: FUNCTION + name,
  ...more,
});
const fails = (errorType: string, errorMessage = 'no'): Answer => ({ fail: { errorType, errorMessage } });
const succeed = { Type: 'Succeed' };

const DATA: Json = {
  a: { b: [1, 2, 3], c: 'x' },
  items: [
    { id: 'one', price: 5 },
    { id: 'two', price: 15 },
  ],
  text: "it's",
  five: '5',
  n: 5,
  yes: true,
  nothing: null,
  at: '2026-11-29T20:00:00Z',
};

const one = (name: string, state: object, input: Json = DATA): Scenario => ({
  name,
  definition: machine({ S: state }),
  input,
});

const paths = [
  '$',
  '$.a',
  '$.a.b[1]',
  "$['a']['c']",
  '$.a.b[*]',
  '$.a.b[0:2]',
  '$.items[*].id',
  '$.nothing',
  '$.none',
  '$.a.none',
  '$.a.b[7]',
].map((path) => one(`the path ${path}`, pass({ Parameters: { 'v.$': path } })));

const calls = [
  ...[
    "States.Format('{} of {}', $.n, $.text)",
    "States.Format('{}', $.a)",
    "States.Format('{}', $.nothing)",
    'States.Array(1, $.n, true)',
  ],
  ...[
    'States.ArrayPartition($.a.b, 2)',
    'States.ArrayContains($.a.b, 2)',
    'States.ArrayContains($.a.b, 9)',
    'States.ArrayRange(1, 9, 3)',
  ],
  ...[
    'States.ArrayGetItem($.a.b, 1)',
    'States.ArrayGetItem($.a.b, 9)',
    'States.ArrayLength($.a.b)',
    'States.ArrayUnique(States.Array(1, 2, 2))',
  ],
  ...[
    "States.Base64Encode('Data to encode')",
    "States.Base64Decode('RGF0YQ==')",
    "States.Hash('input data', 'SHA-256')",
    "States.Hash('x', 'MD5')",
  ],
  ...[
    'States.JsonMerge($.a, $.items[0], false)',
    'States.StringToJson(\'{"a":[1]}\')',
    'States.JsonToString($.a)',
    'States.MathAdd($.n, -7)',
  ],
  ...[
    "States.StringSplit('1,2;3', ',;')",
    "States.StringSplit('a,,b', ',')",
    "States.Format('{}', States.MathAdd($.n, 1))",
    "States.Format('{}', $.none)",
  ],
].map((expression) => one(expression, pass({ Parameters: { 'v.$': expression } })));

const flows = [
  one('ResultPath to a new place', pass({ Result: 1, ResultPath: '$.x.y' })),
  one('ResultPath null', pass({ Result: 1, ResultPath: null })),
  one('ResultPath below a text', pass({ Result: 1, ResultPath: '$.text.y' })),
  one('ResultPath below null', pass({ Result: 1, ResultPath: '$.nothing.y' })),
  one('InputPath and OutputPath', pass({ InputPath: '$.a', OutputPath: '$.b' })),
  one('InputPath null', pass({ InputPath: null })),
  one('OutputPath null', pass({ OutputPath: null })),
  one('OutputPath to nothing', pass({ OutputPath: '$.none' })),
  one('a template', pass({ Parameters: { k: [{ 'v.$': '$.n' }], fixed: '$.n', deep: { 'c.$': '$.a.c' } } })),
  one(
    'the context object',
    pass({
      Parameters: { 'name.$': '$$.State.Name', 'n.$': '$$.Execution.Input.n', 'm.$': '$$.StateMachine.Name' },
    }),
  ),
  one('a falsy Result', pass({ Result: false })),
  one('a Fail state', { Type: 'Fail', Error: 'Mine', Cause: 'because' }),
  one('a Fail state by paths', {
    Type: 'Fail',
    ErrorPath: '$.a.c',
    CausePath: "States.Format('{}!', $.text)",
  }),
  one('a Fail state without anything', { Type: 'Fail' }),
  one('a Wait of no time', { Type: 'Wait', Seconds: 0, ...END }),
  one(
    'a Wait until the past',
    { Type: 'Wait', TimestampPath: '$.at', ...END },
    { at: '2020-01-01T00:00:00Z' },
  ),
];

const rules: [string, object][] = [
  ...(['NumericEquals', 'NumericLessThan', 'NumericGreaterThanEquals'] as const).map(
    (operator): [string, object] => [operator, { Variable: '$.n', [operator]: 5 }],
  ),
  ['a number that is a text', { Variable: '$.five', NumericEquals: 5 }],
  ['StringEquals', { Variable: '$.a.c', StringEquals: 'x' }],
  ['StringMatches', { Variable: '$.text', StringMatches: 'i*s' }],
  ['StringMatches of an asterisk', { Variable: '$.text', StringMatches: String.raw`i\*s` }],
  ['BooleanEquals', { Variable: '$.yes', BooleanEquals: true }],
  ['TimestampLessThan', { Variable: '$.at', TimestampLessThan: '2026-12-01T00:00:00Z' }],
  ['NumericEqualsPath', { Variable: '$.n', NumericEqualsPath: '$.a.b[2]' }],
  ['IsPresent', { Variable: '$.nothing', IsPresent: true }],
  ['IsPresent false', { Variable: '$.none', IsPresent: false }],
  ['IsNull', { Variable: '$.nothing', IsNull: true }],
  ['IsNumeric false', { Variable: '$.five', IsNumeric: false }],
  ['IsString of what is missing', { Variable: '$.none', IsString: true }],
  ['a comparison of what is missing', { Variable: '$.none', StringEquals: 'x' }],
  [
    'And',
    {
      And: [
        { Variable: '$.none', IsPresent: true },
        { Variable: '$.none', StringEquals: 'x' },
      ],
    },
  ],
  [
    'Or',
    {
      Or: [
        { Variable: '$.n', NumericEquals: 1 },
        { Variable: '$.n', NumericEquals: 5 },
      ],
    },
  ],
  ['Not', { Not: { Variable: '$.n', NumericEquals: 1 } }],
];
const choices = rules.map(([name, rule]): Scenario => ({
  name: `a choice by ${name}`,
  definition: machine({
    S: { Type: 'Choice', Choices: [{ ...rule, Next: 'Yes' }], Default: 'No' },
    Yes: succeed,
    No: succeed,
  }),
  input: DATA,
}));
const unmatched: Scenario = {
  name: 'a choice without a match and without a Default',
  definition: machine({
    S: { Type: 'Choice', Choices: [{ Variable: '$.n', NumericEquals: 1, Next: 'Yes' }] },
    Yes: succeed,
  }),
  input: DATA,
};

const Caught = pass({});
const caught = (name: string, task: object, answers: Scenario['answers'] = {}): Scenario => ({
  ...{ name, answers, input: { in: 1 } },
  definition: machine({ S: task, Caught }),
});
const retry = (ErrorEquals: string[], MaxAttempts: number) => ({
  ErrorEquals,
  MaxAttempts,
  IntervalSeconds: 1,
});
const catchAll = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Caught' }];

const failures = [
  caught('a retry that helps', call('f', { Retry: [retry(['A'], 2)], Next: 'Caught' }), {
    f: [fails('A'), { ok: 1 }],
  }),
  caught('retries that are spent', call('f', { Retry: [retry(['A'], 2)], Catch: catchAll, Next: 'Caught' }), {
    f: [fails('A')],
  }),
  caught(
    'each retrier counts for itself',
    call('f', { Retry: [retry(['A'], 1), retry(['B'], 1)], Catch: catchAll, Next: 'Caught' }),
    {
      f: [fails('A'), fails('B'), fails('A'), { ok: 1 }],
    },
  ),
  caught(
    'the first retrier that matches decides',
    call('f', { Retry: [retry(['A'], 0), retry(['States.ALL'], 3)], Catch: catchAll, Next: 'Caught' }),
    { f: [fails('A')] },
  ),
  caught(
    'States.TaskFailed',
    call('f', { Catch: [{ ErrorEquals: ['States.TaskFailed'], Next: 'Caught' }], Next: 'Caught' }),
    { f: [fails('A')] },
  ),
  caught(
    'the first Catcher that matches decides',
    call('f', {
      Catch: [
        { ErrorEquals: ['B'], Next: 'S' },
        { ErrorEquals: ['A'], ResultPath: null, Next: 'Caught' },
      ],
      ...END,
    }),
    { f: [fails('A')] },
  ),
  caught(
    'a Catcher replaces the input',
    call('f', { Catch: [{ ErrorEquals: ['A'], Next: 'Caught' }], OutputPath: '$.none', ...END }),
    { f: [fails('A')] },
  ),
  caught('no Catcher that matches', call('f', { Catch: [{ ErrorEquals: ['B'], Next: 'Caught' }], ...END }), {
    f: [fails('A')],
  }),
  caught('a function called by its ARN fails', bare('f', { Catch: catchAll, Next: 'Caught' }), {
    f: [fails('A')],
  }),
  caught('a function called by its ARN', bare('f', { Next: 'Caught' }), { f: [{ ok: { x: 1 } }] }),
  caught('Lambda refuses', call('f', { Catch: catchAll, Next: 'Caught' }), {
    f: [{ refused: 'TooManyRequestsException' }],
  }),
  caught('a function without an errorType', call('f', { Catch: catchAll, Next: 'Caught' }), {
    f: [{ fail: { errorMessage: 'x' } }],
  }),
  caught(
    'ResultSelector and ResultPath',
    call('f', { ResultSelector: { 'v.$': '$.Payload.x' }, ResultPath: '$.r', Next: 'Caught' }),
    { f: [{ ok: { x: 1 } }] },
  ),
  caught(
    'ResultSelector of what is missing',
    call('f', { ResultSelector: { 'v.$': '$.Payload.y' }, Catch: catchAll, Next: 'Caught' }),
    { f: [{ ok: { x: 1 } }] },
  ),
  caught(
    'RetryCount',
    call('f', {
      Parameters: { FunctionName: `${FUNCTION}f`, 'Payload.$': '$$.State.RetryCount' },
      Retry: [retry(['A'], 2)],
      Next: 'Caught',
    }),
    { f: [fails('A'), fails('A'), { ok: 1 }] },
  ),
  caught(
    'a time-out',
    call('f', {
      TimeoutSeconds: 1,
      Catch: [
        { ErrorEquals: ['States.TaskFailed'], Next: 'S' },
        { ErrorEquals: ['States.Timeout'], ResultPath: '$.e', Next: 'Caught' },
      ],
      ...END,
    }),
    { f: [{ late: true }] },
  ),
];

const branch = (name: string, state: object) => ({ StartAt: name, States: { [name]: state } });
const parallel = (more: object, ...branches: object[]): object => ({
  Type: 'Parallel',
  Branches: branches,
  ...END,
  ...more,
});
const map = (more: object, state: object): object => ({
  Type: 'Map',
  ItemProcessor: branch('Item', state),
  ...END,
  ...more,
});

const several = [
  one(
    'a Parallel state',
    parallel(
      { ResultPath: '$.both' },
      branch('L', pass({ Result: 'l' })),
      branch('R', pass({ OutputPath: '$.n' })),
    ),
  ),
  one(
    'Parameters of a Parallel state',
    parallel({ Parameters: { 'v.$': '$.n' }, ResultSelector: { 'first.$': '$[0]' } }, branch('L', pass({}))),
  ),
  {
    name: 'a branch that fails',
    definition: machine({
      S: parallel(
        { Catch: catchAll, End: undefined, Next: 'Caught' },
        branch('L', { Type: 'Fail', Error: 'Left', Cause: 'why' }),
      ),
      Caught,
    }),
    input: {},
  },
  {
    name: 'a branch that is tried again',
    definition: machine({ S: parallel({ Retry: [retry(['A'], 1)] }, branch('L', call('f', END))) }),
    input: {},
    answers: { f: [fails('A'), { ok: 1 }] },
  },
  one('a Map', map({ ItemsPath: '$.items', ResultPath: '$.ids' }, pass({ OutputPath: '$.id' }))),
  one('a Map of nothing', map({ ItemsPath: '$.empty' }, pass({})), { empty: [] }),
  one('a Map of what is no array', map({ ItemsPath: '$.a' }, pass({}))),
  one(
    'ItemSelector',
    map(
      {
        ItemsPath: '$.items',
        ItemSelector: { 'i.$': '$$.Map.Item.Index', 'v.$': '$$.Map.Item.Value.price', 'n.$': '$.n' },
      },
      pass({}),
    ),
  ),
  one('MaxConcurrency', map({ ItemsPath: '$.items', MaxConcurrency: 1 }, pass({ OutputPath: '$.price' }))),
  one('Iterator and Parameters', {
    Type: 'Map',
    Iterator: branch('Item', pass({})),
    ItemsPath: '$.a.b',
    Parameters: { 'v.$': '$$.Map.Item.Value' },
    ...END,
  }),
  {
    name: 'an iteration that fails',
    definition: machine({
      S: map(
        { ItemsPath: '$.items', MaxConcurrency: 1, Catch: catchAll, End: undefined, Next: 'Caught' },
        bare('f'),
      ),
      Caught,
    }),
    input: DATA,
    answers: { f: [{ ok: 1 }, fails('A')] },
  },
];

const assign = [
  {
    name: 'a variable',
    definition: machine({
      S: { Type: 'Pass', Assign: { 'x.$': '$.n', y: 'fixed' }, Next: 'T' },
      T: pass({ Parameters: { 'x.$': '$x', 'y.$': '$y' } }),
    }),
    input: DATA,
  },
  {
    name: 'values of an Assign before any is set',
    definition: machine({
      S: { Type: 'Pass', Assign: { a: 1, b: 2 }, Next: 'T' },
      T: { Type: 'Pass', Assign: { 'a.$': '$b', 'b.$': '$a' }, Next: 'U' },
      U: pass({ Parameters: { 'a.$': '$a', 'b.$': '$b' } }),
    }),
    input: {},
  },
  {
    name: 'Assign of a Task',
    definition: machine({
      S: call('f', { Assign: { 'x.$': '$.Payload.x' }, ResultPath: null, Next: 'T' }),
      T: pass({ Parameters: { 'x.$': '$x' } }),
    }),
    input: {},
    answers: { f: [{ ok: { x: 7 } }] },
  },
  {
    name: 'Assign of a Catcher',
    definition: machine({
      S: call('f', { Catch: [{ ErrorEquals: ['A'], Assign: { 'e.$': '$.Error' }, Next: 'T' }], Next: 'T' }),
      T: pass({ Parameters: { 'e.$': '$e' } }),
    }),
    input: {},
    answers: { f: [fails('A')] },
  },
  {
    name: 'Assign of a rule',
    definition: machine({
      S: {
        Type: 'Choice',
        Choices: [{ Variable: '$.n', NumericEquals: 5, Assign: { way: 'rule' }, Next: 'T' }],
        Assign: { way: 'default' },
        Default: 'U',
      },
      T: pass({ Parameters: { 'way.$': '$way' } }),
      U: pass({}),
    }),
    input: DATA,
  },
  {
    name: 'an outer variable in an iteration',
    definition: machine({
      S: { Type: 'Pass', Assign: { f: 'x' }, Next: 'T' },
      T: map({ ItemsPath: '$.a.b' }, pass({ Parameters: { 'v.$': "States.Format('{}{}', $f, $)" } })),
    }),
    input: DATA,
  },
  {
    name: 'a variable that nothing has set',
    definition: machine({ S: pass({ Parameters: { 'v.$': '$unset' } }) }),
    input: {},
  },
] satisfies Scenario[];

/** Each asks one thing of the language. The app's machines need not have it. */
export const LANGUAGE_SCENARIOS: readonly Scenario[] = [
  ...[...paths, ...calls, ...flows, ...choices, unmatched, ...failures, ...several, ...assign],
];
