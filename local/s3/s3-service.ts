import { createHash, randomUUID } from 'node:crypto';
import { AwsError } from '../aws/aws-error';
import { type AwsRequest, type AwsResponse, type AwsService } from '../aws/aws-service';
import { type LocalClock } from '../core/clock';
import { verifySignature } from '../core/sigv4';
import { decodeUpload } from './aws-chunked';
import { verifyChecksums } from './checksum';
import { listObjects, listVersions } from './list-objects';
import { type ObjectMetadata } from './object-metadata';
import { ObjectStore, type StoredObject } from './object-store';
import { notImplemented, refuseOthers } from './request-limits';

export interface S3ServiceOptions {
  /** Folder of the buckets. What is there already is served again. */
  readonly directory: string;
  readonly clock: LocalClock;
}

export function createS3Service(options: S3ServiceOptions): S3Service {
  return new S3Service(options);
}

/** Headers of an upload that come back with the download. */
const KEPT_HEADERS =
  /^(content-type|content-disposition|content-language|cache-control|expires|x-amz-meta-.*)$/;

/** `response-content-type` and the like, with which a presigned URL sets the headers of its answer. */
const OVERRIDES = [
  'content-type',
  'content-disposition',
  'content-language',
  'content-encoding',
  'cache-control',
  'expires',
];
const OVERRIDE_PARAMETERS = OVERRIDES.map((header) => `response-${header}`);

/**
 * S3 with path-style addresses: PutObject, GetObject, HeadObject, DeleteObject, ListObjectsV2, ListObjectVersions, HeadBucket.
 *
 * Every request must be signed, in its headers or as a presigned URL. Of a versioned bucket only the latest version
 * is kept; to ask for another one is refused, and a list of versions has that one.
 */
export class S3Service implements AwsService {
  readonly signingName = 's3';
  private readonly clock: LocalClock;
  private readonly store: ObjectStore;
  private readonly buckets = new Map<string, { versioned: boolean }>();

  constructor({ directory, clock }: S3ServiceOptions) {
    this.clock = clock;
    this.store = new ObjectStore(directory);
  }

