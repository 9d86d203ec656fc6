import { type Template } from 'aws-cdk-lib/assertions';
import { ACCESS_LOG_NAMESPACE } from '../../lib/api/access-log';
import { STAGES } from '../../lib/config';
import { OUR_FAILURES } from '../../lib/alarm/business-metric';
import { synthesizedStage } from '../support/synthesized-stage';

interface Metric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
}

interface AlarmProperties extends Metric {
  readonly Metrics?: readonly { readonly MetricStat?: { readonly Metric: Metric } }[];
}

/** Of every stage there is: what is watched must not depend on which of them a person looks at. */
const stages = STAGES.map(({ name }) => ({
  name,
  templates: Object.entries<Template>(synthesizedStage(name)),
}));

const resources = (type: string) =>
  stages.flatMap(({ name, templates }) =>
    templates.flatMap(([stack, template]) =>
      Object.entries(template.findResources(type)).map(
        ([id, { Properties }]) => [`${id} of ${stack} in ${name}`, Properties] as const,
      ),
    ),
  );

function metricsOf(alarm: AlarmProperties): Metric[] {
  return alarm.Metrics?.flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric] : [])) ?? [alarm];
}

const alarms = resources('AWS::CloudWatch::Alarm');

test.each(resources('AWS::ApiGateway::Stage'))(
  '%s: every method is measured, logged and throttled, also one with settings of its own',
  (_, { MethodSettings }) => {
    expect(MethodSettings.length).toBeGreaterThan(1);
    for (const settings of MethodSettings) {
      expect(settings).toMatchObject({
        MetricsEnabled: true,
        LoggingLevel: 'ERROR',
        DataTraceEnabled: false,
        ThrottlingRateLimit: expect.any(Number),
        ThrottlingBurstLimit: expect.any(Number),
      });
    }
  },
);

test('no alarm hangs on whether API Gateway counts a status that a mapping template sets', () => {
  const watched = alarms.flatMap(([, properties]) => metricsOf(properties as AlarmProperties));

  expect(watched.length).toBeGreaterThan(50);
  expect(watched.filter(({ MetricName }) => /^[45]XXError$/i.test(MetricName))).toEqual([]);
});

test('what an alarm or a dashboard watches in the access log is counted there, by fields that the log has', () => {
  const watched = alarms
    .flatMap(([, properties]) => metricsOf(properties as AlarmProperties))
    .filter(({ Namespace }) => Namespace === ACCESS_LOG_NAMESPACE);
  const nameOf = (metric: string, dimensions: readonly string[]) =>
    [metric, ...dimensions.toSorted()].join(' ');
  const counted = resources('AWS::Logs::MetricFilter').flatMap(
    ([, { FilterPattern, MetricTransformations }]) => {
      const [{ MetricName, Dimensions, DefaultValue }] = MetricTransformations;
      // CloudWatch refuses both together.
      expect(DefaultValue).toBeUndefined();
      for (const { Value } of Dimensions) expect(FilterPattern).toContain(`${Value} = "*"`);
      return nameOf(
        MetricName,
        Dimensions.map(({ Key }: { Key: string }) => Key),
      );
    },
  );
  const [[, stage]] = resources('AWS::ApiGateway::Stage') as [
    [string, { AccessLogSetting: { Format: string } }],
  ];
  const fields = Object.keys(JSON.parse(stage.AccessLogSetting.Format) as object);

  expect(watched.length).toBeGreaterThan(5);
  for (const { MetricName, Dimensions } of watched) {
    expect(counted).toContain(
      nameOf(
        MetricName,
        Dimensions!.map(({ Name }) => Name),
      ),
    );
  }
  expect(fields).toEqual(expect.arrayContaining(['service', 'method', 'resource', 'status']));
});

describe('a canary', () => {
  const aliases = resources('AWS::StepFunctions::StateMachineAlias').flatMap(
    ([name, { DeploymentPreference }]) =>
      DeploymentPreference.Type === 'CANARY'
        ? [[name, DeploymentPreference.Alarms as { Ref: string }[]] as const]
        : [],
  );
  const groups = resources('AWS::CodeDeploy::DeploymentGroup').map(
    ([name, { AlarmConfiguration }]) =>
      [
        name,
        AlarmConfiguration.Alarms.map(({ Name }: { Name: { Ref: string } }) => Name) as { Ref: string }[],
      ] as const,
  );
  const canaries = [...aliases, ...groups];

  test('is what prod deploys by: the saga, and each function of the API', () => {
    expect(aliases).not.toEqual([]);
    expect(groups.length).toBeGreaterThan(5);
  });

  test.each(canaries)('of %s watches purchases that fail by our fault, whichever way', (_, watching) => {
    const stage = alarms.filter(([name]) => watching.some(({ Ref }) => name.startsWith(`${Ref} `)));
    const watched = stage.flatMap(([, properties]) => metricsOf(properties as AlarmProperties));
    const outcomes = watched
      .filter(({ MetricName }) => MetricName === 'Purchases')
      .map(({ Dimensions }) => Dimensions!.find(({ Name }) => Name === 'outcome')!.Value);

    expect(new Set(outcomes)).toEqual(new Set(['CONFIRMED', ...OUR_FAILURES]));
    expect(watched.map(({ MetricName }) => MetricName)).toEqual(
      expect.arrayContaining(['ServerErrors', 'Count']),
    );
  });
});

test('every code of a purchase that failed by our fault has an alarm of its own, in every stage', () => {
  for (const { name } of stages) {
    const alone = alarms.flatMap(([alarm, properties]) => {
      const [metric, ...others] = metricsOf(properties as AlarmProperties);
      if (!alarm.endsWith(` in ${name}`) || others.length > 0 || metric!.MetricName !== 'Purchases')
        return [];
      return [metric!.Dimensions!.find(({ Name }) => Name === 'outcome')!.Value];
    });

    expect(alone.sort()).toEqual(OUR_FAILURES.toSorted());
  }
});
