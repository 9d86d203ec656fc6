import { App } from 'aws-cdk-lib';
import { STAGES } from '../../lib/config';
import { EventProStage } from '../../lib/eventpro-stage';
import { QUIET_CONTEXT } from '../support/synthesized-stage';

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
  'AWS::Events::Rule': ['Name'],
  'AWS::Glue::Database': ['DatabaseInput'],
  'AWS::IAM::ManagedPolicy': ['ManagedPolicyName'],
  'AWS::IAM::Role': ['RoleName'],
  'AWS::KMS::Alias': ['AliasName'],
  'AWS::Lambda::Function': ['FunctionName'],
  'AWS::Lambda::LayerVersion': ['LayerName'],
  'AWS::Logs::LogGroup': ['LogGroupName'],
  'AWS::Logs::QueryDefinition': ['Name'],
  'AWS::S3::Bucket': ['BucketName'],
  'AWS::SNS::Topic': ['TopicName'],
  'AWS::SQS::Queue': ['QueueName'],
  'AWS::SSM::Parameter': ['Name'],
  'AWS::Scheduler::Schedule': ['Name'],
  'AWS::SecretsManager::Secret': ['Name'],
  'AWS::StepFunctions::StateMachine': ['StateMachineName'],
  'AWS::WAFv2::WebACL': ['Name'],
};

/** Types whose instances have no name of their own in the account. */
const NAMELESS =
  /^(AWS::ApiGateway::(?!ApiKey)|AWS::Athena::NamedQuery|AWS::CloudFront::Distribution|AWS::CodeDeploy::DeploymentGroup|AWS::Glue::Table|AWS::IAM::Policy|AWS::KMS::Key|AWS::Lambda::(Alias|EventInvokeConfig|EventSourceMapping|Permission|Version)|AWS::Logs::(MetricFilter|SubscriptionFilter)|AWS::S3::BucketPolicy|AWS::SNS::(Subscription|TopicPolicy)|AWS::SQS::QueuePolicy|AWS::SecretsManager::ResourcePolicy|AWS::StepFunctions::StateMachine(Alias|Version)|AWS::WAFv2::WebACLAssociation|Custom::)/;

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

const [dev, prod] = STAGES as [(typeof STAGES)[0], (typeof STAGES)[0]];
const app = new App({ context: QUIET_CONTEXT });
for (const config of [dev, prod, { ...dev, name: 'green' }, { ...prod, name: 'canada' }]) {
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

test('no two exports have one name', () => {
  const exported = stacks.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap((output) => (output.Export ? [output.Export.Name] : [])),
  );

  expect(exported.length).toBeGreaterThan(0);
  expect(new Set(exported).size).toBe(exported.length);
});

test('every stack says whose it is', () => {
  for (const { name, tags } of stacks) {
    const stage = name.split('-')[1]!;
    const costCentre = stage === 'dev' || stage === 'green' ? 'eventpro-development' : 'eventpro-sales';
    expect(tags).toEqual({ application: 'EventPro', stage, 'cost-centre': costCentre });
  }
});
