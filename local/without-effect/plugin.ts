import { LOCAL_ACCOUNT, LOCAL_REGION } from '../aws/aws-service';
import { withoutEffect } from '../cloudformation/without-effect';
import { definePlugin } from '../core/plugin';

/**
 * The services whose resources are accepted and do nothing: there is no IAM on a laptop, nothing is encrypted, a log group is the
 * console and keeps nothing to query, nobody is on call and no metric is kept that an alarm or a dashboard could read, and there
 * is no Athena to ask what the catalog says about the files.
 */
export const WITHOUT_EFFECT = definePlugin({
  name: 'without-effect',
  start: () => ({
    service: undefined,
    resourceTypes: {
      'AWS::Athena::NamedQuery': withoutEffect([
        'Database',
        'Description',
        'Name',
        'QueryString',
        'WorkGroup',
      ]),
      'AWS::Athena::WorkGroup': withoutEffect(['Name', 'RecursiveDeleteOption', 'WorkGroupConfiguration']),
      'AWS::CloudWatch::Alarm': withoutEffect([
        'AlarmActions',
        'AlarmDescription',
        'ComparisonOperator',
        'DatapointsToAlarm',
        'Dimensions',
        'EvaluationPeriods',
        'ExtendedStatistic',
        'MetricName',
        'Metrics',
        'Namespace',
        'OKActions',
        'Period',
        'Statistic',
        'Threshold',
        'TreatMissingData',
      ]),
      'AWS::CloudWatch::Dashboard': withoutEffect(['DashboardBody', 'DashboardName']),
      'AWS::Glue::Database': withoutEffect(['CatalogId', 'DatabaseInput']),
      'AWS::Glue::Table': withoutEffect(['CatalogId', 'DatabaseName', 'TableInput']),
      'AWS::IAM::Policy': withoutEffect(['PolicyDocument', 'PolicyName', 'Roles']),
      'AWS::IAM::Role': withoutEffect(
        ['AssumeRolePolicyDocument', 'ManagedPolicyArns', 'Policies'],
        (name) => ({ Arn: `arn:aws:iam::${LOCAL_ACCOUNT}:role/${name}` }),
      ),
      'AWS::KMS::Key': withoutEffect(
        ['Description', 'EnableKeyRotation', 'KeyPolicy', 'PendingWindowInDays'],
        (name) => ({ Arn: `arn:aws:kms:${LOCAL_REGION}:${LOCAL_ACCOUNT}:key/${name}` }),
      ),
      'AWS::Logs::LogGroup': withoutEffect(['LogGroupName', 'RetentionInDays'], (name) => ({
        Arn: `arn:aws:logs:${LOCAL_REGION}:${LOCAL_ACCOUNT}:log-group:${name}:*`,
      })),
      'AWS::Logs::LogStream': withoutEffect(['LogGroupName', 'LogStreamName']),
      'AWS::Logs::MetricFilter': withoutEffect(['FilterPattern', 'LogGroupName', 'MetricTransformations']),
      'AWS::Logs::QueryDefinition': withoutEffect(['LogGroupNames', 'Name', 'QueryString']),
    },
  }),
});
