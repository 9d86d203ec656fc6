/** A request in an AWS service's wire protocol, as the SDK sent it. */
export interface AwsRequest {
  readonly method: string;
  /** Path as sent, still percent-encoded, without the query string. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** How the names were written, by the name in lower case. @default in lower case, as HTTP/2 has them */
  readonly headerNames?: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Address that the connection came from. @default 127.0.0.1 */
  readonly sourceIp?: string;
}

export interface AwsResponse {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/**
 * One AWS service behind the local endpoint.
 *
 * A service is chosen by the SigV4 credential scope of the request, so unmodified SDK clients reach all of them
 * through one `AWS_ENDPOINT_URL`.
 */
export interface AwsService {
  /** SigV4 signing name: `s3`, `sns`, `sqs`, `ses`, `secretsmanager`, `states`. */
  readonly signingName: string;
  /** What precedes the operation in `X-Amz-Target`, for a service that speaks AWS JSON: `AWSStepFunctions`. */
  readonly targetPrefix?: string;
  handle(request: AwsRequest): Promise<AwsResponse>;
}

/** The account, region and credentials of the local run. The keys are public: they guard nothing but the laptop. */
export const LOCAL_ACCOUNT = '000000000000';
export const LOCAL_REGION = 'us-east-1';
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' } as const;

/** What the local run does not interpret, it refuses by this error, naming the thing. */
export class UnsupportedLocally extends Error {
  override readonly name = 'UnsupportedLocally';

  constructor(what: string) {
    super(`${what} is not supported by the local run (see local/README.md)`);
  }
}
