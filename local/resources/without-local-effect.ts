import { LOCAL_ACCOUNT, LOCAL_REGION } from '../aws-service';
import { type ResourceRequest, type ResourceType } from '../cloudformation/resource-type';
import { physicalName } from './physical-name';

/**
 * Types that are accepted and do nothing: there is no IAM on a laptop, nothing is encrypted, a log group is the console and
 * keeps nothing to query, nobody is on call and no metric is kept that an alarm or a dashboard could read, a deployment and
 * an account setting belong to API Gateway's inside, what is thrown away when the process ends needs no emptying, and
 * there is no Athena to ask what the catalog says about the files.
 */
export const TYPES_WITHOUT_LOCAL_EFFECT: Readonly<Record<string, ResourceType>> = {
  'AWS::ApiGateway::Account': inert(['CloudWatchRoleArn']),
  'AWS::Athena::NamedQuery': inert(['Database', 'Description', 'Name', 'QueryString', 'WorkGroup']),
  'AWS::Athena::WorkGroup': inert(['Name', 'RecursiveDeleteOption', 'WorkGroupConfiguration']),
  'AWS::CloudWatch::Alarm': inert([
    'AlarmActions',
    'AlarmDescription',
    'ComparisonOperator',
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
  'AWS::CloudWatch::Dashboard': inert(['DashboardBody', 'DashboardName']),
  'AWS::Glue::Database': inert(['CatalogId', 'DatabaseInput']),
  'AWS::Glue::Table': inert(['CatalogId', 'DatabaseName', 'TableInput']),
  'AWS::IAM::Policy': inert(['PolicyDocument', 'PolicyName', 'Roles']),
  'AWS::IAM::Role': inert(['AssumeRolePolicyDocument', 'ManagedPolicyArns', 'Policies'], (name) => ({
    Arn: `arn:aws:iam::${LOCAL_ACCOUNT}:role/${name}`,
  })),
  'AWS::KMS::Key': inert(
    ['Description', 'EnableKeyRotation', 'KeyPolicy', 'PendingWindowInDays'],
    (name) => ({
      Arn: `arn:aws:kms:${LOCAL_REGION}:${LOCAL_ACCOUNT}:key/${name}`,
    }),
  ),
  'AWS::Lambda::Permission': inert(['Action', 'FunctionName', 'Principal', 'SourceArn']),
  'AWS::Logs::LogGroup': inert(['LogGroupName', 'RetentionInDays'], (name) => ({
    Arn: `arn:aws:logs:${LOCAL_REGION}:${LOCAL_ACCOUNT}:log-group:${name}:*`,
  })),
  'AWS::Logs::MetricFilter': inert(['FilterPattern', 'LogGroupName', 'MetricTransformations']),
  'AWS::Logs::QueryDefinition': inert(['LogGroupNames', 'Name', 'QueryString']),
  'AWS::S3::BucketPolicy': inert(['Bucket', 'PolicyDocument']),
  'AWS::SNS::TopicPolicy': inert(['PolicyDocument', 'Topics']),
  'AWS::SQS::QueuePolicy': inert(['PolicyDocument', 'Queues']),
  'Custom::S3AutoDeleteObjects': inert(['BucketName', 'ServiceToken']),
};

function inert(
  withoutLocalEffect: readonly string[],
  attributes: (name: string) => Record<string, unknown> = () => ({}),
): ResourceType {
  return {
    properties: [],
    withoutLocalEffect,
    create(request: ResourceRequest) {
      const ref = physicalName(request, 64);
      return { ref, attributes: attributes(ref) };
    },
  };
}
