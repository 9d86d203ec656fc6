import { Agent, createServer, get, type ServerResponse } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import { SendEmailCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { hasTimeToSend, SENDING, SendingUnknown, sendOnce } from '../../../lambda/notification/send-once';

/** What the service does with each request, and how many it has had. */
let answer: (response: ServerResponse) => unknown;
let requests = 0;
const server = createServer((_, response) => {
  requests++;
  answer(response);
});

let client: SESv2Client;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = clientOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
beforeEach(() => (requests = 0));
afterAll(() => {
  client.destroy();
  server.closeAllConnections();
  server.close();
});

function clientOf(endpoint: string, handling: object = {}): SESv2Client {
  const { maxAttempts, requestHandler } = SENDING;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const where = { endpoint, region: 'us-east-1', credentials };
  return new SESv2Client({ ...where, maxAttempts, requestHandler: { ...requestHandler, ...handling } });
}

const send = (through = client, hasTime = () => true) =>
  sendOnce(
    () => through.send(new SendEmailCommand({ FromEmailAddress: 'a@example.com', Content: {} })),
    hasTime,
  );

const says =
  (status: number, type: string, message = '') =>
  (response: ServerResponse) =>
    response
      .writeHead(status, { 'x-amzn-errortype': type, 'content-type': 'application/json' })
      .end(JSON.stringify({ message }));

const TOO_FAST = says(400, 'ThrottlingException', 'Maximum sending rate exceeded.');

test.each<[string, number, string]>([
  ['an address that is refused', 400, 'MessageRejected'],
  ['what IAM does not allow', 403, 'AccessDeniedException'],
  ['what SES has paused', 400, 'SendingPausedException'],
])('%s was not sent: the refusal is told as it is', async (_, status, type) => {
  answer = says(status, type);

  const error = await send().catch((thrown: unknown) => thrown);

  expect(error).toMatchObject({ name: type });
  expect(requests).toBe(1);
});

describe('faster than the account may', () => {
  test.each([
    ['SES', TOO_FAST],
    ['SES, as its model has it', says(429, 'TooManyRequestsException')],
    ['SNS', says(429, 'Throttled')],
    ['any service of AWS', says(400, 'Throttling', 'Rate exceeded')],
  ])('%s refuses, is asked again, and takes it', async (_, tooFast) => {
    answer = (response) => (requests < 3 ? tooFast(response) : response.writeHead(200).end('{}'));

    await send();

    expect(requests).toBe(3);
  });

  test('where the function has no time left, the refusal is told', async () => {
    answer = TOO_FAST;

    const error = await send(client, () => requests < 2).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ name: 'ThrottlingException' });
    expect(requests).toBe(2);
  });

  test('what may have been sent on a later try is not sent again', async () => {
    answer = (response) => (requests < 2 ? TOO_FAST(response) : response.destroy());

    await expect(send()).rejects.toThrow(SendingUnknown);

    expect(requests).toBe(2);
  });

  test('the quota of the day does not pass in a second: it is told at once', async () => {
    answer = says(400, 'ThrottlingException', 'Daily message quota exceeded.');

    await expect(send()).rejects.toMatchObject({ name: 'ThrottlingException' });

    expect(requests).toBe(1);
  });
});

test('a function has time for one request more until what remains is what that and its note take', () => {
  const left = (milliseconds: number) => hasTimeToSend({ getRemainingTimeInMillis: () => milliseconds });

  expect([left(30_000), left(15_001), left(15_000)]).toEqual([true, true, false]);
});

test.each<[string, (response: ServerResponse) => unknown]>([
  ['an internal error', says(500, 'InternalServiceErrorException')],
  ['a gateway that gives up', says(504, 'GatewayTimeout')],
  ['a service that is not there', says(503, 'ServiceUnavailable')],
  ['a connection that breaks', (response) => response.destroy()],
  ['an answer that is none', (response) => response.writeHead(200).end('<html>')],
])('after %s it may have been sent: nobody asks again', async (_, behaviour) => {
  answer = behaviour;

  await expect(send()).rejects.toThrow(SendingUnknown);

  expect(requests).toBe(1);
});

// Past the SDK, which hands on such an error as it is, but not one of another realm, as jest makes of it.
test.each([
  ['where nobody listens', 'http://127.0.0.1:1', 'connect'],
  ['a server that cannot be found', 'http://mail.invalid', 'getaddrinfo'],
])('%s was sent nothing', async (_, url, syscall) => {
  const request = new Promise((resolve, reject) => get(url, resolve).on('error', reject));

  await expect(
    sendOnce(
      () => request,
      () => true,
    ),
  ).rejects.toMatchObject({ syscall });
});

test('a server to which no connection comes about was sent nothing', async () => {
  const httpAgent = new Agent();
  httpAgent.createConnection = () => Object.assign(new Socket(), { connecting: true });
  const unconnected = clientOf('http://127.0.0.1:1', { connectionTimeout: 50, httpAgent });

  await expect(send(unconnected)).rejects.toMatchObject({ name: 'TimeoutError' });

  unconnected.destroy();
});

test('a connection is not used again: it may be dead by the time that the function wakes', async () => {
  const ports = new Set<number>();
  const countPort = ({ remotePort }: { remotePort?: number }) => ports.add(remotePort!);
  server.on('connection', countPort);
  answer = says(400, 'MessageRejected');

  for (let sent = 0; sent < 3; sent++) await send().catch(() => undefined);

  server.off('connection', countPort);
  expect(ports.size).toBe(3);
});
