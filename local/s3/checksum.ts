import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { AwsError } from '../aws/aws-error';

/** A checksum that came with an upload and goes back with each download: `x-amz-checksum-crc32: <base64>`. */
export interface Checksum {
  readonly header: string;
  readonly value: string;
}

const PREFIX = 'x-amz-checksum-';

const DIGESTS: Readonly<Record<string, (body: Buffer) => Buffer>> = {
  crc32: (body) => {
    const digest = Buffer.alloc(4);
    digest.writeUInt32BE(crc32(body));
    return digest;
  },
  sha1: (body) => createHash('sha1').update(body).digest(),
  sha256: (body) => createHash('sha256').update(body).digest(),
};

/** Checks the checksums sent in headers or trailers against the body; the flexible one is returned to be kept. */
export function verifyChecksums(sent: Readonly<Record<string, string>>, body: Buffer): Checksum | undefined {
  const md5 = sent['content-md5'];
  if (md5 && md5 !== createHash('md5').update(body).digest('base64')) {
    throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received');
  }
  const header = Object.keys(sent).find((name) => name.startsWith(PREFIX));
  if (!header) return undefined;
  const algorithm = header.slice(PREFIX.length);
  const digest = DIGESTS[algorithm];
  if (!digest) {
    throw new AwsError('NotImplemented', `The checksum algorithm ${algorithm} is not supported`, {
      statusCode: 501,
    });
  }
  const value = sent[header]!;
  if (value !== digest(body).toString('base64')) {
    throw new AwsError('BadDigest', `The ${algorithm} you specified did not match the calculated checksum`);
  }
  return { header, value };
}
