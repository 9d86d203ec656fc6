import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { eventually } from '../../harness/eventpro-client';
import { INSTALLATION_KEY } from '../../lambda/purchase/installation';
import { referenceOf } from '../../lambda/shared/reference';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/aws/aws-service';
import { type LocalDeployment } from '../../local/control/deployment-route';
import { readOnlyTest } from '../../scripts/smoke/read-only-test';
import { smokeTest } from '../../scripts/smoke/smoke-test';
import { deployedTarget, localTarget, type Target } from '../../scripts/smoke/target';
import { useLocalRun } from '../support/local-run';
import { programOf } from '../support/program';

const eventpro = useLocalRun();

test('buys, checks and leaves nothing behind', async () => {
  const before = await everything();

  const { code, output } = await smoke('--local', eventpro.url);

  expect(output).toContain('15 passed, 0 failed');
  expect(code).toBe(0);
  expect(await everything()).toEqual(before);
  // One purchase by the API, one by the workflow, one declined, one given up.
  const payments = await eventpro.payments();
  expect(payments.map(({ status }) => status).sort()).toEqual([
    'canceled',
    'canceled',
    'succeeded',
    'succeeded',
  ]);
  expect(payments.map(({ captured, refunded }) => captured - refunded)).toEqual([0, 0, 0, 0]);
});

test('nobody prints, counts or hears of what it buys', async () => {
  const { output } = await smoke('--local', eventpro.url, '--through', 'sfn');
  const [eventId] = /smoke-test-[0-9a-f-]{36}/.exec(output)!;
  // A sale after it, of which they hear.
  const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });

  const events = await eventually(async () => {
    const { body } = await eventpro.request<{ events: BusEvent[] }>('GET', '/local/bus');
    const types = (each: (detail: BusEvent['detail']) => boolean) =>
      body.events.filter(({ detail }) => each(detail)).map((event) => event['detail-type']);
    const isComplete =
      types(({ reference }) => reference === referenceOf(purchaseId)).length > 0 &&
      types((detail) => detail.eventId === eventId).includes('PurchaseConfirmed');
    return isComplete ? body.events : undefined;
  }, 'both sales on the bus');
  const consumers = (each: string) =>
    events.filter(({ detail }) => detail.eventId === each).flatMap(({ deliveries }) => deliveries);
  expect(consumers(eventId)).toEqual([]);
  expect(consumers('demo').length).toBeGreaterThan(1);
});

interface BusEvent {
  readonly 'detail-type': string;
  readonly detail: { readonly eventId: string; readonly reference: string };
  readonly deliveries: readonly object[];
}

test('a stage that makes no tickets fails it, and still nothing is left behind', async () => {
  const before = await everything();
  await eventpro.setFault('GenerateTicket', { mode: 'fail-before' });

  const { code, output } = await smoke('--local', eventpro.url, '--through', 'sfn');
  await eventpro.healFaults();

  expect(output).toMatch(/FAILED {2}the workflow, started directly, sells a seat\n +FAILED TicketFailed/);
  expect(code).toBe(1);
  expect(await everything()).toEqual(before);
});

test('read-only asks every route and writes nothing, without a payment', async () => {
  const before = [await everything(), await eventpro.payments()];

  const { code, output } = await smoke('--local', eventpro.url, '--read-only');

  expect(output).toContain('8 passed, 0 failed');
  expect(code).toBe(0);
  expect([await everything(), await eventpro.payments()]).toEqual(before);
});

test('read-only fails by name what is not there', async () => {
  const lines: string[] = [];

  const failed = await readOnlyTest(
    { apiUrl: `${eventpro.url}/nowhere` },
    {
      write: (line) => lines.push(line),
      interrupted: new AbortController().signal,
    },
  );

  // Not the seats: there is no event to look at.
  expect(failed).toHaveLength(7);
  expect(failed).toContain('there are keys to verify tickets with');
  expect(lines.at(-1)).toBe('0 passed, 7 failed');
});

