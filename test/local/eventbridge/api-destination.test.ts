import { type Cloud } from '../../../local/core/cloud';
import { EVENTBRIDGE } from '../../../local/eventbridge/plugin';
import { PARTNERS } from '../../../local/partners/plugin';
import { eventually } from '../../../harness/eventpro-client';
import { temporaryDirectory } from '../aws-endpoint-fixture';
import { callAws, controlRoute, queueOf, startTemplate } from '../template-cloud';

const getAtt = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const HOST = 'print.example.com';

const template = ({
  connection = {},
  destination = {},
  target = {},
}: { connection?: object; destination?: object; target?: object } = {}) => ({
  Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'shop-bus' } },
  Dead: { Type: 'AWS::SQS::Queue' },
  Key: { Type: 'AWS::SecretsManager::Secret', Properties: { SecretString: 'the key' } },
  Connection: {
    Type: 'AWS::Events::Connection',
    Properties: {
      AuthorizationType: 'API_KEY',
      AuthParameters: {
        ApiKeyAuthParameters: {
          ApiKeyName: 'X-Api-Key',
          ApiKeyValue: {
            'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: 'Key' }, ':SecretString:::}}']],
          },
        },
      },
      ...connection,
    },
  },
  Destination: {
    Type: 'AWS::Events::ApiDestination',
    Properties: {
      ...{ ConnectionArn: getAtt('Connection'), HttpMethod: 'POST' },
      ...{ InvocationEndpoint: `https://${HOST}/tickets`, InvocationRateLimitPerSecond: 300 },
      ...destination,
    },
  },
  Rule: {
    Type: 'AWS::Events::Rule',
    Properties: {
      EventBusName: { Ref: 'Bus' },
      EventPattern: { source: ['shop'] },
      Targets: [
        {
          ...{ Id: 'Partner', Arn: getAtt('Destination'), RoleArn: 'arn:aws:iam::000000000000:role/x' },
          InputPath: '$.detail',
          DeadLetterConfig: { Arn: getAtt('Dead') },
          ...target,
        },
      ],
    },
  },
});

const start = (changed = {}, options = {}) => startTemplate(template(changed), [EVENTBRIDGE], options);

const put = (cloud: Cloud, ...ids: readonly string[]) =>
  callAws(cloud, {
    ...{ service: 'events', target: 'AWSEvents.PutEvents' },
    body: {
      Entries: ids.map((id) => ({
        ...{ EventBusName: 'shop-bus', Source: 'shop', DetailType: 'Sold', Detail: JSON.stringify({ id }) },
      })),
    },
  });

interface Listed {
  readonly partners: readonly {
    readonly name: string;
    readonly requests: readonly {
      readonly path: string;
      readonly body: { id: string };
      readonly status: number;
    }[];
  }[];
}
/** Oldest first. */
async function requests(cloud: Cloud) {
  const { partners } = (await controlRoute(cloud, 'GET /local/partners')) as Listed;
  return partners[0]!.requests.toReversed();
}
const statuses = async (cloud: Cloud) => (await requests(cloud)).map(({ status }) => status);

const got = (cloud: Cloud, count: number) =>
  eventually(async () => {
    cloud.clock.advance(600);
    const known = await requests(cloud);
    return known.length >= count ? known : undefined;
  }, `${count} requests`);

const deadLetter = (cloud: Cloud) =>
  eventually(async () => {
    cloud.clock.advance(600);
    return (await queueOf(cloud, 'Dead').receive())[0];
  }, 'a dead letter');

test('a partner is told, with the key of the secret, and nobody outside of this machine is called', async () => {
  const cloud = await start();

  await put(cloud, 'a');

  expect(await got(cloud, 1)).toMatchObject([{ path: '/tickets', body: { id: 'a' }, status: 200 }]);
});

test('whoever does not show the key is refused', async () => {
  const cloud = await start();
  const url = cloud.get(PARTNERS).standIn(new URL(`https://${HOST}/tickets`));

  const answers = await Promise.all(
    [undefined, 'another'].map((key) =>
      fetch(url, { method: 'POST', body: '{}', headers: key === undefined ? {} : { 'x-api-key': key } }),
    ),
  );

  expect(answers.map(({ status }) => status)).toEqual([401, 401]);
});

