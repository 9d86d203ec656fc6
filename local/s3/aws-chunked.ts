import { AwsError } from '../aws/aws-error';
import { type AwsRequest } from '../aws/aws-service';

export interface Upload {
  readonly body: Buffer;
  /** Trailing headers by lower-case name, such as `x-amz-checksum-crc32`. */
  readonly trailers: Readonly<Record<string, string>>;
}

const UNSIGNED_STREAM = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';

/**
 * The object in an upload: the body itself, or the content of its `aws-chunked` encoding, which SDKs use for
 * streams whose checksum is known only at the end:
 *
 *     <size in hex>\r\n <bytes> \r\n … 0\r\n <trailer>:<value>\r\n \r\n
 *
 * Chunks that carry a signature each (`STREAMING-AWS4-…`) are refused.
 */
export function decodeUpload({ headers, body }: AwsRequest): Upload {
  const payload = headers['x-amz-content-sha256'] ?? '';
  if (!payload.startsWith('STREAMING-')) return { body, trailers: {} };
  if (payload !== UNSIGNED_STREAM) {
    throw new AwsError('NotImplemented', `x-amz-content-sha256: ${payload} is not supported`, {
      statusCode: 501,
    });
  }
  const upload = decodeChunks(body);
  const declared = headers['x-amz-decoded-content-length'];
  if (declared !== undefined && Number(declared) !== upload.body.length) {
    throw new AwsError('IncompleteBody', `Expected ${declared} bytes, decoded ${upload.body.length}`);
  }
  return upload;
}

function decodeChunks(body: Buffer): Upload {
  const chunks: Buffer[] = [];
  let offset = 0;
  for (;;) {
    const sizeLine = lineAt(body, offset);
    const size = /^[0-9a-f]+$/i.test(sizeLine) ? parseInt(sizeLine, 16) : NaN;
    offset += sizeLine.length + 2;
    if (size === 0) return { body: Buffer.concat(chunks), trailers: readTrailers(body, offset) };
    const chunk = body.subarray(offset, offset + size);
    if (chunk.length !== size) throw malformed();
    chunks.push(chunk);
    offset += size + 2;
  }
}

function readTrailers(body: Buffer, start: number): Record<string, string> {
  const trailers: Record<string, string> = {};
  for (let offset = start; offset < body.length;) {
    const line = lineAt(body, offset);
    if (line === '') break;
    const [name, value] = line.split(/:(.*)/s);
    trailers[name!.toLowerCase().trim()] = value?.trim() ?? '';
    offset += line.length + 2;
  }
  return trailers;
}

/** Latin-1, so that a character is a byte. */
function lineAt(body: Buffer, offset: number): string {
  const end = body.indexOf('\r\n', offset);
  if (end < 0) throw malformed();
  return body.toString('latin1', offset, end);
}

function malformed(): AwsError {
  return new AwsError('IncompleteBody', 'The aws-chunked body ends early or is malformed');
}
