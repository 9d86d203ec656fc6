import { App } from 'aws-cdk-lib';
import { STAGES } from '../../lib/config';
import { EventProStage } from '../../lib/eventpro-stage';
import { QUIET_CONTEXT } from '../../harness/synthesized-stage';

/**
 * Properties by which a resource type takes a name that must be its own in an account and region, or that hold the name
 * with the rest of a configuration, for every type that has one and that the app uses. Names inside a parent (aliases, indexes, a stage of an API) are not among them.
 */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'AWS::ApiGateway::ApiKey': ['Name'],
  'AWS::Athena::WorkGroup': ['Name'],
  'AWS::CloudFront::CachePolicy': ['CachePolicyConfig'],
  'AWS::CloudFront::Function': ['Name'],
  'AWS::CloudFront::OriginAccessControl': ['OriginAccessControlConfig'],
  'AWS::CloudFront::ResponseHeadersPolicy': ['ResponseHeadersPolicyConfig'],
  'AWS::CloudWatch::Alarm': ['AlarmName'],
  'AWS::CloudWatch::CompositeAlarm': ['AlarmName'],
  'AWS::CloudWatch::Dashboard': ['DashboardName'],
  'AWS::CodeDeploy::Application': ['ApplicationName'],
  'AWS::CodeDeploy::DeploymentConfig': ['DeploymentConfigName'],
  'AWS::DynamoDB::GlobalTable': ['TableName'],
  'AWS::DynamoDB::Table': ['TableName'],
  'AWS::Events::ApiDestination': ['Name'],
  'AWS::Events::Archive': ['ArchiveName'],
  'AWS::Events::Connection': ['Name'],
  'AWS::Events::EventBus': ['Name'],
  'AWS::Events::Rule': ['Name'],
  'AWS::Glue::Database': ['DatabaseInput'],
  'AWS::IAM::ManagedPolicy': ['ManagedPolicyName'],
  'AWS::IAM::Role': ['RoleName'],
  'AWS::KMS::Alias': ['AliasName'],
  'AWS::KinesisFirehose::DeliveryStream': ['DeliveryStreamName'],
  'AWS::Lambda::Function': ['FunctionName'],
  'AWS::Lambda::LayerVersion': ['LayerName'],
  'AWS::Logs::DeliveryDestination': ['Name'],
  'AWS::Logs::DeliverySource': ['Name'],
  'AWS::Logs::LogGroup': ['LogGroupName'],
  'AWS::Logs::QueryDefinition': ['Name'],
  'AWS::Pipes::Pipe': ['Name'],
  'AWS::S3::Bucket': ['BucketName'],
  'AWS::SES::ConfigurationSet': ['Name'],
  'AWS::SNS::Topic': ['TopicName'],
  'AWS::SQS::Queue': ['QueueName'],
  'AWS::SSM::Parameter': ['Name'],
  'AWS::Scheduler::Schedule': ['Name'],
  'AWS::Scheduler::ScheduleGroup': ['Name'],
  'AWS::SecretsManager::Secret': ['Name'],
  'AWS::StepFunctions::StateMachine': ['StateMachineName'],
  'AWS::WAFv2::WebACL': ['Name'],
};

/** Types whose instances have no name of their own in the account. */
const NAMELESS =
  /^(AWS::ApiGateway::(?!ApiKey)|AWS::Athena::NamedQuery|AWS::CloudFront::Distribution|AWS::CodeDeploy::DeploymentGroup|AWS::Glue::Table|AWS::IAM::Policy|AWS::KMS::Key|AWS::Lambda::(Alias|EventInvokeConfig|EventSourceMapping|Permission|Version)|AWS::Logs::(Delivery|LogStream|MetricFilter|SubscriptionFilter)|AWS::S3::BucketPolicy|AWS::SES::ConfigurationSetEventDestination|AWS::SNS::(Subscription|TopicPolicy)|AWS::SQS::QueuePolicy|AWS::SecretsManager::ResourcePolicy|AWS::StepFunctions::StateMachine(Alias|Version)|AWS::WAFv2::WebACLAssociation|Custom::)/;

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

const [dev, prod] = STAGES as [(typeof STAGES)[0], (typeof STAGES)[0]];
const LONGEST = 'a2345678901234567-20';
const app = new App({ context: QUIET_CONTEXT });
for (const config of [dev, prod, { ...dev, name: 'green' }, { ...prod, name: LONGEST }]) {
  new EventProStage(app, `EventPro-${config.name}`, config);
}
const stacks = app
  .synth()
  .nestedAssemblies.flatMap(({ nestedAssembly }) => nestedAssembly.stacks)
  .map((stack) => ({
    name: stack.stackName,
    tags: stack.tags,
    resources: (stack.template as { Resources: Record<string, Resource> }).Resources,
    outputs: (stack.template as { Outputs?: Record<string, { Export?: { Name: string } }> }).Outputs ?? {},
  }));
const resources = stacks.flatMap(({ name, resources }) =>
  Object.entries(resources).map(([id, resource]) => ({ where: `${name}/${id}`, ...resource })),
);

test('four stages, two of them copies, make stacks of different names', () => {
  const names = stacks.map(({ name }) => name);

  expect(names.length).toBeGreaterThanOrEqual(12);
  expect(new Set(names).size).toBe(names.length);
});

test('this test knows every resource type the app uses', () => {
  const unknown = resources
    .filter(({ Type }) => !NAMES[Type] && !NAMELESS.test(Type))
    .map(({ Type }) => Type);

  expect([...new Set(unknown)]).toEqual([]);
});

