import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ORDER } from '../../lambda/order/outcomes';
import { functionsOf } from '../../lambda/shared/outcomes';
import { METRIC_NAMESPACE, METRICS } from '../../lambda/shared/metrics';
import { anchorOf } from '../../lib/alarm/runbook';
import { STAGES } from '../../lib/config';
import { EventProStage } from '../../lib/eventpro-stage';
import { definitionsOf, QUIET_CONTEXT } from '../../harness/synthesized-stage';
import { synthesizedStage } from '../support/synthesized-stage';

const { monitoring, checkout, event, notification, order } = synthesizedStage('prod');
const alarms = Object.entries(monitoring.findResources('AWS::CloudWatch::Alarm'));

interface AlarmMetric {
  readonly MetricStat?: {
    Metric: { Namespace: string; MetricName: string; Dimensions?: { Name: string }[] };
  };
}

/** What an alarm watches, whichever of its two forms it has. */
function metricsOf(properties: Record<string, unknown>) {
  const list = (properties.Metrics as AlarmMetric[] | undefined)?.flatMap(({ MetricStat }) =>
    MetricStat ? [MetricStat.Metric] : [],
  );
  return list ?? [properties as unknown as NonNullable<AlarmMetric['MetricStat']>['Metric']];
}

const watched = alarms.flatMap(([, { Properties }]) => metricsOf(Properties));
const watches = (name: string) => watched.filter(({ MetricName }) => MetricName === name).length;

test.each(alarms)('%s calls people, when it goes off and when it is over', (_, { Properties }) => {
  const [topic] = Object.keys(monitoring.findResources('AWS::SNS::Topic'));

  expect(Properties.AlarmActions).toEqual([{ Ref: topic }]);
  expect(Properties.OKActions).toEqual([{ Ref: topic }]);
});

test.each(alarms)(
  '%s is one that CloudWatch takes: at most 10 metrics, within its longest window',
  (_, { Properties }) => {
    const periods = ((Properties.Metrics ?? []) as { MetricStat?: { Period: number } }[]).flatMap(
      ({ MetricStat }) => (MetricStat ? [MetricStat.Period] : []),
    );
    const period = Math.max(Properties.Period ?? 0, ...periods);

    expect(metricsOf(Properties).length).toBeLessThanOrEqual(10);
    expect(period * Properties.EvaluationPeriods).toBeLessThanOrEqual(86_400);
  },
);

/** What the dashboard shows, as the metrics of its widgets. */
const shown = JSON.stringify(monitoring.findResources('AWS::CloudWatch::Dashboard'));

test.each(Object.keys(METRICS))('the metric %s is on the dashboard, or an alarm watches it', (name) => {
  expect(shown.includes(`\\"${name}\\"`) || watches(name) > 0).toBe(true);
});

test('the dashboard shows what became of scans at the gates', () => {
  for (const became of [
    'ADMITTED',
    'ALREADY_ADMITTED',
    'TICKET_NOT_VALID',
    'PURCHASE_CANCELLED',
    'OTHER_EVENT',
  ]) {
    expect(shown).toContain(`\\"Admissions\\",\\"admission\\",\\"${became}\\"`);
  }
});

test('a metric of ours that an alarm watches is one the functions write, with these dimensions', () => {
  const ours = watched.filter(({ Namespace }) => Namespace === METRIC_NAMESPACE);

  expect(ours.length).toBeGreaterThan(5);
  for (const { MetricName, Dimensions } of ours) {
    const { dimensions } = METRICS[MetricName as keyof typeof METRICS];
    expect(Dimensions!.map(({ Name }) => Name).sort()).toEqual(['service', ...dimensions].sort());
  }
});

/** Functions to which the bus gives events: what they give up is in their consumer's dead-letter queue, which has an alarm. */
const OF_THE_BUS = ['ScheduleEventMessages'];

test('every function of ours is watched for throttles, and for errors if it is no step: to Lambda, a refusal is one', () => {
  const templates = Object.values<Template>(synthesizedStage('prod'));
  const functions = templates.flatMap((template) =>
    Object.entries(template.findResources('AWS::Lambda::Function'))
      .filter(([, { Properties }]) => Properties.Environment?.Variables.POWERTOOLS_SERVICE_NAME)
      .map(([id]) => id),
  );
  // A step's function has the name of its state.
  const states = [
    ...templates.flatMap((template) =>
      Object.values(definitionsOf(template)).flatMap(({ States }) => Object.keys(States)),
    ),
    // But for those of which another workflow has a state of that name.
    ...Object.keys(functionsOf(ORDER)),
    ...OF_THE_BUS,
  ];
  const watchedBy = (name: string) =>
    watched
      .filter(({ MetricName }) => MetricName === name)
      .map(({ Dimensions }) => JSON.stringify(Dimensions));
  const unwatched = (name: string, ids: readonly string[]) =>
    ids.filter((id) => !watchedBy(name).some((dimensions) => dimensions.includes(id)));

  expect(unwatched('Throttles', functions)).toEqual([]);
  expect(unwatched('Errors', functions)).toEqual(
    functions.filter((id) => states.includes(id.replace(/[0-9A-F]{8}$/, ''))),
  );
});

test('every dead-letter queue and every table has an alarm', () => {
  const deadLetters = [notification, event, order]
    .flatMap((template) => Object.values(template.findResources('AWS::SQS::Queue')))
    .filter(({ Properties }) => !Properties.RedrivePolicy);

  expect(watches('ApproximateNumberOfMessagesVisible')).toBe(deadLetters.length + 1);
  // Three tables and seven indexes.
  expect(watches('WriteThrottleEvents')).toBe(10);
});

