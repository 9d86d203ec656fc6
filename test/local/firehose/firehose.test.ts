import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../../local/aws/aws-service';
import { type Cloud } from '../../../local/core/cloud';
import { EVENTBRIDGE } from '../../../local/eventbridge/plugin';
import { eventually } from '../../../harness/eventpro-client';
import { temporaryDirectory, track } from '../aws-endpoint-fixture';
import { callAws, refOf, startTemplate } from '../template-cloud';

const template = (destination: object = {}, more: object = {}) => ({
  Bucket: { Type: 'AWS::S3::Bucket' },
  Stream: {
    Type: 'AWS::KinesisFirehose::DeliveryStream',
    Properties: {
      DeliveryStreamName: 'sales',
      DeliveryStreamType: 'DirectPut',
      ExtendedS3DestinationConfiguration: {
        BucketARN: { 'Fn::GetAtt': ['Bucket', 'Arn'] },
        BufferingHints: { IntervalInSeconds: 60, SizeInMBs: 1 },
        Prefix: 'sales/day=!{timestamp:yyyy-MM-dd}/',
        ErrorOutputPrefix: 'failed/',
        ProcessingConfiguration: {
          Enabled: true,
          Processors: [
            {
              Type: 'AppendDelimiterToRecord',
              Parameters: [{ ParameterName: 'Delimiter', ParameterValue: '\\n' }],
            },
          ],
        },
        ...destination,
      },
      ...more,
    },
  },
  Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'shop-bus' } },
  Rule: {
    Type: 'AWS::Events::Rule',
    Properties: {
      ...{ EventBusName: { Ref: 'Bus' }, EventPattern: { source: ['shop'] } },
      Targets: [{ Id: 'Sales', Arn: { 'Fn::GetAtt': ['Stream', 'Arn'] }, InputPath: '$.detail' }],
    },
  },
});

const start = (resources: object = template(), options = {}) =>
  startTemplate(resources, [EVENTBRIDGE], options);

const call = (cloud: Cloud, operation: string, body: object) =>
  callAws(cloud, {
    service: 'firehose',
    target: `Firehose_20150804.${operation}`,
    body: { DeliveryStreamName: 'sales', ...body },
  });
const data = (value: object) => ({ Data: Buffer.from(JSON.stringify(value)).toString('base64') });

async function objects(cloud: Cloud): Promise<{ key: string; text: string }[]> {
  const client = track(
    new S3Client({
      ...{
        endpoint: cloud.urls.aws,
        region: LOCAL_REGION,
        credentials: LOCAL_CREDENTIALS,
        forcePathStyle: true,
      },
    }),
  );
  const Bucket = refOf(cloud, 'Bucket');
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
  return Promise.all(
    Contents.map(async ({ Key }) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      const bytes = Buffer.from(await Body!.transformToByteArray());
      return { key: Key!, text: (Key!.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString() };
    }),
  );
}

const delivered = (cloud: Cloud, count = 1) =>
  eventually(async () => {
    const known = await objects(cloud);
    return known.length >= count ? known : undefined;
  }, `${count} objects`);

test('records wait for their time, and become one object, a line each, below the day of the oldest', async () => {
  const cloud = await start();
  await call(cloud, 'PutRecord', { Record: data({ n: 1 }) });
  const day = new Date(cloud.clock.now()).toISOString().slice(0, 10);
  await call(cloud, 'PutRecordBatch', { Records: [data({ n: 2 }), data({ n: 3 })] });
  const before = await objects(cloud);

  cloud.clock.advance(61);

  const [object, ...others] = await delivered(cloud);
  expect(before).toEqual([]);
  expect(others).toEqual([]);
  expect(object!.text).toBe('{"n":1}\n{"n":2}\n{"n":3}\n');
  expect(object!.key).toMatch(
    new RegExp(`^sales/day=${day}/sales-1-\\d{4}-\\d\\d-\\d\\d-\\d\\d-\\d\\d-\\d\\d-[0-9a-f-]{36}$`),
  );
});

test('many records wait for nothing', async () => {
  const cloud = await start();
  const large = data({ text: 'x'.repeat(600_000) });

  await call(cloud, 'PutRecord', { Record: large });
  await call(cloud, 'PutRecord', { Record: large });

  expect((await delivered(cloud))[0]!.text.length).toBeGreaterThan(1_200_000);
});

