import { STAGES } from '../../lib/config';
import { readStage } from '../../local/cloudformation/cloud-assembly';
import { cloudAssemblyNow } from '../support/cloud-assembly';

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
}

type Resources = Readonly<Record<string, Resource>>;

/** Stays by the will of AWS or of this house: versions go with what they are of, the account's role is shared. */
const STAYS = [
  'AWS::Lambda::Version',
  'AWS::StepFunctions::StateMachineVersion',
  'AWS::ApiGateway::Account',
  'AWS::IAM::Role',
];

const stages = STAGES.filter(({ retainData }) => !retainData).map(({ name }) => {
  const templates = readStage(cloudAssemblyNow(), `EventPro-${name}`).map(({ stackName, template }) => ({
    stackName,
    resources: template.Resources as Resources,
  }));
  return [name, templates] as const;
});
const stacks = stages.flatMap(([, templates]) =>
  templates.map(({ stackName, resources }) => [stackName, resources] as const),
);

test('there are stages that go', () => {
  expect(stages.map(([name]) => name)).toEqual(['dev', 'staging']);
});

test.each(stacks)('%s keeps nothing when it goes', (_, resources) => {
  const kept = Object.values(resources).filter(({ DeletionPolicy, Type }) => {
    return /^Retain/.test(DeletionPolicy ?? '') && !STAYS.includes(Type);
  });

  expect(kept).toEqual([]);
  for (const [id, { Type, Properties }] of Object.entries(resources)) {
    if (Type !== 'AWS::S3::Bucket') continue;
    const emptied = Object.values(resources).some(
      (other) => other.Type === 'Custom::S3AutoDeleteObjects' && refersTo(other.Properties?.BucketName, id),
    );
    expect({ id, emptied, Properties: undefined }).toEqual({ id, emptied: true, Properties: undefined });
    expect(Properties).toBeDefined();
  }
});

test.each(stacks)(
  'every function of %s logs into a group of the stack, which goes after it',
  (_, resources) => {
    const groups = Object.keys(resources).filter((id) => resources[id]!.Type === 'AWS::Logs::LogGroup');
    const functions = Object.entries(resources).filter(([, { Type }]) => Type === 'AWS::Lambda::Function');

    const without = functions.filter(([, { Properties }]) => {
      const { LogGroup } = (Properties!.LoggingConfig ?? {}) as { LogGroup?: unknown };
      return !groups.some((id) => refersTo(LogGroup, id));
    });

    expect(without.map(([id]) => id)).toEqual([]);
  },
);

test.each(stacks)('what writes access logs in %s goes before they are emptied', (stackName, resources) => {
  const writers = Object.entries(resources).flatMap(([id, { Type, Properties = {} }]) => {
    if (Type === 'AWS::S3::Bucket' && Properties.LoggingConfiguration) {
      const { DestinationBucketName } = Properties.LoggingConfiguration as Record<string, unknown>;
      return [{ id, logs: DestinationBucketName }];
    }
    if (Type !== 'AWS::Logs::Delivery') return [];
    const [destination = ''] = idsIn(Properties.DeliveryDestinationArn);
    return [{ id, logs: resources[destination]!.Properties!.DestinationResourceArn }];
  });

  expect(writers.length > 0).toBe(/-(Data|Web)$/.test(stackName));
  for (const { id, logs } of writers) {
    const emptying = Object.keys(resources).filter(
      (each) =>
        resources[each]!.Type === 'Custom::S3AutoDeleteObjects' &&
        idsIn(resources[each]!.Properties?.BucketName).some((bucket) => refersTo(logs, bucket)),
    );
    expect(emptying).toHaveLength(1);
    expect(resources[id]!.DependsOn).toContain(emptying[0]);
  }
});

test.each(stages)('the replicas of the tables of %s have the tags of its stacks', (name, templates) => {
  const { resources } = templates.find(({ stackName }) => stackName.endsWith('-Data'))!;
  const tables = Object.values(resources).filter(({ Type }) => Type === 'AWS::DynamoDB::GlobalTable');

  expect(tables).toHaveLength(3);
  for (const { Properties } of tables) {
    const [{ Tags }] = Properties!.Replicas as [{ Tags: unknown }];
    expect(Tags).toEqual(
      expect.arrayContaining([
        { Key: 'application', Value: 'EventPro' },
        { Key: 'stage', Value: name },
        { Key: 'cost-centre', Value: 'eventpro-development' },
      ]),
    );
  }
});

function refersTo(value: unknown, id: string): boolean {
  return idsIn(value).includes(id);
}

/** The logical ids of every `Ref` and `Fn::GetAtt` in it. */
function idsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => {
    if (key === 'Ref') return [each as string];
    if (key === 'Fn::GetAtt') return [(each as [string])[0]];
    return idsIn(each);
  });
}
