import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { LocalClock } from '../../local/core/clock';
import { createS3Service } from '../../local/s3/s3-service';
import { clientConfig, serve, temporaryDirectory, track } from './aws-endpoint-fixture';

const Bucket = 'tickets';

async function start({ directory = temporaryDirectory(), versioned = false } = {}) {
  const clock = new LocalClock();
  const service = createS3Service({ directory, clock });
  service.createBucket(Bucket, { versioned });
  const endpoint = await serve([service]);
  const client = track(new S3Client(clientConfig(endpoint)));
  return { client, clock, endpoint, service, directory };
}

test('an object comes back with its bytes, type and metadata', async () => {
  const { client } = await start();
  const Body = Buffer.from([0, 10, 13, 255, 10]);
  await client.send(
    new PutObjectCommand({
      Bucket,
      Key: "a b/ü+&?#%'()*!~.pdf",
      Body,
      ContentType: 'application/pdf',
      CacheControl: 'private',
      ContentDisposition: 'attachment; filename="t.pdf"',
      Metadata: { purchase: '42' },
    }),
  );

  const object = await client.send(new GetObjectCommand({ Bucket, Key: "a b/ü+&?#%'()*!~.pdf" }));

  expect(Buffer.from(await object.Body!.transformToByteArray())).toEqual(Body);
  expect(object).toMatchObject({
    ContentType: 'application/pdf',
    CacheControl: 'private',
    ContentDisposition: 'attachment; filename="t.pdf"',
    ContentLength: 5,
    Metadata: { purchase: '42' },
  });
});

test('a stream is uploaded as aws-chunked and stored decoded, its trailing checksum verified', async () => {
  const { client } = await start();
  const content = Buffer.alloc(200_000, 'EventPro\r\n');

  await client.send(
    new PutObjectCommand({
      Bucket,
      Key: 'stream',
      Body: Readable.from([content]),
      ContentLength: content.length,
    }),
  );

  const object = await client.send(new GetObjectCommand({ Bucket, Key: 'stream' }));
  expect(Buffer.from(await object.Body!.transformToByteArray())).toEqual(content);
  expect(object.ContentEncoding).toBeUndefined();
  expect(object.ChecksumCRC32).toMatch(/=$/);
});

test('a body that does not fit its checksum is refused and not stored', async () => {
  const { client } = await start();

  const put = client.send(new PutObjectCommand({ Bucket, Key: 'bad', Body: 'x', ChecksumCRC32: 'AAAAAA==' }));

  await expect(put).rejects.toMatchObject({ name: 'BadDigest' });
  await expect(client.send(new HeadObjectCommand({ Bucket, Key: 'bad' }))).rejects.toMatchObject({
    name: 'NotFound',
  });
});

test('of 50 racing creates with If-None-Match exactly one wins, and its bytes are the ones stored', async () => {
  const { client } = await start();
  const create = (index: number) =>
    client
      .send(new PutObjectCommand({ Bucket, Key: 'ticket', Body: `body ${index}`, IfNoneMatch: '*' }))
      .then(() => index);

  const results = await Promise.allSettled(Array.from({ length: 50 }, (_, index) => create(index)));

  const winners = results.filter((result) => result.status === 'fulfilled');
  const losers = results.filter((result) => result.status === 'rejected');
  expect(winners).toHaveLength(1);
  expect(new Set(losers.map(({ reason }) => `${reason.name} ${reason.$metadata.httpStatusCode}`))).toEqual(
    new Set(['PreconditionFailed 412']),
  );
  const object = await client.send(new GetObjectCommand({ Bucket, Key: 'ticket' }));
  expect(await object.Body!.transformToString()).toBe(`body ${winners[0]!.value}`);
});

test('without the condition, all 50 racing writes succeed: the guard is what decides the race', async () => {
  const { client } = await start();
  const write = (index: number) =>
    client.send(new PutObjectCommand({ Bucket, Key: 'ticket', Body: `${index}` }));

  const results = await Promise.allSettled(Array.from({ length: 50 }, (_, index) => write(index)));

  expect(results.every(({ status }) => status === 'fulfilled')).toBe(true);
});

test('a presigned URL serves the object with the headers it asks for until it expires on the local clock', async () => {
  const { client, clock } = await start();
  await client.send(
    new PutObjectCommand({ Bucket, Key: 'p/1.pdf', Body: '%PDF', ContentType: 'application/pdf' }),
  );
  const command = new GetObjectCommand({
    Bucket,
    Key: 'p/1.pdf',
    ResponseContentType: 'text/plain',
    ResponseContentDisposition: 'inline; filename="ticket one.pdf"',
  });
  const url = await getSignedUrl(client, command, { expiresIn: 60 });

  const fresh = await fetch(url);
  clock.advance(61);
  const expired = await fetch(url);

  expect(fresh.status).toBe(200);
  expect(fresh.headers.get('content-type')).toBe('text/plain');
  expect(fresh.headers.get('content-disposition')).toBe('inline; filename="ticket one.pdf"');
  expect(await fresh.text()).toBe('%PDF');
  expect(expired.status).toBe(403);
  expect(await expired.text()).toContain('<Code>AccessDenied</Code><Message>Request has expired</Message>');
});

