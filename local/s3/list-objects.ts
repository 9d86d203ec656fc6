import { AwsError } from '../aws/aws-error';
import { type AwsRequest, type AwsResponse } from '../aws/aws-service';
import { xmlDocument, type XmlElements } from '../aws/xml';
import { type ObjectMetadata } from './object-metadata';
import { notImplemented, refuseOthers } from './request-limits';

const MAX_KEYS = 1000;

/** ListObjectsV2 by prefix, in pages. Delimiters (common prefixes) are refused. */
export async function listObjects(
  request: AwsRequest,
  bucket: string,
  list: (
    prefix: string,
    page: { readonly after?: string; readonly limit: number },
  ) => Promise<ObjectMetadata[]>,
): Promise<AwsResponse> {
  refuseOthers(request, {
    parameters: ['list-type', 'prefix', 'max-keys', 'start-after', 'continuation-token', 'encoding-type'],
  });
  const { query } = request;
  const prefix = query.get('prefix') ?? '';
  const encoding = query.get('encoding-type') ?? undefined;
  const text = (key: string) => (encoding === 'url' ? encodeURIComponent(key) : key);
  const limit = Math.min(Number(query.get('max-keys') ?? MAX_KEYS), MAX_KEYS);
  if (!Number.isInteger(limit) || limit < 0)
    throw new AwsError('InvalidArgument', 'max-keys must be an integer');

  const token = query.get('continuation-token');
  const after = token === null ? query.get('start-after') : Buffer.from(token, 'base64url').toString();
  const found = await list(prefix, { after: after ?? undefined, limit: limit + 1 });
  const page = found.slice(0, limit);
  const isTruncated = limit > 0 && found.length > limit;
  const result = {
    Name: bucket,
    Prefix: text(prefix),
    MaxKeys: limit,
    KeyCount: page.length,
    EncodingType: encoding,
    IsTruncated: isTruncated,
    ContinuationToken: token ?? undefined,
    NextContinuationToken: isTruncated ? Buffer.from(page.at(-1)!.key).toString('base64url') : undefined,
    Contents: page.map((object) => described(object, text)),
  };
  return listed('ListBucketResult', result);
}

/** ListObjectVersions by prefix: of each object the one version that is kept. A list of more than fits a page is refused. */
export async function listVersions(
  request: AwsRequest,
  bucket: string,
  list: (prefix: string) => Promise<ObjectMetadata[]>,
): Promise<AwsResponse> {
  refuseOthers(request, { parameters: ['versions', 'prefix', 'encoding-type'] });
  const prefix = request.query.get('prefix') ?? '';
  const encoding = request.query.get('encoding-type') ?? undefined;
  const text = (key: string) => (encoding === 'url' ? encodeURIComponent(key) : key);
  const found = await list(prefix);
  if (found.length > MAX_KEYS) throw notImplemented(`a list of more than ${MAX_KEYS} versions`);
  const result = {
    ...{ Name: bucket, Prefix: text(prefix), MaxKeys: MAX_KEYS, EncodingType: encoding, IsTruncated: false },
    Version: found.map((object) => ({
      ...described(object, text),
      ...{ VersionId: object.versionId ?? 'null', IsLatest: true },
    })),
  };
  return listed('ListVersionsResult', result);
}

function described({ key, lastModified, etag, size }: ObjectMetadata, text: (key: string) => string) {
  return {
    ...{ Key: text(key), LastModified: new Date(lastModified).toISOString(), ETag: `"${etag}"` },
    ...{ Size: size, StorageClass: 'STANDARD' },
  };
}

function listed(name: string, result: XmlElements): AwsResponse {
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/xml' },
    body: xmlDocument(name, result, 'http://s3.amazonaws.com/doc/2006-03-01/'),
  };
}