test('what is only written while something runs goes off when nothing is written', () => {
  const silent = alarms.filter(([, { Properties }]) => Properties.TreatMissingData === 'breaching');

  expect(silent.map(([, { Properties }]) => Properties.MetricName)).toEqual(['Invocations', 'Invocations']);
});

test('alarms reach the encrypted topic: its policy and its key let CloudWatch of this account in', () => {
  const statementsOf = (type: string, policy: string) =>
    Object.values(monitoring.findResources(type)).flatMap(({ Properties }) => Properties[policy].Statement);
  const cloudWatch = {
    Effect: 'Allow',
    Principal: { Service: 'cloudwatch.amazonaws.com' },
    Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
  };

  expect(statementsOf('AWS::KMS::Key', 'KeyPolicy')).toContainEqual(
    expect.objectContaining({ ...cloudWatch, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'] }),
  );
  expect(statementsOf('AWS::SNS::TopicPolicy', 'PolicyDocument')).toContainEqual(
    expect.objectContaining({ ...cloudWatch, Action: 'sns:Publish' }),
  );
});

test('the alarm on buyers who do not get past their bank compares those with all of whom it is known', () => {
  const [alarm] = alarms
    .map(([, { Properties }]) => Properties)
    .filter(({ AlarmDescription }) => /#buyers-do-not-get-past-their-bank$/.test(AlarmDescription));
  const metrics = alarm!.Metrics as {
    Id: string;
    Expression?: string;
    MetricStat?: { Metric: { Dimensions: { Value: unknown }[] } };
  }[];
  const ends = metrics.flatMap(({ Id, MetricStat }) =>
    MetricStat ? [[Id, MetricStat.Metric.Dimensions.map(({ Value }) => Value)[0]]] : [],
  );

  expect(metrics.find(({ Expression }) => Expression)!.Expression).toBe(
    'IF(SUM([authenticated, declined, failed, expired, abandoned]) >= 20, ' +
      '100 * SUM([failed, expired, abandoned]) / SUM([authenticated, declined, failed, expired, abandoned]), 0)',
  );
  expect(Object.fromEntries(ends)).toEqual(
    Object.fromEntries(
      ['authenticated', 'declined', 'failed', 'expired', 'abandoned'].map((end) => [end, end]),
    ),
  );
});

test('sales that wait longer than they are buffered, or that S3 refuses, call people', () => {
  const [stream] = Object.values(event.findResources('AWS::KinesisFirehose::DeliveryStream'));
  const { IntervalInSeconds } = stream!.Properties.ExtendedS3DestinationConfiguration.BufferingHints;
  const alarmOn = (metric: string) =>
    alarms.map(([, { Properties }]) => Properties).find((each) => metricsOf(each)[0]!.MetricName === metric)!;

  const late = alarmOn('DeliveryToS3.DataFreshness');
  expect(late.Threshold).toBeGreaterThan(2 * IntervalInSeconds);
  expect(late.Metrics[0].MetricStat.Stat).toBe('Maximum');
  const refused = alarmOn('DeliveryToS3.Success');
  expect(refused).toMatchObject({ Threshold: 1, ComparisonOperator: 'LessThanThreshold' });
  expect(refused.Metrics[0].MetricStat.Stat).toBe('Minimum');
  // Nothing to write is nothing that went wrong.
  expect(refused.TreatMissingData).toBe('notBreaching');
});

test('two stages write to dimensions of their own', () => {
  for (const template of [checkout, notification, order]) {
    for (const { Properties } of Object.values(template.findResources('AWS::Lambda::Function'))) {
      expect(Properties.Environment.Variables.POWERTOOLS_SERVICE_NAME).toBe('EventPro-prod');
    }
  }
});

test('logs are kept as long as the stage says, all of them', () => {
  for (const template of [checkout, event, notification, order]) {
    for (const { Properties } of Object.values(template.findResources('AWS::Logs::LogGroup'))) {
      expect(Properties.RetentionInDays).toBe(90);
    }
  }
});

test('a purchase can be traced from the API through the saga to its functions', () => {
  checkout.hasResourceProperties('AWS::ApiGateway::Stage', { TracingEnabled: true });
  for (const { Properties } of Object.values(checkout.findResources('AWS::StepFunctions::StateMachine'))) {
    expect(Properties.TracingConfiguration).toEqual({ Enabled: true });
  }
  for (const { Properties } of Object.values(checkout.findResources('AWS::Lambda::Function'))) {
    expect(Properties.TracingConfig).toEqual({ Mode: 'Active' });
  }
});

test.each([
  ['The API answers 5xx', 'the-api-answers-5xx'],
  ['The reconciler or the audit does not run, or fails', 'the-reconciler-or-the-audit-does-not-run-or-fails'],
  ['Step-by-step: a `queue`’s end', 'step-by-step-a-queues-end'],
])('the anchor of "%s" is the one the page has', (heading, anchor) => {
  expect(anchorOf(heading)).toBe(anchor);
});

test('where the repository has an address, alarms and dashboard link to its runbook', () => {
  const app = new App({ context: QUIET_CONTEXT });
  const prod = STAGES.find(({ name }) => name === 'prod')!;
  const stage = new EventProStage(app, 'EventPro-prod', {
    ...prod,
    repositoryUrl: 'https://git.test/eventpro/',
  });
  const template = Template.fromStack(stage.node.findChild('Monitoring') as Stack);

  const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm'));
  expect(alarms.length).toBeGreaterThan(30);
  for (const { Properties } of alarms) {
    expect(Properties.AlarmDescription).toMatch(
      /\nRunbook: https:\/\/git\.test\/eventpro\/docs\/runbook\.md#[\w-]+$/,
    );
  }
  expect(JSON.stringify(template.findResources('AWS::CloudWatch::Dashboard'))).toContain(
    '[Runbook](https://git.test/eventpro/docs/runbook.md)',
  );
});