test.each([
  ['another key', (url: URL) => (url.pathname = url.pathname.replace('1.pdf', '2.pdf'))],
  ['a longer life', (url: URL) => url.searchParams.set('X-Amz-Expires', '600')],
  ['another header in the answer', (url: URL) => url.searchParams.set('response-content-type', 'text/html')],
])('a presigned URL changed to ask for %s is refused', async (_what, change) => {
  const { client } = await start();
  await client.send(new PutObjectCommand({ Bucket, Key: 'p/1.pdf', Body: '1' }));
  await client.send(new PutObjectCommand({ Bucket, Key: 'p/2.pdf', Body: '2' }));
  const url = new URL(
    await getSignedUrl(client, new GetObjectCommand({ Bucket, Key: 'p/1.pdf' }), { expiresIn: 60 }),
  );
  change(url);

  const response = await fetch(url);

  expect(response.status).toBe(403);
  expect(await response.text()).toContain('<Code>SignatureDoesNotMatch</Code>');
});

test('a presigned URL uploads, but not with a header that was not signed', async () => {
  const { client } = await start();
  const url = await getSignedUrl(client, new PutObjectCommand({ Bucket, Key: 'up' }), { expiresIn: 60 });

  const plain = await fetch(url, { method: 'PUT', body: 'content' });
  const smuggled = await fetch(url, {
    method: 'PUT',
    body: 'content',
    headers: { 'x-amz-meta-admin': 'yes' },
  });

  expect(plain.status).toBe(200);
  expect(smuggled.status).toBe(403);
});

test('a browser that holds the object is answered 304', async () => {
  const { client } = await start();
  const { ETag } = await client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }));
  const url = await getSignedUrl(client, new GetObjectCommand({ Bucket, Key: 'k' }));

  const response = await fetch(url, { headers: { 'if-none-match': ETag! } });

  expect(response.status).toBe(304);
  expect(response.headers.get('etag')).toBe(ETag);
});

test('a 304 has no checksum, which an SDK would hold against the body that it has not', async () => {
  const { client } = await start();
  const { ChecksumCRC32, ETag } = await client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }));
  const get = new GetObjectCommand({ Bucket, Key: 'k', IfNoneMatch: ETag });

  const answer = (await client.send(get).catch((error: unknown) => error)) as {
    $response: { headers: object };
  };

  expect(ChecksumCRC32).toBeDefined();
  expect(answer).toMatchObject({ $metadata: { httpStatusCode: 304 } });
  expect(Object.keys(answer.$response.headers).filter((name) => name.includes('checksum'))).toEqual([]);
});

test('a request without a signature, or with other credentials, is refused', async () => {
  const { endpoint } = await start();
  const stranger = (credentials: { accessKeyId: string; secretAccessKey: string }) =>
    track(new S3Client({ ...clientConfig(endpoint), credentials })).send(
      new GetObjectCommand({ Bucket, Key: 'k' }),
    );

  const unsigned = await fetch(`${endpoint.url}/${Bucket}/k`);

  expect(unsigned.status).toBe(403);
  await expect(stranger({ accessKeyId: 'local', secretAccessKey: 'guess' })).rejects.toMatchObject({
    name: 'SignatureDoesNotMatch',
  });
  await expect(stranger({ accessKeyId: 'other', secretAccessKey: 'local' })).rejects.toMatchObject({
    name: 'InvalidAccessKeyId',
  });
});

test('missing keys and buckets have the errors of S3', async () => {
  const { client } = await start();

  await expect(client.send(new GetObjectCommand({ Bucket, Key: 'none' }))).rejects.toMatchObject({
    name: 'NoSuchKey',
    $metadata: { httpStatusCode: 404 },
  });
  await expect(client.send(new HeadObjectCommand({ Bucket, Key: 'none' }))).rejects.toMatchObject({
    name: 'NotFound',
  });
  await expect(client.send(new GetObjectCommand({ Bucket: 'none', Key: 'k' }))).rejects.toMatchObject({
    name: 'NoSuchBucket',
  });
  await expect(client.send(new HeadBucketCommand({ Bucket: 'none' }))).rejects.toMatchObject({
    name: 'NotFound',
  });
  await expect(client.send(new HeadBucketCommand({ Bucket }))).resolves.toBeDefined();
  await expect(client.send(new DeleteObjectCommand({ Bucket, Key: 'none' }))).resolves.toBeDefined();
});

