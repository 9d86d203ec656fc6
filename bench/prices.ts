/**
 * List prices, US dollars, region us-east-1, on demand, without free tiers, taxes and discounts.
 *
 * Each group names the page that AWS publishes it on. Those pages were not opened on the date below. Compared then with
 * copies and write-ups of them: Step Functions, DynamoDB, Lambda, API Gateway and the firewall. The others are as last
 * known: compare them before you rely on them. A price that moves is changed in this file alone, and
 * `npm run bench -- --only cost --write-docs` carries it into docs/cost.md.
 */
export const PRICES = {
  region: 'us-east-1',
  asOf: '2026-11-21',

  /** https://aws.amazon.com/api-gateway/pricing/: REST API, first 333 million requests a month. */
  apiGatewayRequest: 3.5 / 1e6,

  /** https://aws.amazon.com/step-functions/pricing/ */
  expressRequest: 1.0 / 1e6,
  /** Per GB-second, memory in chunks of 64 MB, duration in steps of 100 ms; the first 1,000 GB-hours a month. */
  expressGbSecond: 0.00001667,
  standardTransition: 25 / 1e6,

  /** https://aws.amazon.com/lambda/pricing/: arm64, first 7.5 billion GB-seconds a month. */
  lambdaRequest: 0.2 / 1e6,
  lambdaGbSecond: 0.0000133334,

  /** https://aws.amazon.com/dynamodb/pricing/on-demand/: standard table class, after the cut of November 2024. */
  dynamoDbWriteUnit: 0.625 / 1e6,
  dynamoDbReadUnit: 0.125 / 1e6,

  /** https://aws.amazon.com/s3/pricing/: S3 Standard. */
  s3Put: 5 / 1e6,
  s3List: 5 / 1e6,

  /** https://aws.amazon.com/sns/pricing/ and https://aws.amazon.com/sqs/pricing/; SNS delivers to SQS for nothing. */
  snsPublish: 0.5 / 1e6,
  sqsRequest: 0.4 / 1e6,

  /** https://aws.amazon.com/ses/pricing/ */
  sesEmail: 0.1 / 1e3,

  /** https://aws.amazon.com/cloudwatch/pricing/: ingestion into the standard log class, alarms, dashboards, canaries. */
  logGb: 0.5,
  /** The same into the class Infrequent Access. */
  infrequentLogGb: 0.25,
  /** For each metric that an alarm watches. */
  alarmMonth: 0.1,
  compositeAlarmMonth: 0.5,
  /** One of more than 50 metrics: the three that are free have fewer. */
  dashboardMonth: 3,
  canaryRun: 0.0012,

  /** https://aws.amazon.com/xray/pricing/ */
  xrayTrace: 5 / 1e6,

  /** https://aws.amazon.com/waf/pricing/ */
  wafAclMonth: 5,
  wafRuleMonth: 1,
  wafRequest: 0.6 / 1e6,

  /** https://aws.amazon.com/secrets-manager/pricing/ */
  secretMonth: 0.4,

  /** https://aws.amazon.com/kms/pricing/ */
  kmsKeyMonth: 1,
} as const;