  createBucket(name: string, { versioned = false } = {}): void {
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) {
      throw new AwsError('InvalidBucketName', `The specified bucket is not valid: ${name}`);
    }
    this.store.createBucket(name);
    this.buckets.set(name, { versioned });
  }

  /** Every object, of all buckets, with this text in its key. */
  async objectsMentioning(text: string): Promise<(ObjectMetadata & { bucket: string })[]> {
    const found = [...this.buckets.keys()].map(async (bucket) =>
      (await this.store.list(bucket, ''))
        .filter(({ key }) => key.includes(text))
        .map((object) => ({ bucket, ...object })),
    );
    return (await Promise.all(found)).flat();
  }

  /** Puts an object as another service does, past the wire. @throws AwsError NoSuchBucket */
  async putFromService(
    bucket: string,
    key: string,
    body: Buffer,
    headers: Readonly<Record<string, string>>,
  ): Promise<void> {
    if (!this.buckets.has(bucket)) throw noSuchBucket(bucket);
    const { versioned } = this.buckets.get(bucket)!;
    const metadata = this.newMetadata(key, body, headers, versioned);
    await this.store.put(bucket, { metadata, body });
  }

  /** Forgets the objects and keeps the buckets. */
  reset(): void {
    this.store.empty(this.buckets.keys());
  }

  async handle(request: AwsRequest): Promise<AwsResponse> {
    await this.authorize(request);
    const { bucket, key } = parsePath(request.path);
    if (!bucket) throw notImplemented(`${request.method} / (ListBuckets)`);
    if (!this.buckets.has(bucket)) throw noSuchBucket(bucket);
    return key ? this.handleObject(request, bucket, key) : this.handleBucket(request, bucket);
  }

  private async authorize(request: AwsRequest): Promise<void> {
    const check = await verifySignature(request, { service: 's3', clock: this.clock });
    if (check.ok) return;
    if (check.code === 'MissingAuthenticationToken') {
      throw new AwsError('AccessDenied', 'Access Denied', { statusCode: 403 });
    }
    if (check.code === 'RequestExpired') {
      const details = { ServerTime: new Date(this.clock.now()).toISOString() };
      throw new AwsError('AccessDenied', check.message, { statusCode: 403, details });
    }
    throw new AwsError(check.code, check.message, { statusCode: 403 });
  }

  private async handleBucket(request: AwsRequest, bucket: string): Promise<AwsResponse> {
    if (request.method === 'HEAD') {
      refuseOthers(request, {});
      return { statusCode: 200 };
    }
    if (request.method === 'GET' && request.query.get('list-type') === '2') {
      return listObjects(request, bucket, (prefix, page) => this.store.list(bucket, prefix, page));
    }
    if (request.method === 'GET' && request.query.has('versions'))
      return listVersions(request, bucket, (prefix) => this.store.list(bucket, prefix));
    const subResource = [...request.query.keys()].find((name) => name !== 'x-id');
    throw notImplemented(`${request.method} on a bucket${subResource ? ` (?${subResource})` : ''}`);
  }

  private handleObject(request: AwsRequest, bucket: string, key: string): Promise<AwsResponse> {
    switch (request.method) {
      case 'PUT':
        return this.putObject(request, bucket, key);
      case 'GET':
      case 'HEAD':
        return this.getObject(request, bucket, key);
      case 'DELETE':
        return this.deleteObject(request, bucket, key);
      default:
        throw notImplemented(`${request.method} on an object`);
    }
  }

  private async putObject(request: AwsRequest, bucket: string, key: string): Promise<AwsResponse> {
    refuseOthers(request, { headers: ['if-none-match', 'x-amz-server-side-encryption'] });
    const condition = request.headers['if-none-match'];
    if (condition !== undefined && condition !== '*') throw notImplemented(`If-None-Match: ${condition}`);
    const encryption = request.headers['x-amz-server-side-encryption'];
    // Every S3 object is encrypted by AES256 unless told otherwise: to ask for it changes nothing.
    if (encryption !== undefined && encryption !== 'AES256')
      throw notImplemented(`encryption by ${encryption}`);

    const object = this.newObject(request, key, this.buckets.get(bucket)!.versioned);
    const created = await this.store.put(bucket, object, { onlyIfAbsent: condition === '*' });
    if (!created) {
      throw new AwsError(
        'PreconditionFailed',
        'At least one of the pre-conditions you specified did not hold',
        {
          statusCode: 412,
          details: { Condition: 'If-None-Match' },
        },
      );
    }
    return { statusCode: 200, headers: identityHeaders(object.metadata) };
  }

  private newObject(request: AwsRequest, key: string, versioned: boolean): StoredObject {
    if (Buffer.byteLength(key) > 1024) throw new AwsError('KeyTooLongError', 'Your key is too long');
    const { body, trailers } = decodeUpload(request);
    const checksum = verifyChecksums({ ...request.headers, ...trailers }, body);
    // `aws-chunked` is the encoding of the upload, not of the object.
    const encoding = request.headers['content-encoding']?.replace(/^aws-chunked(,\s*)?/, '');
    const headers = {
      'content-type': 'application/octet-stream',
      ...Object.fromEntries(Object.entries(request.headers).filter(([name]) => KEPT_HEADERS.test(name))),
      ...(encoding && { 'content-encoding': encoding }),
      ...(checksum && { [checksum.header]: checksum.value }),
    };
    return { metadata: this.newMetadata(key, body, headers, versioned), body };
  }

  private newMetadata(
    key: string,
    body: Buffer,
    headers: ObjectMetadata['headers'],
    versioned: boolean,
  ): ObjectMetadata {
    return {
      key,
      size: body.length,
      etag: createHash('md5').update(body).digest('hex'),
      lastModified: this.clock.now(),
      headers,
      ...(versioned && { versionId: randomUUID() }),
    };
  }

  private async getObject(request: AwsRequest, bucket: string, key: string): Promise<AwsResponse> {
    refuseOthers(request, {
      parameters: ['versionId', ...OVERRIDE_PARAMETERS],
      headers: ['if-none-match', 'if-modified-since'],
    });
    const object = await this.store.get(bucket, key);
    if (!object) throw noSuchKey(key);
    const { metadata, body } = object;
    const version = request.query.get('versionId');
    if (version !== null && version !== metadata.versionId)
      throw notImplemented('versions other than the latest');

    // Without the checksums: an SDK would hold them against the body, which is not there.
    if (notModified(request, metadata)) return { statusCode: 304, headers: versionHeaders(metadata) };
    return {
      statusCode: 200,
      headers: {
        ...metadata.headers,
        ...identityHeaders(metadata),
        ...overrides(request.query),
        'last-modified': new Date(metadata.lastModified).toUTCString(),
        'content-length': String(metadata.size),
      },
      body: request.method === 'GET' ? body : undefined,
    };
  }

  /** Deleting what is not there succeeds, as in S3. */
  private async deleteObject(request: AwsRequest, bucket: string, key: string): Promise<AwsResponse> {
    refuseOthers(request, { parameters: ['versionId'] });
    const version = request.query.get('versionId');
    if (version !== null) return this.deleteVersion(bucket, key, version);
    await this.store.delete(bucket, key);
    return {
      statusCode: 204,
      headers: this.buckets.get(bucket)!.versioned ? { 'x-amz-delete-marker': 'true' } : {},
    };
  }

  /** There is one version here, so an object goes with it, and no marker stays. */
  private async deleteVersion(bucket: string, key: string, version: string): Promise<AwsResponse> {
    const stored = await this.store.get(bucket, key);
    // An object of a bucket without versions has one that is called null.
    if (stored && (stored.metadata.versionId ?? 'null') !== version)
      throw notImplemented('versions other than the latest');
    await this.store.delete(bucket, key);
    return { statusCode: 204, headers: { 'x-amz-version-id': version } };
  }
}