describe('through CloudFront', () => {
  let cloudFront: Server;
  let target: Target;
  beforeAll(async () => {
    cloudFront = createServer((request, response) => void likeCloudFront(request, response));
    await once(cloudFront.listen(0, '127.0.0.1'), 'listening');
    const { port } = cloudFront.address() as AddressInfo;
    target = { ...(await localTarget(eventpro.url)), apiUrl: `http://127.0.0.1:${port}/api` };
  });
  afterAll(() => cloudFront.close());

  test('buys, and reads past what is kept there', async () => {
    const lines: string[] = [];

    const failed = await smokeTest(target, {
      ...{ through: 'both', interrupted: new AbortController().signal },
      write: (line) => lines.push(line),
    });

    expect(failed).toEqual([]);
    expect(lines.at(-1)).toBe('15 passed, 0 failed');
  });

  test('reads', async () => {
    const options = { write: () => undefined, interrupted: new AbortController().signal };

    expect(await readOnlyTest(target, options)).toEqual([]);
  });

  /** The seat map and the events for two seconds, without `PUT`; everything else as it comes. By another host name. */
  const kept = new Map<string, { until: number; answer: Answer }>();
  type Answer = { status: number; headers: [string, string][]; body: Buffer };
  async function likeCloudFront(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url!.replace(/^\/api/, '');
    const keeps = path.startsWith('/events');
    if (keeps && request.method !== 'GET') return void response.writeHead(403).end('<h1>403 ERROR</h1>');
    const known = keeps ? kept.get(path) : undefined;
    const answer = known && known.until > Date.now() ? known.answer : await forward(request, path);
    if (keeps) kept.set(path, { until: Date.now() + 2_000, answer });
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  async function forward(request: IncomingMessage, path: string): Promise<Answer> {
    const { host: _, connection: __, ...headers } = request.headers as Record<string, string>;
    const body = request.method === 'GET' ? undefined : await buffer(request);
    const answer = await fetch(`${eventpro.url}/api${path}`, {
      ...{ method: request.method, headers, body, redirect: 'manual' as const },
    });
    const passed = ['content-type', 'location'].flatMap((name) => {
      const value = answer.headers.get(name);
      return value === null ? [] : [[name, value] as [string, string]];
    });
    return { status: answer.status, headers: passed, body: Buffer.from(await answer.arrayBuffer()) };
  }
});

test('the target of a deployed stage is its API, or the storefront before it', () => {
  const outputs = {
    'EventPro-staging-Checkout': {
      ApiUrl: 'https://api.test/v1',
      StateMachineArn: 'arn:aws:states:eu-west-1:1:stateMachine:x',
      StripeSecretArn: 'arn',
    },
    'EventPro-staging-Data': {
      SeatTableName: 's',
      PurchaseTableName: 'p',
      OrderTableName: 'o',
      TicketBucketName: 't',
    },
    'EventPro-staging-Web': { StorefrontUrl: 'https://d1.cloudfront.test/' },
  };

  expect(deployedTarget(outputs, 'staging')).toMatchObject({ apiUrl: 'https://api.test/v1' });
  expect(deployedTarget(outputs, 'staging', { storefront: true })).toMatchObject({
    apiUrl: 'https://d1.cloudfront.test/api',
    signedApiUrl: 'https://api.test/v1',
  });
});

test.each([
  ['an address where nothing listens', ['--local', 'http://127.0.0.1:9'], 'Nothing answers'],
  ['a file that is not there', ['--outputs', 'no-such-file.json'], '--outputs-file no-such-file.json'],
  [
    'CloudFront before a local run',
    ['--local', 'http://127.0.0.1:9', '--storefront'],
    '--storefront is the CloudFront',
  ],
  ['a flag nobody knows', ['--fast'], 'Usage: npm run smoke'],
])('exit code 2 for %s', async (_, args, message) => {
  const { code, output } = await smoke(...args);

  expect(output).toContain(message);
  expect(code).toBe(2);
});

/** The command as npm runs it. */
function smoke(...args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [programOf('smoke'), ...args]);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}

/** Every item of both tables and every ticket, read past the app. Lines of sales stay, and come later. */
async function everything(): Promise<unknown> {
  const { body } = await eventpro.request<LocalDeployment>('GET', '/local/deployment');
  const { outputs, endpoints } = body;
  const data = outputs['EventPro-dev-Data'] as Record<string, string>;
  const client = { region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS };
  const dynamodb = new DynamoDBClient({ ...client, endpoint: endpoints.dynamodb });
  const s3 = new S3Client({ ...client, endpoint: endpoints.aws, forcePathStyle: true });
  const scan = async (TableName: string | undefined) =>
    (await dynamodb.send(new ScanCommand({ TableName }))).Items!.filter(
      // The first payment writes down which installation this is.
      ({ purchaseId }) => purchaseId?.S !== INSTALLATION_KEY,
    );
  const list = async (Bucket: string | undefined) =>
    (await s3.send(new ListObjectsV2Command({ Bucket }))).Contents ?? [];
  return {
    seats: await scan(data.SeatTableName),
    purchases: await scan(data.PurchaseTableName),
    tickets: await list(data.TicketBucketName),
  };
}