test.each([
  ['tagging', new GetObjectTaggingCommand({ Bucket, Key: 'k' })],
  ['x-amz-tagging', new PutObjectCommand({ Bucket, Key: 'k', Body: 'x', Tagging: 'a=b' })],
  ['range', new GetObjectCommand({ Bucket, Key: 'k', Range: 'bytes=0-1' })],
  ['If-None-Match: "etag"', new PutObjectCommand({ Bucket, Key: 'k', Body: 'x', IfNoneMatch: '"etag"' })],
  ['delimiter', new ListObjectsV2Command({ Bucket, Delimiter: '/' })],
  ['aws:kms', new PutObjectCommand({ Bucket, Key: 'k', Body: 'x', ServerSideEncryption: 'aws:kms' })],
])('%s is refused by name', async (name, command) => {
  const { client } = await start();

  const call = client.send(command as GetObjectCommand);

  await expect(call).rejects.toMatchObject({
    name: 'NotImplemented',
    message: expect.stringContaining(name),
    $metadata: { httpStatusCode: 501 },
  });
});

test('objects are listed by prefix, in the order of their bytes, page by page', async () => {
  const { client } = await start();
  const keys = ['a/1', 'a/10', 'a/2', 'a/é', 'a/<&>', 'b/1'];
  for (const Key of keys) await client.send(new PutObjectCommand({ Bucket, Key, Body: Key }));

  const listed: string[] = [];
  const pages = paginateListObjectsV2({ client, pageSize: 2 }, { Bucket, Prefix: 'a/' });
  for await (const page of pages) listed.push(...(page.Contents ?? []).map(({ Key }) => Key!));

  expect(listed).toEqual(['a/1', 'a/10', 'a/2', 'a/<&>', 'a/é']);
});

test('a listing reads the files once, and then knows of every object that comes, changes or goes', async () => {
  const { client, service, directory } = await start();
  const put = (Key: string, Body = 'x') => client.send(new PutObjectCommand({ Bucket, Key, Body }));
  const listed = async () =>
    (await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'a/' }))).Contents?.map(
      ({ Key, Size }) => `${Key} ${Size}`,
    );
  for (const key of ['a/1', 'a/2', 'a/4', 'b/1']) await put(key);
  await listed();
  // Whoever reads them again now finds nothing.
  for (const name of readdirSync(join(directory, Bucket))) writeFileSync(join(directory, Bucket, name), '');

  await put('a/3');
  await put('a/2', 'longer');
  await client.send(new DeleteObjectCommand({ Bucket, Key: 'a/1' }));
  const changed = await listed();
  await put('a/1');
  const again = await listed();
  service.reset();

  expect(changed).toEqual(['a/2 6', 'a/3 1', 'a/4 1']);
  expect(again).toEqual(['a/1 1', 'a/2 6', 'a/3 1', 'a/4 1']);
  expect(await listed()).toBeUndefined();
});

test('keys cannot escape the folder, and keys that differ by case alone are two objects', async () => {
  const { client, directory } = await start();
  const keys = ['../../escape', '..', '/etc/passwd', 'K', 'k'];
  const seenFromOutside = () => readdirSync(directory).sort();
  const before = seenFromOutside();

  for (const Key of keys) await client.send(new PutObjectCommand({ Bucket, Key, Body: Key }));

  const { Contents } = await client.send(new ListObjectsV2Command({ Bucket }));
  expect(Contents!.map(({ Key }) => Key).sort()).toEqual([...keys].sort());
  expect(seenFromOutside()).toEqual(before);
  expect(readdirSync(join(directory, Bucket))).toHaveLength(keys.length);
});

test('a deleted object is gone, and a reset forgets all objects but no bucket', async () => {
  const { client, service } = await start();
  for (const Key of ['one', 'two']) await client.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));

  await client.send(new DeleteObjectCommand({ Bucket, Key: 'one' }));
  const left = await client.send(new ListObjectsV2Command({ Bucket }));
  service.reset();
  const afterReset = await client.send(new ListObjectsV2Command({ Bucket }));

  expect(left.Contents!.map(({ Key }) => Key)).toEqual(['two']);
  expect(afterReset.KeyCount).toBe(0);
});

test('objects outlive the service', async () => {
  const { client, directory } = await start();
  await client.send(new PutObjectCommand({ Bucket, Key: 'kept', Body: 'x', ContentType: 'text/plain' }));

  const next = await start({ directory });
  const object = await next.client.send(new GetObjectCommand({ Bucket, Key: 'kept' }));

  expect(object.ContentType).toBe('text/plain');
});

test('a versioned bucket names its latest version and refuses older ones by name', async () => {
  const { client } = await start({ versioned: true });
  const first = await client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: '1' }));
  const second = await client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: '2' }));

  const latest = await client.send(new GetObjectCommand({ Bucket, Key: 'k', VersionId: second.VersionId }));
  const older = client.send(new GetObjectCommand({ Bucket, Key: 'k', VersionId: first.VersionId }));

  expect(await latest.Body!.transformToString()).toBe('2');
  await expect(older).rejects.toMatchObject({ name: 'NotImplemented' });
});