test('no resource takes a name that another one could have', () => {
  const names = resources.flatMap(({ where, Type, Properties = {} }) =>
    (NAMES[Type] ?? []).flatMap((property) =>
      Properties[property] === undefined
        ? []
        : [{ where, name: `${Type} ${JSON.stringify(Properties[property])}` }],
    ),
  );

  const clashing = names.filter(({ name }) => names.filter((other) => other.name === name).length > 1);
  expect(clashing).toEqual([]);
});

/** Where an account has one of a name, whatever the region. Buckets have one in the world; dashboards are seen everywhere. */
const ACCOUNT_WIDE = /^AWS::(CloudFront::|IAM::|S3::Bucket$|CloudWatch::Dashboard$|Route53::)/;

/** What a name may have at most, where a stage's name of 20 letters could make it too long. Each service's API reference. */
const MOST_CHARACTERS: Readonly<Record<string, number>> = {
  'AWS::Athena::WorkGroup': 128,
  'AWS::CloudFront::CachePolicy': 128,
  'AWS::CloudFront::Function': 64,
  'AWS::CloudFront::OriginAccessControl': 64,
  'AWS::CloudFront::ResponseHeadersPolicy': 128,
  'AWS::Events::EventBus': 256,
  'AWS::Glue::Database': 255,
  'AWS::Lambda::Function': 64,
  'AWS::Logs::DeliveryDestination': 60,
  'AWS::Logs::DeliverySource': 60,
  'AWS::Logs::LogGroup': 512,
  'AWS::Logs::QueryDefinition': 255,
  'AWS::SQS::Queue': 80,
  'AWS::StepFunctions::StateMachine': 80,
  'AWS::WAFv2::WebACL': 128,
};

/** Each name that a stage's templates give, by where it stands, with the region filled in. */
function namesIn(stage: string, region: string): { where: string; type: string; name: string }[] {
  return resources
    .filter(({ where }) => where.startsWith(`EventPro-${stage}-`))
    .flatMap(({ where, Type, Properties = {} }) =>
      (NAMES[Type] ?? [])
        .filter((property) => Properties[property] !== undefined)
        .map((property) => ({ where, type: Type, name: nameIn(Properties[property], region) })),
    );
}

/** Of a name itself, or of a configuration that holds it with the rest. */
function nameIn(value: unknown, region: string): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Join': join, Ref, Name, name } = value as Record<string, unknown>;
  if (join) return (join as [string, unknown[]])[1].map((part) => nameIn(part, region)).join('');
  if (Ref === 'AWS::Region') return region;
  return nameIn(Name ?? name, region);
}

test('one stage in two regions of an account takes no name twice where the account has one of each', () => {
  const accountWide = (region: string) =>
    namesIn('prod', region).filter(({ type }) => ACCOUNT_WIDE.test(type));
  const names = [...accountWide('us-east-1'), ...accountWide('eu-west-1')].map(
    ({ type, name }) => `${type} ${name}`,
  );

  expect(names.length).toBeGreaterThanOrEqual(8);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test('a stage with the longest name, in the region with the longest name, has no name that is too long', () => {
  const names = namesIn(LONGEST, 'ap-northeast-1');

  expect(names.length).toBeGreaterThan(0);
  expect(names.filter(({ type }) => MOST_CHARACTERS[type] === undefined)).toEqual([]);
  expect(names.filter(({ type, name }) => name.length > MOST_CHARACTERS[type]!)).toEqual([]);
});

test.each(['a23456789012345678901', 'Prod', '1st', 'my_stage', 'prod-', ''])(
  '%j is no name of a stage',
  (name) => {
    expect(
      () => new EventProStage(new App({ context: QUIET_CONTEXT }), 'EventPro-x', { ...dev, name }),
    ).toThrow(/A stage is called by at most 20 lower-case letters, digits and hyphens/);
  },
);

test.each([7, 0, -1, 16.5, NaN, Infinity])(
  'a stage where an address may hold %d seats unpaid is none: a purchase of eight could never wait for its bank',
  (unpaidSeats) => {
    expect(
      () => new EventProStage(new App({ context: QUIET_CONTEXT }), 'EventPro-x', { ...dev, unpaidSeats }),
    ).toThrow(/unpaidSeats is a whole number from 8, not/);
  },
);

test('no two exports have one name', () => {
  const exported = stacks.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap((output) => (output.Export ? [output.Export.Name] : [])),
  );

  expect(exported.length).toBeGreaterThan(0);
  expect(new Set(exported).size).toBe(exported.length);
});

test('every stack says whose it is', () => {
  for (const { name, tags } of stacks) {
    const [, stage] = /^EventPro-(.+)-[A-Z]\w+$/.exec(name)!;
    const costCentre = stage === 'dev' || stage === 'green' ? 'eventpro-development' : 'eventpro-sales';
    expect(tags).toEqual({ application: 'EventPro', stage, 'cost-centre': costCentre });
  }
});

test.each([0, 0.5, -1, NaN])(
  'a stage that cancels %d purchases of an event in a second is none',
  (eventCancellationRate) => {
    const config = { ...dev, eventCancellationRate };
    expect(() => new EventProStage(new App({ context: QUIET_CONTEXT }), 'EventPro-x', config)).toThrow(
      /eventCancellationRate is at least 1 a second/,
    );
  },
);
