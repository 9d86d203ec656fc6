import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { SendEmailCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { type AwsRequest, type AwsService } from '../../local/aws/aws-service';
import { LocalClock } from '../../local/core/clock';
import { createSqsService } from '../../local/sqs/sqs-service';
import { type SignatureCheck, verifySignature } from '../../local/core/sigv4';
import { clientConfig, serve, serveAt, track } from './aws-endpoint-fixture';

test.each([
  ['sns', SNSClient, new PublishCommand({ TopicArn: 'arn', Message: 'x' })],
  ['sqs', SQSClient, new ReceiveMessageCommand({ QueueUrl: 'http://127.0.0.1/0/q' })],
  ['s3', S3Client, new GetObjectCommand({ Bucket: 'bucket', Key: 'k' })],
  ['ses', SESv2Client, new SendEmailCommand({ Content: {} })],
  ['secretsmanager', SecretsManagerClient, new GetSecretValueCommand({ SecretId: 's' })],
])('the SDK of a service that is not there (%s) is told so, once', async (name, Client, command) => {
  const endpoint = await serve([]);
  const client = track(new Client({ ...clientConfig(endpoint), maxAttempts: 3 }) as SQSClient);

  const call = client.send(command as ReceiveMessageCommand);

  await expect(call).rejects.toMatchObject({
    name: 'UnsupportedLocally',
    message: expect.stringContaining(`The AWS service '${name}' is not supported by the local run`),
    $metadata: { httpStatusCode: 501, attempts: 1 },
  });
});

test('a request without a signature names no service and is refused', async () => {
  const { url } = await serve([]);

  const response = await fetch(url, { method: 'POST', body: '{}' });

  expect(response.status).toBe(403);
  expect(await response.json()).toMatchObject({ __type: 'MissingAuthenticationToken' });
});

describe('a web page', () => {
  /** Anybody can name the public keys. */
  const authorization = 'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/secretsmanager/aws4_request';
  const answering = (): AwsService => ({
    signingName: 'secretsmanager',
    handle: async () => ({ statusCode: 200, body: 'done' }),
  });

  test('that has bent a name of its own to lead here is refused', async () => {
    const { url } = await serve([answering()]);
    const asked = request(url, { headers: { host: 'evil.example', authorization } }).end();

    const [response] = (await once(asked, 'response')) as [IncomingMessage];

    expect(response.statusCode).toBe(421);
    expect(await text(response)).toContain('This endpoint is 127.0.0.1 or localhost, not evil.example');
  });

  test.each([
    ['POST', { 'sec-fetch-site': 'cross-site' }, 403],
    ['POST', { 'sec-fetch-site': 'same-site' }, 403],
    ['PUT', { origin: 'null' }, 403],
    ['POST', {}, 200],
    // A link to a ticket, which the storefront leads to.
    ['GET', { 'sec-fetch-site': 'same-site' }, 200],
  ])('that sends a %s with %j is answered %i', async (method, headers, status) => {
    const { url } = await serve([answering()]);

    const response = await fetch(url, { method, headers: { ...headers, authorization } });

    expect(response.status).toBe(status);
  });
});

test('a body over the limit is answered 413', async () => {
  const endpoint = await serve([], { maxBodyBytes: 1000 });
  const client = track(new S3Client(clientConfig(endpoint)));

  const put = client.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'k', Body: Buffer.alloc(1001) }));

  await expect(put).rejects.toMatchObject({ name: 'EntityTooLarge', $metadata: { httpStatusCode: 413 } });
});

test('a service that fails unexpectedly answers 500 and the endpoint lives on', async () => {
  const endpoint = await serve([
    { signingName: 'secretsmanager', handle: () => Promise.reject(new TypeError('a bug')) },
  ]);
  const client = track(new SecretsManagerClient(clientConfig(endpoint)));
  const call = () => client.send(new GetSecretValueCommand({ SecretId: 's' }));

  await expect(call()).rejects.toMatchObject({ name: 'InternalFailure', message: 'a bug' });
  await expect(call()).rejects.toMatchObject({ name: 'InternalFailure' });
});

