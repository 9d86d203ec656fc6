import { invoke, machineOf } from './machine';

const one = (state: object): object => ({ StartAt: 'S', States: { S: state } });
const pass = (more: object): object => one({ Type: 'Pass', End: true, ...more });
const task = (more: object): object => one(invoke('work', { End: true, ...more }));
const sendMessage = { Resource: 'arn:aws:states:::sqs:sendMessage', Parameters: undefined };
const choice = (rule: object): object => ({
  StartAt: 'S',
  States: {
    S: { Type: 'Choice', Choices: [{ ...rule, Next: 'Yes' }], Default: 'No' },
    Yes: { Type: 'Succeed' },
    No: { Type: 'Fail' },
  },
});

test.each([
  ['JSONata', { ...pass({}), QueryLanguage: 'JSONata' }, 'QueryLanguage "JSONata"'],
  ['JSONata in a state', pass({ QueryLanguage: 'JSONata' }), 'State S: QueryLanguage "JSONata"'],
  ['Assign', pass({ Assign: { a: 1 } }), 'State S: Assign'],
  ['a variable', pass({ Parameters: { 'a.$': '$name' } }), 'the variable $name'],
  ['a wildcard path', pass({ Parameters: { 'a.$': '$.a[*].b' } }), 'the path $.a[*].b'],
  ['a filter path', pass({ InputPath: '$.a[?(@.b)]' }), 'the path $.a[?(@.b)]'],
  ['a bracketed ResultPath', pass({ ResultPath: "$['a']" }), "the path $['a']"],
  ['the task token', pass({ Parameters: { 'a.$': '$$.Task.Token' } }), 'the context path $$.Task.Token'],
  ['the execution role', pass({ Parameters: { 'a.$': '$$.Execution.RoleArn' } }), '$$.Execution.RoleArn'],
  [
    'States.JsonMerge',
    pass({ Parameters: { 'a.$': 'States.JsonMerge($.a, $.b, false)' } }),
    'States.JsonMerge (',
  ],
  [
    'States.MathAdd',
    pass({ Parameters: { 'a.$': 'States.MathAdd($.a, 1)' } }),
    'States.MathAdd (the interpreter does not round',
  ],
  [
    'States.ArrayGetItem',
    pass({ Parameters: { 'a.$': 'States.ArrayGetItem($.a, 0)' } }),
    'States.ArrayGetItem (the interpreter answers null',
  ],
  ['an unknown function', pass({ Parameters: { 'a.$': 'States.Fly($.a)' } }), 'States.Fly'],
  [
    'a nested one',
    pass({ Parameters: { 'a.$': "States.Format('{}', States.Base64Encode($.a))" } }),
    'States.Base64Encode',
  ],
  ['a backslash in a literal', pass({ Parameters: { 'a.$': "States.Format('\\'{}', $.a)" } }), 'a backslash'],
  ['an intrinsic in CausePath', one({ Type: 'Fail', CausePath: "States.Format('{}', $.a)" }), 'CausePath'],
  ['Map', one({ Type: 'Map', ItemProcessor: pass({}), End: true }), 'State S: Type Map'],
  ['HeartbeatSeconds', task({ HeartbeatSeconds: 5, TimeoutSeconds: 9 }), 'State S: HeartbeatSeconds'],
  ['TimeoutSecondsPath', task({ TimeoutSecondsPath: '$.t' }), 'State S: TimeoutSecondsPath'],
  [
    'a timestamp wait',
    one({ Type: 'Wait', Timestamp: '2026-01-01T00:00:00Z', End: true }),
    'State S: Timestamp',
  ],
  [
    'waitForTaskToken',
    task({ Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken' }),
    'waitForTaskToken',
  ],
  ['.sync', task({ Resource: 'arn:aws:states:::states:startExecution.sync' }), 'startExecution.sync'],
  [
    'a message with a delay',
    task({ ...sendMessage, Parameters: { QueueUrl: 'u', MessageBody: 'b', DelaySeconds: 5 } }),
    'State S: sqs:sendMessage with DelaySeconds',
  ],
  [
    'the attributes of a message',
    task({ ...sendMessage, Parameters: { QueueUrl: 'u', 'MessageAttributes.$': '$.a' } }),
    'State S: sqs:sendMessage with MessageAttributes.$',
  ],
  ['a message without parameters', task(sendMessage), 'State S: sqs:sendMessage without Parameters'],
  [
    'SNS',
    task({ Resource: 'arn:aws:states:::sns:publish', Parameters: { Message: 'm' } }),
    'the Resource arn:aws:states:::sns:publish',
  ],
  ['DynamoDB', task({ Resource: 'arn:aws:states:::dynamodb:putItem' }), 'dynamodb:putItem'],
  [
    'an asynchronous invoke',
    task({ Parameters: { FunctionName: 'f', InvocationType: 'Event' } }),
    'InvocationType "Event"',
  ],
  [
    'a qualifier',
    task({ Parameters: { FunctionName: 'f', Qualifier: '1' } }),
    'lambda:invoke with Qualifier',
  ],
  [
    'catching States.Runtime',
    task({ Catch: [{ ErrorEquals: ['States.Runtime'], Next: 'S' }] }),
    'ErrorEquals States.Runtime',
  ],
  [
    'Assign in a Catch',
    task({ Catch: [{ ErrorEquals: ['A'], Next: 'S', Assign: {} }] }),
    'State S, Catch: Assign',
  ],
  ['Assign in a rule', choice({ And: [{ Variable: '$.a', IsNull: true }], Assign: {} }), 'the choice rule'],
  ['a wait of years', one({ Type: 'Wait', Seconds: 90_000_000, End: true }), 'a wait of 90000000 seconds'],
  ['? in StringMatches', choice({ Variable: '$.a', StringMatches: 'a?' }), 'StringMatches a?'],
])('%s is refused by name', (_, definition, message) => {
  const create = (): unknown => machineOf(definition);

  expect(create).toThrow(expect.objectContaining({ name: 'UnsupportedLocally' }));
  expect(create).toThrow(message);
});

test('what is no valid ASL is refused by the validator', () => {
  expect(() => machineOf(one({ Type: 'Pass', Next: 'Nowhere' }))).toThrow('invalid');
});

test.each([
  ['IsPresent false, absent', { Variable: '$.b', IsPresent: false }, 'SUCCEEDED'],
  ['IsPresent false, present', { Variable: '$.a', IsPresent: false }, 'FAILED'],
  ['IsPresent of null', { Variable: '$.nothing', IsPresent: true }, 'SUCCEEDED'],
  ['IsNull false inside Not', { Not: { Variable: '$.a', IsNull: false } }, 'FAILED'],
  ['a number that is a string', { Variable: '$.five', NumericLessThan: 10 }, 'FAILED'],
  ['a number', { Variable: '$.a', NumericLessThan: 10 }, 'SUCCEEDED'],
  ['a string that is a number', { Variable: '$.a', StringLessThan: '5' }, 'FAILED'],
  ['StringMatches of a number', { Variable: '$.a', StringMatches: '*' }, 'FAILED'],
  ['StringMatches', { Variable: '$.text', StringMatches: 'he*o' }, 'SUCCEEDED'],
  ['a path to compare with', { Variable: '$.a', NumericEqualsPath: '$.a' }, 'SUCCEEDED'],
  [
    'BooleanEquals',
    {
      And: [
        { Variable: '$.yes', BooleanEquals: true },
        { Variable: '$.text', StringEquals: 'hello' },
      ],
    },
    'SUCCEEDED',
  ],
])('a choice by %s', async (_, rule, status) => {
  const { machine } = machineOf(choice(rule));

  const answer = await machine.startSync({ a: 1, five: '5', text: 'hello', yes: true, nothing: null });

  expect(answer.status).toBe(status);
});

test.each([
  ['ResultPath "$"', pass({ ResultPath: '$', Result: { b: 1 } }), { b: 1 }],
  ['ResultPath null', pass({ ResultPath: null, Result: { b: 1 } }), { a: { b: [1, 2] }, t: 'x' }],
  ['a falsy Result', pass({ Result: false }), false],
  ['a null Result', pass({ Result: null, ResultPath: '$.n' }), { a: { b: [1, 2] }, t: 'x', n: null }],
  ['an index', pass({ Parameters: { 'v.$': '$.a.b[1]' } }), { v: 2 }],
  ['InputPath and OutputPath', pass({ InputPath: '$.a', OutputPath: '$.b' }), [1, 2]],
  [
    'arrays',
    pass({ Parameters: { 'n.$': 'States.ArrayLength($.a.b)', list: [{ 'x.$': '$.t' }] } }),
    { n: 2, list: [{ x: 'x' }] },
  ],
  [
    'nested intrinsics',
    pass({ Parameters: { 'v.$': "States.Format('{}, {}', States.ArrayLength($.a.b), $.t)" } }),
    { v: '2, x' },
  ],
  ['StringToJson', pass({ Parameters: { 'v.$': 'States.StringToJson(\'{"q":1}\')' } }), { v: { q: 1 } }],
  ['a Wait', one({ Type: 'Wait', Seconds: 60, End: true }), { a: { b: [1, 2] }, t: 'x' }],
])('%s means what it means in AWS', async (_, definition, output) => {
  const { machine } = machineOf(definition);

  const answer = await machine.startSync({ a: { b: [1, 2] }, t: 'x' });

  expect(answer.status).toBe('SUCCEEDED');
  expect(JSON.parse(answer.output!)).toEqual(output);
});

test('text in which the interpreter would lose a backslash ends the execution, other text does not', async () => {
  const { machine } = machineOf(
    pass({ Parameters: { 'v.$': "States.Format('{}', $.t)", 'j.$': 'States.JsonToString($.o)' } }),
  );

  const plain = await machine.startSync({ t: 'say "hi"', o: { a: 'b' }, elsewhere: '\\' });
  const format = await machine.startSync({ t: 'C:\\', o: {} });
  const json = await machine.startSync({ t: '', o: { a: '"' } });

  expect(JSON.parse(plain.output!)).toEqual({ v: 'say "hi"', j: '{"a":"b"}' });
  for (const answer of [format, json])
    expect(answer).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
});

test('a Fail state without Error and Cause fails without them', async () => {
  const { machine } = machineOf(one({ Type: 'Fail' }));

  const answer = await machine.startSync({});

  expect(answer.status).toBe('FAILED');
  expect(answer).not.toHaveProperty('error');
  expect(answer).not.toHaveProperty('cause');
});
