import { machineOf } from '../machine';

const choice = (rule: object): object => ({
  StartAt: 'S',
  States: {
    S: { Type: 'Choice', Choices: [{ ...rule, Next: 'Yes' }], Default: 'No' },
    Yes: { Type: 'Succeed' },
    No: { Type: 'Fail' },
  },
});

const INPUT = { a: 1, five: '5', text: 'he*lo\n', yes: true, nothing: null, at: '2026-11-29T20:00:00+01:00' };

test.each([
  ['IsPresent false, absent', { Variable: '$.b', IsPresent: false }, 'SUCCEEDED'],
  ['IsPresent false, present', { Variable: '$.a', IsPresent: false }, 'FAILED'],
  ['IsPresent of null', { Variable: '$.nothing', IsPresent: true }, 'SUCCEEDED'],
  ['IsNull false inside Not', { Not: { Variable: '$.a', IsNull: false } }, 'FAILED'],
  ['a number that is a string', { Variable: '$.five', NumericLessThan: 10 }, 'FAILED'],
  ['a number', { Variable: '$.a', NumericLessThan: 10 }, 'SUCCEEDED'],
  ['a string that is a number', { Variable: '$.a', StringLessThan: '5' }, 'FAILED'],
  ['StringMatches of a number', { Variable: '$.a', StringMatches: '*' }, 'FAILED'],
  ['StringMatches', { Variable: '$.text', StringMatches: 'h*o*' }, 'SUCCEEDED'],
  ['an asterisk in StringMatches', { Variable: '$.text', StringMatches: String.raw`he\*l*` }, 'SUCCEEDED'],
  ['an asterisk that is not there', { Variable: '$.five', StringMatches: String.raw`\*` }, 'FAILED'],
  ['a dot in StringMatches', { Variable: '$.five', StringMatches: '.' }, 'FAILED'],
  ['a path to compare with', { Variable: '$.a', NumericEqualsPath: '$.a' }, 'SUCCEEDED'],
  ['a path to another type', { Variable: '$.a', NumericEqualsPath: '$.five' }, 'FAILED'],
  ['BooleanEquals', { Variable: '$.yes', BooleanEquals: true }, 'SUCCEEDED'],
  ['a time in another zone', { Variable: '$.at', TimestampEquals: '2026-11-29T19:00:00Z' }, 'SUCCEEDED'],
  ['IsTimestamp', { Variable: '$.text', IsTimestamp: true }, 'FAILED'],
  [
    'And, which stops at what is false',
    {
      And: [
        { Variable: '$.b', IsPresent: true },
        { Variable: '$.b', IsNull: true },
      ],
    },
    'FAILED',
  ],
  [
    'Or',
    {
      Or: [
        { Variable: '$.five', IsNumeric: true },
        { Variable: '$.five', IsString: true },
      ],
    },
    'SUCCEEDED',
  ],
])('a choice by %s', async (_, rule, status) => {
  const { machine } = machineOf(choice(rule));

  const answer = await machine.startSync(INPUT);

  expect(answer.status).toBe(status);
});

test.each([
  ['a Variable', { Variable: '$.none', IsNull: true }],
  ['a path to compare with', { Variable: '$.a', NumericEqualsPath: '$.none' }],
])('%s that points at nothing is States.Runtime', async (_, rule) => {
  expect(await machineOf(choice(rule)).machine.startSync(INPUT)).toMatchObject({ error: 'States.Runtime' });
});

test('no rule that matches and no Default is States.Runtime', async () => {
  const definition = {
    StartAt: 'S',
    States: {
      S: { Type: 'Choice', Choices: [{ Variable: '$.a', IsNull: true, Next: 'T' }] },
      T: { Type: 'Succeed' },
    },
  };

  expect(await machineOf(definition).machine.startSync({ a: 1 })).toMatchObject({
    status: 'FAILED',
    error: 'States.Runtime',
  });
});