test('a rule sends what it matches', async () => {
  const cloud = await start();
  const Entries = [{ EventBusName: 'shop-bus', Source: 'shop', DetailType: 'Sold', Detail: '{"id":"a"}' }];

  await callAws(cloud, { service: 'events', target: 'AWSEvents.PutEvents', body: { Entries } });

  const [object] = await eventually(async () => {
    cloud.clock.advance(61);
    const known = await objects(cloud);
    return known.length > 0 ? known : undefined;
  }, 'an object');
  expect(object!.text).toBe('{"id":"a"}\n');
});

test('compressed, by the hour of a time zone, with an ending of its own', async () => {
  const cloud = await start(
    template({
      CompressionFormat: 'GZIP',
      Prefix: 'raw/',
      CustomTimeZone: 'Asia/Tokyo',
      ProcessingConfiguration: undefined,
    }),
  );

  await call(cloud, 'PutRecord', { Record: data({ n: 1 }) });
  cloud.clock.advance(61);

  const [object] = await delivered(cloud);
  expect(object!.key).toMatch(/^raw\/\d{4}\/\d\d\/\d\d\/\d\d\/sales-1-.*\.gz$/);
  const hour = new Date(cloud.clock.now() - 61_000 + 9 * 3_600_000)
    .toISOString()
    .slice(0, 13)
    .replace(/[-T]/g, '/');
  expect(object!.key.startsWith(`raw/${hour}`)).toBe(true);
  expect(object!.text).toBe('{"n":1}');
});

test('what was acknowledged is delivered after a restart, and a reset forgets it', async () => {
  const dataDirectory = temporaryDirectory();
  const first = await start(template(), { dataDirectory });
  await call(first, 'PutRecord', { Record: data({ n: 1 }) });
  await first.close();

  const second = await start(template(), { dataDirectory });
  second.clock.advance(61);
  const kept = await delivered(second);
  await call(second, 'PutRecord', { Record: data({ n: 2 }) });
  await second.reset();
  second.clock.advance(61);
  await call(second, 'PutRecord', { Record: data({ n: 3 }) });
  second.clock.advance(61);

  expect(kept.map(({ text }) => text)).toEqual(['{"n":1}\n']);
  expect((await delivered(second)).map(({ text }) => text)).toEqual(['{"n":3}\n']);
});

test.each([
  [
    'a stream that is not there',
    'PutRecord',
    { DeliveryStreamName: 'x', Record: data({}) },
    'ResourceNotFoundException',
  ],
  ['no record', 'PutRecordBatch', { Records: [] }, 'ValidationException'],
  [
    '501 records',
    'PutRecordBatch',
    { Records: Array.from({ length: 501 }, () => data({})) },
    'ValidationException',
  ],
  ['a record without data', 'PutRecord', { Record: {} }, 'ValidationException'],
  [
    'a record of more than 1,000 KiB',
    'PutRecord',
    { Record: data({ text: 'x'.repeat(1_024_001) }) },
    'ValidationException',
  ],
])('%s is refused', async (_, operation, body, code) => {
  const cloud = await start();

  expect(await call(cloud, operation, body)).toMatchObject({ status: 400, body: { __type: code } });
});

test.each([
  [
    'an expression without a prefix for errors',
    template({ ErrorOutputPrefix: undefined }),
    'ErrorOutputPrefix cannot be null',
  ],
  [
    'a partition by a query',
    template({ Prefix: '!{partitionKeyFromQuery:id}/' }),
    'The expression !{partitionKeyFromQuery:id}',
  ],
  ['a time by the week', template({ Prefix: '!{timestamp:ww}/' }), 'The letters ww'],
  [
    'a function as a processor',
    template({ ProcessingConfiguration: { Enabled: true, Processors: [{ Type: 'Lambda' }] } }),
    'The processor Lambda',
  ],
  ['another format', template({ CompressionFormat: 'Snappy' }), 'The CompressionFormat Snappy'],
  [
    'a conversion',
    template({ DataFormatConversionConfiguration: {} }),
    'The property DataFormatConversionConfiguration',
  ],
  [
    'another source',
    template({}, { DeliveryStreamType: 'KinesisStreamAsSource' }),
    'of the type KinesisStreamAsSource',
  ],
  ['too long a wait', template({ BufferingHints: { IntervalInSeconds: 901 } }), 'from 0 to 900'],
])('%s is refused when the app starts', async (_, resources, message) => {
  await expect(start(resources)).rejects.toThrow(message);
});