test('a password works, too', async () => {
  const cloud = await start({
    connection: {
      AuthorizationType: 'BASIC',
      AuthParameters: { BasicAuthParameters: { Username: 'shop', Password: 'secret' } },
    },
  });

  await put(cloud, 'a');

  expect((await got(cloud, 1)).map(({ status }) => status)).toEqual([200]);
});

test.each([401, 407, 409, 429, 500, 503])('what is answered with %i comes again', async (status) => {
  const cloud = await start();
  cloud.get(PARTNERS).partners.setMode(HOST, { status, times: 2 });

  await put(cloud, 'a');
  await got(cloud, 3);

  expect(await statuses(cloud)).toEqual([status, status, 200]);
});

test.each([301, 400, 404, 422])('what is answered with %i goes to the dead-letter queue', async (status) => {
  const cloud = await start();
  cloud.get(PARTNERS).partners.setMode(HOST, { status });

  await put(cloud, 'a');

  const { body, attributes } = await deadLetter(cloud);
  expect(body).toBe('{"id":"a"}');
  expect(attributes.EXHAUSTED_RETRY_CONDITION).toMatchObject({ StringValue: 'NonRetriableError' });
  expect(await statuses(cloud)).toEqual([status]);
});

test('a partner who does not answer within five seconds has not got it', async () => {
  const cloud = await start();
  cloud.get(PARTNERS).partners.setMode(HOST, { seconds: 6, times: 1 });

  await put(cloud, 'a');

  const deliveries = await eventually(async () => {
    const { events } = (await controlRoute(cloud, 'GET /local/bus')) as {
      events: { deliveries: { attempts: number; error?: { message: string } }[] }[];
    };
    return events[0]!.deliveries[0]!.attempts > 0 ? events[0]!.deliveries : undefined;
  }, 'a first attempt');
  expect(deliveries[0]!.error!.message).toMatch(/within 5 seconds/);
}, 20_000);

test('a partner who is down for a day gets what he missed, or the dead-letter queue does', async () => {
  const cloud = await start({
    target: { RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 } },
  });
  const { partners } = cloud.get(PARTNERS);
  partners.setMode(HOST, { status: 503 });
  await put(cloud, 'early');
  await got(cloud, 10);
  partners.setMode(HOST, {});
  await eventually(async () => {
    cloud.clock.advance(600);
    return (await statuses(cloud)).at(-1) === 200 ? true : undefined;
  }, 'the delivery');

  partners.setMode(HOST, { status: 503 });
  await put(cloud, 'late');
  const { body, attributes } = await deadLetter(cloud);

  expect(body).toBe('{"id":"late"}');
  expect(attributes.EXHAUSTED_RETRY_CONDITION!.StringValue).toBe('MaximumEventAgeInSeconds');
});

test('no more requests a second than the destination takes', async () => {
  const cloud = await start({ destination: { InvocationRateLimitPerSecond: 5 } });

  const begun = Date.now();
  await put(cloud, ...Array.from({ length: 6 }, (_, index) => String(index)));
  await eventually(async () => ((await requests(cloud)).length === 6 ? true : undefined), 'six requests');

  expect(Date.now() - begun).toBeGreaterThanOrEqual(950);
});

test('what the partners were told outlives a restart, and goes with a reset', async () => {
  const dataDirectory = temporaryDirectory();
  const first = await start({}, { dataDirectory });
  await put(first, 'a');
  await got(first, 1);
  await first.close();

  const second = await start({}, { dataDirectory });
  const kept = await requests(second);
  await second.reset();

  expect(kept).toHaveLength(1);
  expect(await requests(second)).toEqual([]);
});

test.each([
  [
    'an address without HTTPS',
    { destination: { InvocationEndpoint: 'http://x.example.com/' } },
    'must be an https address',
  ],
  [
    'OAuth',
    { connection: { AuthorizationType: 'OAUTH_CLIENT_CREDENTIALS', AuthParameters: {} } },
    'A connection by OAUTH_CLIENT_CREDENTIALS',
  ],
  ['a rate of none', { destination: { InvocationRateLimitPerSecond: 0 } }, 'from 1 to 300'],
  [
    'a connection that is not there',
    { destination: { ConnectionArn: 'arn:nowhere' } },
    'Connection arn:nowhere does not exist',
  ],
  ['parameters of the target', { target: { HttpParameters: {} } }, 'The property HttpParameters'],
])('%s is refused when the app starts', async (_, changed, message) => {
  await expect(start(changed)).rejects.toThrow(message);
});
