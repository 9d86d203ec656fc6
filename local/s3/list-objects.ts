import { AwsError } from '../aws/aws-error';
import { type AwsRequest, type AwsResponse } from '../aws/aws-service';
import { xmlDocument } from '../aws/xml';
import { type ObjectMetadata } from './object-metadata';
import { refuseOthers } from './request-limits';

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
    Contents: page.map((object) => ({
      Key: text(object.key),
      LastModified: new Date(object.lastModified).toISOString(),
      ETag: `"${object.etag}"`,
      Size: object.size,
      StorageClass: 'STANDARD',
    })),
  };
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/xml' },
    body: xmlDocument('ListBucketResult', result, 'http://s3.amazonaws.com/doc/2006-03-01/'),
  };
}
