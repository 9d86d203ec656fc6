import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { type LocalRun, startLocalRun } from '../../bin/local-run';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/aws/aws-service';
import { dynamoDbClient } from '../../local/dynamodb/dynamodb-client';
import { DYNAMODB } from '../../local/dynamodb/plugin';
import { LAMBDA } from '../../local/lambda/plugin';
import { SCHEDULER } from '../../local/scheduler/plugin';
import { SNS } from '../../local/sns/plugin';
import { cloudAssembly } from '../support/cloud-assembly';
import { eventually } from '../../harness/eventpro-client';

const warnings: string[] = [];
let run: LocalRun;
beforeAll(async () => {
  run = await startLocalRun({
    assemblyDirectory: await cloudAssembly(),
    port: 0,
    warm: false,
    warn: (message) => warnings.push(message),
  });
});
beforeEach(() => warnings.splice(0));
afterEach(() => jest.restoreAllMocks());
afterAll(() => run.close());

async function warning(pattern: RegExp): Promise<void> {
  await eventually(async () => warnings.find((message) => pattern.test(message)), `a warning ${pattern}`);
}

test('why the API cannot answer is told, for the caller is not told', async () => {
  jest.spyOn(run.cloud.get(LAMBDA), 'invoke').mockRejectedValue(new Error('no sandbox is left'));

  const response = await fetch(`${run.url}/api/events`);

  expect(response.status).toBe(504);
  expect(await response.text()).not.toContain('sandbox');
  await warning(/^API Gateway: \([0-9a-f-]+\) no sandbox is left$/);
});

test('a notification that nobody could take is told', async () => {
  const sns = run.cloud.get(SNS);
  const topicArn = sns.createTopic('unheard');
  const queueArn = 'arn:aws:sqs:us-east-1:000000000000:nowhere';
  sns.subscribe(topicArn, { protocol: 'sqs', endpoint: queueArn });
  const client = new SNSClient({
    ...{ endpoint: run.cloud.urls.aws, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS },
  });

  await client.send(new PublishCommand({ TopicArn: topicArn, Message: 'hello' }));
  client.destroy();

  await warning(/^SNS could not deliver to arn:aws:sqs:us-east-1:000000000000:nowhere: ./);
});

test('a schedule that fails is told, and has its next turn', async () => {
  const scheduler = run.cloud.get(SCHEDULER);
  const { clock } = run.cloud;
  const task = jest.fn().mockRejectedValue(new Error('the function is not there'));
  scheduler.schedule('rate(1 day)', task);

  clock.advance(86_401);
  await warning(/^A schedule failed: the function is not there$/);
  clock.advance(86_401);
  await eventually(async () => task.mock.calls.length === 2 || undefined, 'the next turn');
});

test('a sweep of expired items that fails is told', async () => {
  const { clock } = run.cloud;
  const { endpoint, tables } = run.cloud.get(DYNAMODB);
  const { tableName } = tables.find(({ ttlAttribute }) => ttlAttribute)!;
  const client = dynamoDbClient(endpoint);
  await client.send(new DeleteTableCommand({ TableName: tableName }));
  client.destroy();

  clock.advance(1);

  await warning(/^The TTL of the tables was not looked at: ./);
});