test('close ends a long poll and kept-alive connections at once', async () => {
  const clock = new LocalClock();
  const { service: sqs } = await serveAt((endpointUrl) => createSqsService({ clock, endpointUrl }));
  const { url } = sqs.createQueue('q');
  const second = await serve([sqs]);
  const client = track(new SQSClient(clientConfig(second)));
  const poll = client.send(new ReceiveMessageCommand({ QueueUrl: url, WaitTimeSeconds: 20 }));
  const ended = expect(poll).rejects.toThrow();
  await new Promise((resolve) => setTimeout(resolve, 100));
  const started = Date.now();

  await second.close();
  await ended;

  expect(Date.now() - started).toBeLessThan(1000);
  await expect(fetch(second.url)).rejects.toThrow();
});

describe('verifySignature', () => {
  async function startVerifier(service: string) {
    const checks: SignatureCheck[] = [];
    const verifier: AwsService = {
      signingName: service,
      handle: async (request: AwsRequest) => {
        checks.push(await verifySignature(request, { service, clock: new LocalClock() }));
        return { statusCode: 200 };
      },
    };
    const endpoint = await serve([verifier]);
    return { url: endpoint.url, checks };
  }

  const curl = (...args: string[]) => promisify(execFile)('curl', ['-sS', ...args]);

  test('curl signs a request to execute-api', async () => {
    const { url, checks } = await startVerifier('execute-api');

    await curl(
      ...['--aws-sigv4', 'aws:amz:us-east-1:execute-api', '--user', 'local:local'],
      ...['-X', 'PUT', '-H', 'content-type: application/json', '-d', '{"name":"O\'Brien"}'],
      `${url}/events/rock-night?draft=1`,
    );

    expect(checks).toEqual([{ ok: true }]);
  });

  test('curl with another secret or another key does not pass', async () => {
    const { url, checks } = await startVerifier('execute-api');
    const sign = ['--aws-sigv4', 'aws:amz:us-east-1:execute-api'];

    await curl(...sign, '--user', 'local:guess', `${url}/events`);
    await curl(...sign, '--user', 'other:local', `${url}/events`);

    expect(checks).toMatchObject([{ code: 'SignatureDoesNotMatch' }, { code: 'InvalidAccessKeyId' }]);
  });

  test('a body changed after signing does not pass', async () => {
    const request = await signedRequest('{"price":1}');
    const clock = new LocalClock();

    const intact = await verifySignature(request, { service: 'execute-api', clock });
    const changed = await verifySignature(
      { ...request, body: Buffer.from('{"price":0}') },
      { service: 'execute-api', clock },
    );

    expect(intact).toEqual({ ok: true });
    expect(changed).toMatchObject({ ok: false, code: 'SignatureDoesNotMatch' });
  });

  test('the age of a header-signed request does not matter, for the local clock can be moved', async () => {
    const request = await signedRequest('{}');
    const clock = new LocalClock();
    clock.advance(86_400);

    const check = await verifySignature(request, { service: 'execute-api', clock });

    expect(check).toEqual({ ok: true });
  });

  test('a signature of as many letters, but more bytes, does not pass', async () => {
    const request = await signedRequest('{}');
    const authorization = request.headers.authorization!.replace(/[0-9a-f]{64}$/, 'é'.repeat(64));

    const check = await verifySignature(
      { ...request, headers: { ...request.headers, authorization } },
      { service: 'execute-api', clock: new LocalClock() },
    );

    expect(check).toMatchObject({ ok: false, code: 'SignatureDoesNotMatch' });
  });

  test('no signature is told from a wrong one', async () => {
    const request = { ...(await signedRequest('{}')), headers: { host: 'localhost' } };

    const check = await verifySignature(request, { service: 'execute-api', clock: new LocalClock() });

    expect(check).toMatchObject({ ok: false, code: 'MissingAuthenticationToken' });
  });

  async function signedRequest(body: string): Promise<AwsRequest> {
    const { SignatureV4 } = await import('@smithy/signature-v4');
    const { Sha256 } = await import('@smithy/core/checksum');
    const signer = new SignatureV4({
      service: 'execute-api',
      region: 'eu-central-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      sha256: Sha256,
    });
    const path = '/events/a%20b';
    const headers = { host: 'localhost', 'content-type': 'application/json' };
    const signed = await signer.sign({
      ...{ method: 'PUT', protocol: 'http:', hostname: 'localhost', path, headers, body },
      query: { tag: ['b', 'a'], empty: '' },
    });
    const query = new URLSearchParams('tag=b&tag=a&empty=');
    return { method: 'PUT', path, query, headers: signed.headers, body: Buffer.from(body) };
  }
});
