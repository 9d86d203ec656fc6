import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Cloud } from '../../../local/core/cloud';
import { LAMBDA } from '../../../local/lambda/plugin';
import { eventually } from '../../../harness/eventpro-client';
import { temporaryDirectory } from '../aws-endpoint-fixture';
import { queueOf, startTemplate } from '../template-cloud';

const getAtt = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

/** A function that fails, as the event tells it to. */
async function start(more: object, configuration: object): Promise<Cloud> {
  const assets = temporaryDirectory();
  const code = join(assets, 'asset.code');
  mkdirSync(code);
  writeFileSync(
    join(code, 'index.js'),
    'exports.handler = async ({ fail }) => { if (fail) throw new TypeError("poisoned"); return "done"; };',
  );
  return startTemplate(
    {
      Dead: { Type: 'AWS::SQS::Queue' },
      Taker: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          ...{ Code: { S3Key: 'code.zip' }, Handler: 'index.handler', Runtime: 'nodejs22.x', Timeout: 5 },
          ...more,
        },
      },
      Config: {
        Type: 'AWS::Lambda::EventInvokeConfig',
        Properties: {
          ...{ FunctionName: { Ref: 'Taker' }, Qualifier: '$LATEST', MaximumRetryAttempts: 1 },
          ...configuration,
        },
      },
    },
    [LAMBDA],
    {},
    { 'code.zip': code },
  );
}

async function failed(cloud: Cloud) {
  const { name } = cloud.get(LAMBDA).configurations()[0]!;
  await cloud.get(LAMBDA).invokeAsync(name, { id: 'fine' });
  await cloud.get(LAMBDA).invokeAsync(name, { id: 'bad', fail: true });
  return eventually(async () => {
    const messages = await queueOf(cloud, 'Dead').receive({ maxMessages: 10 });
    return messages.length > 0 ? messages : undefined;
  }, 'a message');
}

test('what a function fails at for good goes to its destination, with why', async () => {
  const cloud = await start({}, { DestinationConfig: { OnFailure: { Destination: getAtt('Dead') } } });

  const messages = await failed(cloud);

  expect(messages).toHaveLength(1);
  expect(JSON.parse(messages[0]!.body)).toMatchObject({
    requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 2 },
    requestPayload: { id: 'bad', fail: true },
    responsePayload: { errorType: 'TypeError', errorMessage: 'poisoned' },
  });
});

test('or the event itself to its dead-letter queue', async () => {
  const cloud = await start({ DeadLetterConfig: { TargetArn: getAtt('Dead') } }, {});

  const messages = await failed(cloud);

  expect(messages.map(({ body }) => JSON.parse(body) as object)).toEqual([{ id: 'bad', fail: true }]);
  expect(messages[0]!.attributes.ErrorMessage).toEqual({ DataType: 'String', StringValue: 'poisoned' });
});

test('another destination is refused by name', async () => {
  const DestinationConfig = { OnFailure: { Destination: 'arn:aws:sns:us-east-1:000000000000:x' } };

  await expect(start({}, { DestinationConfig })).rejects.toThrow('What failed, sent to arn:aws:sns');
});
