import { type Template } from 'aws-cdk-lib/assertions';
import { STAGES } from '../../../lib/config';
import { TRANSIENT } from '../../../lib/workflow/step-task';
import { ROLE_TAG, roleOf, STAGE_TAG } from '../../../lib/workflow/role';
import { type Definition, definitionsOf, type State } from '../../../harness/synthesized-stage';
import { synthesizedStage } from '../../support/synthesized-stage';

/** Every state machine of every stack of every stage: one that forgets something fails here by its name. */
const machines = STAGES.flatMap(({ name: stage }) => {
  const templates = Object.entries<Template>(synthesizedStage(stage));
  const { monitoring } = Object.fromEntries(templates);
  return templates.flatMap(([stack, template]) =>
    Object.entries(template.findResources('AWS::StepFunctions::StateMachine')).map(
      ([id, { Properties }]) => ({
        ...{ stage, stack, id, name: `${id} of ${stack} in ${stage}` },
        properties: Properties as Record<string, never>,
        tags: Object.fromEntries(
          ((Properties.Tags ?? []) as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]),
        ),
        definition: definitionsOf(template)[id]!,
        monitoring: monitoring!,
      }),
    ),
  );
});

test('there is one for the checkout and one for recovery', () => {
  expect(machines.map(({ stage, tags }) => `${stage} ${roleOf({ tags })}`)).toEqual(
    expect.arrayContaining(STAGES.flatMap(({ name }) => [`${name} checkout`, `${name} recovery`])),
  );
});

describe.each(machines)('$name', ({ stage, id, properties, tags, definition, monitoring }) => {
  test('has a role, which no other one of its stage has, and says whose it is', () => {
    const namesakes = machines.filter((other) => other.stage === stage && roleOf(other) === roleOf({ tags }));

    expect(tags).toEqual({
      [ROLE_TAG]: expect.stringMatching(/^[a-z]+(-[a-z]+)*$/),
      [STAGE_TAG]: `EventPro-${stage}`,
    });
    expect(namesakes.map(({ name }) => name)).toHaveLength(1);
  });

  test('calls people when an execution times out, and is drawn on the dashboard', () => {
    const refersToIt = (value: unknown) => JSON.stringify(value).includes(id);
    const alarms = Object.values(monitoring.findResources('AWS::CloudWatch::Alarm')).filter(
      ({ Properties }) => refersToIt(Properties.Dimensions ?? ''),
    );
    const dashboards = Object.values(monitoring.findResources('AWS::CloudWatch::Dashboard'));

    expect(alarms.map(({ Properties }) => Properties.MetricName)).toContain('ExecutionsTimedOut');
    expect(refersToIt(dashboards)).toBe(true);
  });

  test('is traced, and logs each event but nothing of what the states hold', () => {
    expect(properties).toMatchObject({
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
    });
  });

  test('its log is in the saved query of executions', () => {
    const [query] = Object.values(monitoring.findResources('AWS::Logs::QueryDefinition')).filter(
      ({ Properties }) => (Properties.Name as string).endsWith('The states of one execution'),
    );
    const log = JSON.stringify(properties.LoggingConfiguration).match(/"Fn::GetAtt":\["(\w+)"/)![1]!;

    expect(JSON.stringify(query)).toContain(log);
  });

  test('ends by itself, and no Task of it waits for ever', () => {
    const tasks = statesOf(definition).filter(([, { Type }]) => Type === 'Task');
    const endless = tasks.filter(([, { TimeoutSeconds = Infinity }]) => TimeoutSeconds > 900);

    expect(definition.TimeoutSeconds).toBeGreaterThan(0);
    expect(endless.map(([name]) => name)).toEqual([]);
  });

  test("every Task that calls a function outlives Lambda's passing troubles", () => {
    const calls = statesOf(definition).filter(([, { Resource = '' }]) =>
      String(Resource).endsWith(':lambda:invoke'),
    );
    const frail = calls.filter(
      ([, { Retry = [] }]) =>
        !Retry.some(({ ErrorEquals }) => TRANSIENT.errors!.every((error) => ErrorEquals.includes(error))),
    );

    expect(frail.map(([name]) => name)).toEqual([]);
  });
});

/** Those within a Parallel or a Map, too. */
function statesOf({ States }: Pick<Definition, 'States'>): [name: string, state: State][] {
  return Object.entries(States).flatMap(([name, state]) => {
    const { Branches = [], ItemProcessor } = state as { Branches?: Definition[]; ItemProcessor?: Definition };
    const within = [...Branches, ...(ItemProcessor ? [ItemProcessor] : [])];
    return [[name, state], ...within.flatMap(statesOf)] as [string, State][];
  });
}
