import { DYNAMODB } from '../../../local/dynamodb/plugin';
import { SNS } from '../../../local/sns/plugin';
import { SQS } from '../../../local/sqs/plugin';
import { STEP_FUNCTIONS } from '../../../local/step-functions/plugin';
import { createResources, startPlugins } from '../plugin-fixture';

const task = (resource: string, Parameters: object, more: object = { End: true }): object => ({
  ...{ Type: 'Task', Resource: `arn:aws:states:::${resource}`, Parameters },
  ...more,
});

const table = {
  Type: 'AWS::DynamoDB::GlobalTable',
  Properties: {
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
    Replicas: [{ Region: 'us-east-1' }],
  },
};

/** The names that the resources were given. */
let outputs: Record<string, unknown>;
let plugins: Awaited<ReturnType<typeof startPlugins>>;

beforeEach(async () => {
  plugins = await startPlugins(STEP_FUNCTIONS, DYNAMODB, SNS, SQS);
  const resources = {
    Table: table,
    Queue: { Type: 'AWS::SQS::Queue', Properties: {} },
    Topic: { Type: 'AWS::SNS::Topic', Properties: {} },
    Subscription: {
      Type: 'AWS::SNS::Subscription',
      Properties: {
        ...{ Protocol: 'sqs', RawMessageDelivery: true },
        TopicArn: { Ref: 'Topic' },
        Endpoint: { 'Fn::GetAtt': ['Queue', 'Arn'] },
      },
    },
  };
  outputs = await createResources(plugins, resources, {
    Table: { Value: { Ref: 'Table' } },
    Topic: { Value: { Ref: 'Topic' } },
  });
});

/** `<Table>` and `<Topic>` stand for what those resources are called. */
const named = (text: string): string =>
  text.replace(/<(\w+)>/g, (_, resource: string) => outputs[resource] as string);

async function run(states: Record<string, object>, input: object = {}) {
  const Properties = {
    DefinitionString: named(JSON.stringify({ StartAt: Object.keys(states)[0], States: states })),
    StateMachineType: 'STANDARD',
  };
  await createResources(plugins, { Machine: { Type: 'AWS::StepFunctions::StateMachine', Properties } });
  return plugins
    .get(STEP_FUNCTIONS)
    .stateMachines.at(-1)!
    .start(input as never).finished;
}

test('items are put, updated under a condition, read and deleted without a function', async () => {
  const Key = { id: { 'S.$': '$.id' } };
  const record = await run(
    {
      Put: task(
        'dynamodb:putItem',
        { TableName: '<Table>', Item: { id: { 'S.$': '$.id' }, left: { N: '2' } } },
        { ResultPath: null, Next: 'Take' },
      ),
      Take: task(
        'dynamodb:updateItem',
        {
          ...{
            TableName: '<Table>',
            Key,
            UpdateExpression: 'SET #l = #l - :n',
            ConditionExpression: '#l >= :n',
            ReturnValues: 'ALL_NEW',
          },
          ExpressionAttributeNames: { '#l': 'left' },
          ExpressionAttributeValues: { ':n': { 'N.$': "States.Format('{}', $.n)" } },
        },
        { ResultPath: '$.taken', Next: 'Read' },
      ),
      Read: task(
        'dynamodb:getItem',
        { TableName: '<Table>', Key, ConsistentRead: true },
        { ResultPath: '$.read', Next: 'Delete' },
      ),
      Delete: task(
        'dynamodb:deleteItem',
        { TableName: '<Table>', Key, ReturnValues: 'ALL_OLD' },
        { ResultPath: '$.deleted', End: true },
      ),
    },
    { id: 'parking', n: 1 },
  );

  expect(record.output).toMatchObject({
    taken: { Attributes: { left: { N: '1' } } },
    read: { Item: { id: { S: 'parking' }, left: { N: '1' } } },
    deleted: { Attributes: { left: { N: '1' } } },
  });
});

test.each([
  [
    'dynamodb:putItem',
    { TableName: '<Table>', Item: { id: { S: 'x' } }, ConditionExpression: 'attribute_exists(id)' },
    'DynamoDB.ConditionalCheckFailedException',
  ],
  [
    'dynamodb:putItem',
    { TableName: 'nowhere', Item: { id: { S: 'x' } } },
    'DynamoDB.ResourceNotFoundException',
  ],
  [
    'aws-sdk:dynamodb:transactWriteItems',
    {
      TransactItems: [
        {
          Delete: {
            TableName: '<Table>',
            Key: { id: { S: 'x' } },
            ConditionExpression: 'attribute_exists(id)',
          },
        },
      ],
    },
    'DynamoDb.TransactionCanceledException',
  ],
  [
    'sns:publish',
    { TopicArn: 'arn:aws:sns:us-east-1:000000000000:nobody', Message: 'm' },
    'SNS.NotFoundException',
  ],
  [
    'sqs:sendMessage',
    { QueueUrl: 'http://127.0.0.1/000000000000/none', MessageBody: 'm' },
    'SQS.QueueDoesNotExistException',
  ],
])('a refusal of %s with %j is caught by its name, %s', async (resource, parameters, error) => {
  const record = await run({
    Ask: task(resource, parameters, { Catch: [{ ErrorEquals: [error], Next: 'Caught' }], End: true }),
    Caught: { Type: 'Succeed', OutputPath: '$.Error' },
  });

  expect(record).toMatchObject({ status: 'SUCCEEDED', output: error });
});

test('a transaction writes all of its items', async () => {
  const put = (id: string) => ({ Put: { TableName: '<Table>', Item: { id: { S: id } } } });
  const get = (id: string) =>
    task(
      'dynamodb:getItem',
      { TableName: '<Table>', Key: { id: { S: id } } },
      { ResultPath: `$.${id}`, ...(id === 'b' ? { End: true } : { Next: 'b' }) },
    );

  const record = await run({
    All: task(
      'aws-sdk:dynamodb:transactWriteItems',
      { TransactItems: [put('a'), put('b')] },
      { ResultPath: null, Next: 'a' },
    ),
    a: get('a'),
    b: get('b'),
  });

  expect(record.output).toMatchObject({ a: { Item: { id: { S: 'a' } } }, b: { Item: { id: { S: 'b' } } } });
});

test('a message is published as JSON where it is no text, with attributes', async () => {
  const record = await run(
    {
      Tell: task('sns:publish', {
        TopicArn: '<Topic>',
        Message: { 'order.$': '$.id' },
        MessageAttributes: { kind: { DataType: 'String', StringValue: 'order' } },
      }),
    },
    { id: 7 },
  );
  const [queue] = plugins.get(SQS).list();
  const [message] = await queue!.receive();

  expect(record.output).toEqual({ MessageId: expect.any(String) });
  expect(message).toMatchObject({ body: '{"order":7}' });
});
