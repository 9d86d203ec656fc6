import { tally } from '../../conformance/comparison';
import { compared } from '../../conformance/state-machines/compared';
import { readGolden } from '../../conformance/state-machines/golden-file';
import { LANGUAGE_SCENARIOS } from '../../conformance/state-machines/language-scenarios';
import { NAMED } from '../../conformance/state-machines/named-differences';
import { play } from '../../conformance/state-machines/play';
import { type Outcome } from '../../conformance/state-machines/scenario';
import { type JsonObject } from '../../local/step-functions/asl/json';

const golden = readGolden('language');

test('the second engine has played every scenario of the language, and no other', () => {
  expect([...golden.keys()]).toEqual(LANGUAGE_SCENARIOS.map(({ name }) => name));
});

test('the interpreter answers as the second engine did, but for the differences that are named', async () => {
  const cases = await Promise.all(
    LANGUAGE_SCENARIOS.map(async (scenario) =>
      compared(scenario, await play(scenario), golden.get(scenario.name)!),
    ),
  );

  const { equal, named, unexplained } = tally(cases, NAMED);

  expect(unexplained).toEqual([]);
  expect(equal + [...named.values()].reduce((sum, count) => sum + count, 0)).toBe(golden.size);
  expect(equal).toBeGreaterThan(golden.size * 0.9);
});

test('an interpreter that answered otherwise would be noticed', async () => {
  const [scenario] = LANGUAGE_SCENARIOS;
  const ours = await play(scenario!);

  const changed = compared(scenario!, { ...ours, output: 'another' }, golden.get(scenario!.name)!);

  expect(tally([changed], NAMED).unexplained).toHaveLength(1);
});

describe('a path that points at nothing', () => {
  const [rule] = NAMED.filter(({ name }) => name.startsWith('Nothing catches a path'));
  const state = (next: string) => ({
    Type: 'Task',
    Next: next,
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
  });
  const definition = { States: { One: state('Two'), Two: state('Three'), Three: { Type: 'Pass' } } };
  const ours: Outcome = { status: 'FAILED', error: 'States.Runtime', states: ['One', 'Two'], calls: [] };
  const explains = (states: readonly string[], calls: Outcome['calls'] = []) =>
    rule!.explains(
      compared(
        { name: '', definition, input: {} },
        { ...ours, calls: [['f', 1]] },
        { ...ours, states, calls },
      ),
    );

  test('is named where the second engine went on from the catch of the state where ours ended', () => {
    expect(explains(['One', 'Two', 'Caught'], [['f', 1]])).toBe(true);
  });

  test.each([
    ['another state', ['One', 'Two', 'Three'], 1],
    ['no state', ['One', 'Two'], 1],
    ['an earlier catch', ['One', 'Caught'], 1],
    ['other calls', ['One', 'Two', 'Caught'], 2],
  ])('is not named where it went on to %s', (_, states, payload) => {
    expect(explains(states, [['f', payload]])).toBe(false);
  });
});

describe('an explanation covers', () => {
  const answers = { step: [{ fail: { errorMessage: 'x' } }] };
  const reasonOf = (definition: object, ours: Partial<Outcome>, theirs: Partial<Outcome>) => {
    const outcome = { status: 'FAILED', states: ['One'], calls: [] };
    const played = compared(
      { name: '', definition, input: {}, answers },
      { ...outcome, ...ours },
      { ...outcome, ...theirs },
    );
    return NAMED.find(({ explains }) => explains(played))
      ?.name.split(' ')
      .slice(0, 3)
      .join(' ');
  };
  const machine = (state: object) => ({ States: { One: state, Two: { Type: 'Pass' } } });

  const unknown = {
    Error: 'Lambda.Unknown',
    Cause:
      'The cause could not be determined because Lambda did not return an error type. Returned payload: {"errorMessage":"x"}',
  };
  const exception = { Error: 'Exception', Cause: '{"errorMessage":"x"}' };

  test.each([
    ['how the failure is told', unknown, exception, 'A function that'],
    ['not another payload', unknown, { ...exception, Cause: '{"errorMessage":"y"}' }, undefined],
    ['not another name', unknown, { ...exception, Error: 'Error' }, undefined],
    ['not what was told otherwise', { ...unknown, Error: 'Lambda.Timeout' }, exception, undefined],
  ])('of a failure without an errorType %s', (_, ours, theirs, reason) => {
    const [output, other] = [{ error: ours }, { error: theirs }];

    expect(reasonOf(machine({ Type: 'Task' }), { output }, { output: other })).toBe(reason);
    const calls = (error: JsonObject): Outcome['calls'] => [['undo', { failures: { Step: error } }]];
    expect(reasonOf(machine({ Type: 'Task' }), { calls: calls(ours) }, { calls: calls(theirs) })).toBe(
      reason,
    );
  });

  test('the retries of the function without an errorType, and of no other', () => {
    const call = (name: string): Outcome['calls'][number] => [name, {}];

    const retried = { output: { error: unknown }, calls: [call('step'), call('step'), call('undo')] };
    const once = { output: { error: exception }, calls: [call('step'), call('undo')] };
    expect(reasonOf(machine({ Type: 'Task' }), retried, once)).toBe('A function that');
    const undone = { ...retried, calls: [call('step'), call('undo'), call('undo')] };
    expect(reasonOf(machine({ Type: 'Task' }), undone, once)).toBeUndefined();
  });

  test('nothing beside the failure without an errorType', () => {
    const [output, other] = [{ error: unknown }, { error: exception, more: 1 }];

    expect(reasonOf(machine({ Type: 'Task' }), { output }, { output: other })).toBeUndefined();
  });

  const conflict = { error: 'States.ReferencePathConflict', cause: 'why' };
  test.each([
    ['another error', { ResultPath: '$.text.y' }, { error: 'States.Runtime' }, 'A `ResultPath` below'],
    ['success', { ResultPath: '$.text.y' }, { status: 'SUCCEEDED' }, 'A `ResultPath` below'],
    ['not a state that writes no deeper', { ResultPath: '$.text' }, { error: 'States.Runtime' }, undefined],
    ['not another name', { ResultPath: '$.text.y' }, { error: 'States.Timeout' }, undefined],
    ['not another way', { ResultPath: '$.text.y' }, { states: ['Two'], error: 'States.Runtime' }, undefined],
  ])('of a conflict with a ResultPath %s', (_, state, theirs, reason) => {
    expect(reasonOf(machine({ Type: 'Pass', ...state }), conflict, theirs)).toBe(reason);
  });

  const choice = { Type: 'Choice', Choices: [{ Next: 'Two' }] };
  test.each([
    ['going on', choice, { status: 'SUCCEEDED', states: ['One', 'Two'] }, 'A comparison whose'],
    ['not going elsewhere', choice, { status: 'SUCCEEDED', states: ['One', 'Three'] }, undefined],
    [
      'not another kind of state',
      { Type: 'Pass' },
      { status: 'SUCCEEDED', states: ['One', 'Two'] },
      undefined,
    ],
  ])('of a comparison of what is missing %s', (_, state, theirs, reason) => {
    expect(reasonOf(machine(state), { error: 'States.Runtime' }, theirs)).toBe(reason);
  });
});
