import { type SynthesizedStack, type Template } from '../../local/cloudformation/cloud-assembly';
import { type References, resolve } from '../../local/cloudformation/intrinsics';
import { type ResourceRequest, type ResourceType } from '../../local/cloudformation/resource-type';
import { createStack, type Exports } from '../../local/cloudformation/stack';

describe('intrinsic functions', () => {
  const references: References = {
    ref: async (logicalId) => `ref-of-${logicalId}`,
    attribute: async (logicalId, name) => `${name}-of-${logicalId}`,
    exportedValue: async (name) => `value-of-${name}`,
  };

  test.each<[string, unknown, unknown]>([
    ['Ref of a resource', { Ref: 'Table' }, 'ref-of-Table'],
    ['Ref of AWS::AccountId', { Ref: 'AWS::AccountId' }, '000000000000'],
    ['Ref of AWS::Partition', { Ref: 'AWS::Partition' }, 'aws'],
    ['Ref of AWS::Region', { Ref: 'AWS::Region' }, 'us-east-1'],
    ['Ref of AWS::URLSuffix', { Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
    ['Fn::GetAtt with a list', { 'Fn::GetAtt': ['Table', 'Arn'] }, 'Arn-of-Table'],
    ['Fn::GetAtt with a text', { 'Fn::GetAtt': 'Stack.Outputs.Name' }, 'Outputs.Name-of-Stack'],
    ['Fn::Join', { 'Fn::Join': ['/', ['a', { Ref: 'B' }, 'c']] }, 'a/ref-of-B/c'],
    ['Fn::Join of nothing', { 'Fn::Join': ['/', []] }, ''],
    ['Fn::Select', { 'Fn::Select': [1, ['a', { Ref: 'B' }]] }, 'ref-of-B'],
    ['Fn::Select by a text', { 'Fn::Select': ['0', ['a', 'b']] }, 'a'],
    ['Fn::Split', { 'Fn::Split': [':', 'a:b:c'] }, ['a', 'b', 'c']],
    ['Fn::Select of Fn::Split', { 'Fn::Select': [2, { 'Fn::Split': ['-', { Ref: 'B' }] }] }, 'B'],
    ['Fn::Sub of a resource', { 'Fn::Sub': 'name ${Table}' }, 'name ref-of-Table'],
    ['Fn::Sub of an attribute', { 'Fn::Sub': '${Table.Arn}/index' }, 'Arn-of-Table/index'],
    ['Fn::Sub of a pseudo parameter', { 'Fn::Sub': 'arn:${AWS::Partition}:s3' }, 'arn:aws:s3'],
    ['Fn::Sub of its own variable', { 'Fn::Sub': ['${A}${A}', { A: { Ref: 'B' } }] }, 'ref-of-Bref-of-B'],
    ['Fn::Sub of an escaped one', { 'Fn::Sub': '${!Literal} $ {x}' }, '${Literal} $ {x}'],
    ['Fn::ImportValue', { 'Fn::ImportValue': 'TableName' }, 'value-of-TableName'],
    ['Fn::ImportValue of Fn::Sub', { 'Fn::ImportValue': { 'Fn::Sub': '${A}-x' } }, 'value-of-ref-of-A-x'],
    ['AWS::NoValue as a property', { a: 1, b: { Ref: 'AWS::NoValue' } }, { a: 1 }],
    ['AWS::NoValue in a list', ['a', { Ref: 'AWS::NoValue' }, 'b'], ['a', 'b']],
    ['any depth', { a: [{ b: { Ref: 'C' } }] }, { a: [{ b: 'ref-of-C' }] }],
    ['two keys, which are no intrinsic', { Ref: 'A', other: 1 }, { Ref: 'A', other: 1 }],
    ['plain values', [1, true, null, 'text'], [1, true, null, 'text']],
  ])('%s', async (_, value, expected) => {
    expect(await resolve(value, references)).toEqual(expected);
  });

  test.each<[unknown, string]>([
    [{ 'Fn::If': ['Condition', 'a', 'b'] }, 'The intrinsic function Fn::If is not supported'],
    [{ 'Fn::FindInMap': ['Map', 'a', 'b'] }, 'The intrinsic function Fn::FindInMap is not supported'],
    [{ 'Fn::GetAZs': '' }, 'The intrinsic function Fn::GetAZs is not supported'],
    [{ a: [{ 'Fn::Base64': 'x' }] }, 'The intrinsic function Fn::Base64 is not supported'],
    [{ Ref: 'AWS::StackId' }, 'The pseudo parameter AWS::StackId is not supported'],
    [{ 'Fn::Sub': '${AWS::StackName}' }, 'The pseudo parameter AWS::StackName is not supported'],
  ])('%j is refused by name', async (value, message) => {
    await expect(resolve(value, references)).rejects.toThrow(message);
  });
});

describe('a stack', () => {
  let created: ResourceRequest[];
  let types: Readonly<Record<string, ResourceType>>;
  beforeEach(() => {
    created = [];
    const thing: ResourceType = {
      properties: ['Name', 'Source'],
      withoutLocalEffect: ['Tags'],
      create(request) {
        created.push(request);
        return { ref: `the-${request.logicalId}`, attributes: { Arn: `arn:${request.logicalId}` } };
      },
    };
    types = { 'Test::Thing': thing, 'Test::Bare': { ...thing, create: () => ({ ref: 'bare' }) } };
  });
  const idsCreated = () => created.map(({ logicalId }) => logicalId);

  test('creates each resource once, after those it refers to or depends on, with its properties resolved', async () => {
    const stack = stackOf({
      First: {
        Type: 'Test::Thing',
        Properties: { Source: { 'Fn::GetAtt': ['Second', 'Arn'] } },
        DependsOn: ['Third'],
      },
      Second: { Type: 'Test::Thing', Properties: { Source: { Ref: 'Third' } } },
      Third: { Type: 'Test::Thing', DependsOn: 'Fourth' },
      Fourth: { Type: 'Test::Thing', Properties: { Name: { Ref: 'AWS::NoValue' } } },
    });

    await createStack(stack, types, new Map());

    expect(idsCreated()).toEqual(['Fourth', 'Third', 'Second', 'First']);
    expect(created.map(({ properties }) => properties)).toEqual([
      {},
      {},
      { Source: 'the-Third' },
      { Source: 'arn:Second' },
    ]);
  });

  test('leaves alone what has no local effect, even where it refers to what is not there', async () => {
    const stack = stackOf({
      A: { Type: 'Test::Thing', Properties: { Name: 'a', Tags: [{ 'Fn::GetAtt': ['Nowhere', 'Arn'] }] } },
    });

    await createStack(stack, types, new Map());

    expect(created[0]!.properties).toEqual({ Name: 'a' });
  });

  test('answers its outputs, and exports what another stack imports', async () => {
    const exports: Exports = new Map();
    const one = stackOf(
      { A: { Type: 'Test::Thing' } },
      {
        Arn: { Value: { 'Fn::GetAtt': ['A', 'Arn'] }, Export: { Name: { 'Fn::Sub': 'Shared:${A}' } } },
        Plain: { Value: 1 },
      },
    );
    const two = stackOf({
      B: { Type: 'Test::Thing', Properties: { Source: { 'Fn::ImportValue': 'Shared:the-A' } } },
    });

    const outputs = await createStack(one, types, exports);
    await createStack(two, types, exports);

    expect(outputs).toEqual({ Arn: 'arn:A', Plain: 1 });
    expect([...exports]).toEqual([['Shared:the-A', 'arn:A']]);
    expect(created[1]!.properties).toEqual({ Source: 'arn:A' });
  });

  test.each<[string, Template['Resources'], string]>([
    [
      'a resource type that is not known',
      { Cache: { Type: 'AWS::ElastiCache::CacheCluster' } },
      'The resource type AWS::ElastiCache::CacheCluster (Stack/Cache) is not supported by the local run',
    ],
    [
      'a property that is not known',
      { A: { Type: 'Test::Thing', Properties: { Name: 'a', Colour: 'red' } } },
      'The property Colour of Test::Thing is not supported by the local run',
    ],
    [
      'an attribute that is not known',
      {
        A: { Type: 'Test::Thing' },
        B: { Type: 'Test::Thing', Properties: { Source: { 'Fn::GetAtt': ['A', 'StreamArn'] } } },
      },
      'The attribute StreamArn of Test::Thing is not supported by the local run',
    ],
    [
      'an attribute of a type that has none',
      {
        A: { Type: 'Test::Bare' },
        B: { Type: 'Test::Thing', Properties: { Source: { 'Fn::GetAtt': ['A', 'Arn'] } } },
      },
      'The attribute Arn of Test::Bare is not supported by the local run',
    ],
    [
      'a condition on a resource',
      { A: { Type: 'Test::Thing', Condition: 'IsProd' } },
      'A condition on Stack/A is not supported by the local run',
    ],
    [
      'a reference to what it does not define',
      { A: { Type: 'Test::Thing', Properties: { Source: { Ref: 'B' } } } },
      'Stack refers to B, which it does not define',
    ],
    [
      'an import that nobody exports',
      { A: { Type: 'Test::Thing', Properties: { Source: { 'Fn::ImportValue': 'Shared' } } } },
      'Stack imports Shared, which no stack before it exports',
    ],
  ])('refuses %s', async (_, resources, message) => {
    await expect(createStack(stackOf(resources), types, new Map())).rejects.toThrow(message);
  });

  test.each([
    ['Conditions', { Conditions: {} }],
    ['Mappings', { Mappings: {} }],
    ['Transform', { Transform: 'AWS::Serverless-2016-10-31' }],
    ['The rule OneRegion', { Rules: { CheckBootstrapVersion: {}, OneRegion: {} } }],
  ])('refuses %s of the template', async (what, part) => {
    const { template, ...stack } = stackOf({});

    const creation = createStack({ ...stack, template: { ...template, ...part } }, types, new Map());

    await expect(creation).rejects.toThrow(
      `${what} in the template of Stack is not supported by the local run`,
    );
  });

  test('accepts what CDK writes into each template', async () => {
    const { template, ...stack } = stackOf({ A: { Type: 'Test::Thing' } });
    const byCdk = { Rules: { CheckBootstrapVersion: {} }, Parameters: { BootstrapVersion: {} } };

    await createStack({ ...stack, template: { ...template, ...byCdk } }, types, new Map());

    expect(idsCreated()).toEqual(['A']);
  });
});

function stackOf(Resources: Template['Resources'], Outputs?: Template['Outputs']): SynthesizedStack {
  return { stackName: 'Stack', template: { Resources, Outputs }, assets: new Map() };
}
