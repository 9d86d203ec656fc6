import { randomUUID } from 'node:crypto';
import { type AwsRequest, type AwsResponse } from './aws-service';
import { xmlDocument } from './xml';

export interface AwsErrorOptions {
  /** @default 400 */
  readonly statusCode?: number;
  /** Further fields of the error document, such as S3's `Key`. */
  readonly details?: Readonly<Record<string, string>>;
  /** Code of the same error in the older Query protocol, where a JSON service still sends it (SQS). */
  readonly queryCode?: string;
}

/**
 * An error that a service answers with. A service throws it; the endpoint puts it in the shape of the caller's
 * protocol, so that the SDK raises an error whose `name` is this code.
 */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly statusCode: number;

  constructor(
    readonly code: string,
    message: string,
    readonly options: AwsErrorOptions = {},
  ) {
    super(message);
    this.statusCode = options.statusCode ?? 400;
  }
}

/** Shapes an error for S3 (REST-XML), Query/XML or a JSON protocol, told apart by service and content type. */
export function errorResponse(
  request: AwsRequest,
  service: string | undefined,
  error: AwsError,
): AwsResponse {
  const requestId = randomUUID();
  if (service === 's3') {
    // An answer to HEAD has no body; the SDK then goes by the status alone.
    if (request.method === 'HEAD') return { statusCode: error.statusCode };
    const content = {
      Code: error.code,
      Message: error.message,
      ...error.options.details,
      RequestId: requestId,
    };
    return xmlResponse(error.statusCode, xmlDocument('Error', content));
  }
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    const fault = error.statusCode < 500 ? 'Sender' : 'Receiver';
    const content = {
      Error: { Type: fault, Code: error.code, Message: error.message, ...error.options.details },
      RequestId: requestId,
    };
    return xmlResponse(error.statusCode, xmlDocument('ErrorResponse', content));
  }
  return {
    statusCode: error.statusCode,
    headers: {
      'content-type': request.headers['content-type'] ?? 'application/json',
      'x-amzn-errortype': error.code,
      ...(error.options.queryCode && { 'x-amzn-query-error': `${error.options.queryCode};Sender` }),
    },
    body: JSON.stringify({ __type: error.code, message: error.message, ...error.options.details }),
  };
}

function xmlResponse(statusCode: number, body: string): AwsResponse {
  return { statusCode, headers: { 'content-type': 'application/xml' }, body };
}
