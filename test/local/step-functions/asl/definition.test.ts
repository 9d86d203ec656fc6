import { invoke, machineOf, sending } from '../machine';

const one = (state: object): object => ({ StartAt: 'S', States: { S: state } });
const pass = (more: object): object => one({ Type: 'Pass', End: true, ...more });
const task = (more: object): object => one(invoke('work', { End: true, ...more }));
const parameters = (expression: string): object => pass({ Parameters: { 'a.$': expression } });
const sqs = 'arn:aws:states:::sqs:sendMessage';
const map = (more: object): object =>
  one({
    Type: 'Map',
    ItemProcessor: { StartAt: 'I', States: { I: { Type: 'Succeed' } } },
    End: true,
    ...more,
  });

test.each([
  ['JSONata', { ...pass({}), QueryLanguage: 'JSONata' }, 'QueryLanguage "JSONata"'],
  ['JSONata in a state', pass({ QueryLanguage: 'JSONata' }), 'State S: QueryLanguage "JSONata"'],
  ['a field of JSONata', pass({ Output: '{% 1 %}' }), 'State S: Output'],
  ['a union of names', pass({ InputPath: "$['a','b']" }), `the path $['a','b'], from "['a','b']",`],
  ['a function in a path', parameters('$.a.length()'), 'the path $.a.length(), from "()",'],
  ['a script in a path', parameters('$.a[(@.length-1)]'), 'the path $.a[(@.length-1)]'],
  ['a regular expression in a filter', parameters('$.a[?(@.b =~ /x/)]'), 'the filter @.b =~ /x/'],
  [
    'a name that the context object has not',
    parameters('$$.Execution.Nmae'),
    'the context path $$.Execution.Nmae',
  ],
  [
    'a distributed Map',
    map({ ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED' } } }),
    'the Map mode DISTRIBUTED',
  ],
  ['what a distributed Map tolerates', map({ ToleratedFailureCount: 1 }), 'State S: ToleratedFailureCount'],
  ['a Map that reads its items', map({ ItemReader: {} }), 'State S: ItemReader'],
  ['another account', task({ Credentials: { RoleArn: 'x' } }), 'State S: Credentials'],
  [
    'a heartbeat of what cannot send one',
    task({ HeartbeatSeconds: 5 }),
    'HeartbeatSeconds of a Task without a token',
  ],
  ['.sync', task({ Resource: 'arn:aws:states:::states:startExecution.sync' }), 'startExecution.sync'],
  [
    'an activity',
    task({ Resource: 'arn:aws:states:us-east-1:1:activity:a' }),
    'the Resource arn:aws:states:us-east-1:1:activity:a',
  ],
  [
    'an integration that no service offers',
    task({ Resource: 'arn:aws:states:::ecs:runTask' }),
    'the Resource arn:aws:states:::ecs:runTask',
  ],
  [
    'a parameter that an integration does not read',
    task({ Resource: sqs, Parameters: { QueueUrl: 'u', MessageBody: 'b', 'DelaySeconds.$': '$' } }),
    'State S: sqs:sendMessage with DelaySeconds',
  ],
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
])('%s is refused by name', (_, definition, message) => {
  const create = (): unknown =>
    machineOf(
      definition,
      {},
      sending(async () => 'm'),
    );

  expect(create).toThrow(expect.objectContaining({ name: 'UnsupportedLocally' }));
  expect(create).toThrow(message);
});

const choice = (rule: object): object => one({ Type: 'Choice', Choices: [{ ...rule, Next: 'S' }] });
const retry = (more: object): object => task({ Retry: [{ ErrorEquals: ['A'], ...more }] });
const isNull = { Variable: '$.a', IsNull: true };

test.each([
  ['a transition into nowhere', pass({ End: undefined, Next: 'Nowhere' }), 'there is no state Nowhere'],
  ['a Catch into nowhere', task({ Catch: [{ ErrorEquals: ['A'], Next: 'Gone' }] }), 'there is no state Gone'],
  [
    'a state that nothing leads to',
    { StartAt: 'S', States: { S: { Type: 'Succeed' }, T: { Type: 'Succeed' } } },
    'nothing leads to the state T',
  ],
  ['a state without an end', one({ Type: 'Pass' }), 'a state needs either Next or "End": true'],
  ['a state with two ends', pass({ Next: 'S' }), 'a state needs either Next or "End": true'],
  ['an unknown type', one({ Type: 'Loop', End: true }), 'there is no state of Type Loop'],
  ['a type in lower case', one({ Type: 'pass', End: true }), 'there is no state of Type pass'],
  ['no StartAt', { States: {} }, 'StartAt is missing'],
  [
    'a name twice',
    one({ Type: 'Parallel', End: true, Branches: [one({ Type: 'Succeed' })] }),
    'State S: another state has that name',
  ],
  [
    'States.ALL with another',
    task({ Catch: [{ ErrorEquals: ['States.ALL', 'A'], Next: 'S' }] }),
    'States.ALL must stand alone',
  ],
  [
    'States.ALL before another',
    task({ Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['A'] }] }),
    'States.ALL must stand alone, and in the last clause',
  ],
  ['no ErrorEquals', task({ Retry: [{ MaxAttempts: 1 }] }), 'ErrorEquals must be a list of strings'],
  ['an empty ErrorEquals', retry({ ErrorEquals: [] }), 'ErrorEquals must be a list of strings'],
  ['an interval of 0', retry({ IntervalSeconds: 0 }), 'IntervalSeconds must be a whole number from 1, not 0'],
  ['half an attempt', retry({ MaxAttempts: 0.5 }), 'MaxAttempts must be a whole number from 0, not 0.5'],
  [
    'a backoff that grows shorter',
    retry({ BackoffRate: 0.5 }),
    'BackoffRate must be a number from 1, not 0.5',
  ],
  ['an unknown jitter', retry({ JitterStrategy: 'HALF' }), 'JitterStrategy HALF'],
  ['lambda:invoke without a function', task({ Parameters: {} }), 'lambda:invoke without FunctionName'],
  [
    'two time-outs',
    task({ TimeoutSeconds: 1, TimeoutSecondsPath: '$.t' }),
    'TimeoutSeconds and TimeoutSecondsPath',
  ],
  ['a ResultPath to several nodes', pass({ ResultPath: '$.a[*]' }), 'ResultPath must name one node'],
  ['an operator twice', choice({ ...isNull, IsString: true }), 'a rule needs one operator'],
  [
    'an unknown operator',
    choice({ Variable: '$.a', StringStartsWith: 'b' }),
    'there is no operator StringStartsWith',
  ],
  ['an operand of another type', choice({ Variable: '$.a', NumericEquals: '5' }), 'NumericEquals "5"'],
  [
    'a timestamp without a time',
    choice({ Variable: '$.a', TimestampEquals: '2026-01-01' }),
    'TimestampEquals "2026-01-01"',
  ],
  ['an And of nothing', choice({ And: [] }), 'And without rules'],
  [
    'a wait that has two ends',
    one({ Type: 'Wait', Seconds: 1, Timestamp: '2026-01-01T00:00:00Z', End: true }),
    'a Wait state needs one of',
  ],
  [
    'a wait of more than three years',
    one({ Type: 'Wait', Seconds: 100_000_000, End: true }),
    'Seconds must be a whole number from 0 to 99999999',
  ],
  [
    'an unknown intrinsic function',
    parameters('States.Fly($.a)'),
    'there is no intrinsic function States.Fly',
  ],
  ['too few arguments', parameters('States.ArrayContains($.a)'), 'States.ArrayContains takes 2 arguments'],
  ['a call that does not end', parameters("States.Format('{}', $.a"), 'cannot be read'],
  ['an escape of something else', parameters(String.raw`States.Format('\n')`), 'a backslash before "n"'],
  ['a variable named states', pass({ Assign: { states: 1 } }), 'states is no name of a variable'],
  ['the variable of JSONata', parameters('$states.input'), '$states belongs to JSONata'],
  [
    'an inner Assign of an outer variable',
    map({
      Assign: { a: 1 },
      ItemProcessor: { StartAt: 'I', States: { I: { Type: 'Pass', Assign: { 'a.$': '$' }, End: true } } },
    }),
    'the variable a belongs to an outer scope',
  ],
])('%s makes a definition invalid', (_, definition, message) => {
  const create = (): unknown => machineOf(definition);

  expect(create).toThrow(expect.objectContaining({ name: 'InvalidDefinition' }));
  expect(create).toThrow(message);
});

test('an Express workflow cannot wait for a token', () => {
  const waiting = task({ Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken' });

  expect(() => machineOf(waiting)).toThrow('Express workflows do not support');
  expect(() => machineOf(waiting, {}, { type: 'STANDARD' })).not.toThrow();
});