/** Path style: `/<bucket>/<key>`. A key keeps its slashes, whether encoded or not. */
function parsePath(path: string): { bucket: string; key: string } {
  const [, bucket, key] = /^\/([^/]*)\/?(.*)$/s.exec(path)!;
  try {
    return { bucket: decodeURIComponent(bucket!), key: decodeURIComponent(key!) };
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.");
  }
}

function identityHeaders(metadata: ObjectMetadata): Record<string, string> {
  const checksums = Object.entries(metadata.headers).filter(([name]) => name.startsWith('x-amz-checksum-'));
  return { ...Object.fromEntries(checksums), ...versionHeaders(metadata) };
}

function versionHeaders({ etag, versionId }: ObjectMetadata): Record<string, string> {
  return { etag: `"${etag}"`, ...(versionId && { 'x-amz-version-id': versionId }) };
}

/** A browser that reloads a ticket asks by the ETag, which decides alone where both are sent (RFC 9110). */
function notModified(request: AwsRequest, { etag, lastModified }: ObjectMetadata): boolean {
  const tags = request.headers['if-none-match'];
  if (tags !== undefined) return tags === '*' || tags.includes(`"${etag}"`);
  const since = Date.parse(request.headers['if-modified-since'] ?? '');
  return Math.floor(lastModified / 1000) * 1000 <= since;
}

function overrides(query: URLSearchParams): Record<string, string> {
  const given = OVERRIDES.map((header) => [header, query.get(`response-${header}`)] as const);
  return Object.fromEntries(given.filter((entry): entry is [string, string] => entry[1] !== null));
}

function noSuchBucket(bucket: string): AwsError {
  return new AwsError('NoSuchBucket', 'The specified bucket does not exist', {
    statusCode: 404,
    details: { BucketName: bucket },
  });
}

function noSuchKey(key: string): AwsError {
  return new AwsError('NoSuchKey', 'The specified key does not exist.', {
    statusCode: 404,
    details: { Key: key },
  });
}
