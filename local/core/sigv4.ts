import { createHash, timingSafeEqual } from 'node:crypto';
import { Sha256 } from '@smithy/core/checksum';
import {
  ALGORITHM_IDENTIFIER,
  getCanonicalHeaders,
  MAX_PRESIGNED_TTL,
  SignatureV4,
} from '@smithy/signature-v4';
import { type AwsRequest, LOCAL_CREDENTIALS } from '../aws/aws-service';
import { type LocalClock } from './clock';

/** Who signed, and for what: `<accessKeyId>/<yyyymmdd>/<region>/<service>/aws4_request`. */
export interface CredentialScope {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

export type SignatureFailureCode =
  'SignatureDoesNotMatch' | 'RequestExpired' | 'MissingAuthenticationToken' | 'InvalidAccessKeyId';

export type SignatureCheck =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: SignatureFailureCode; readonly message: string };

export interface SignatureOptions {
  readonly service: string;
  readonly clock: LocalClock;
  /** Who has an access key beside the local one, which may do everything. @default nobody */
  readonly isUser?: (accessKeyId: string) => boolean;
}

interface Claim {
  readonly scope: CredentialScope;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `yyyymmddThhmmssZ` */
  readonly date: string;
  /** Lifetime in seconds, of a presigned URL only. */
  readonly expires?: number;
}

/** Reads the credential scope from the Authorization header, or from the query of a presigned URL. */
export function credentialScope(request: AwsRequest): CredentialScope | undefined {
  const credential = authorizationFields(request)?.Credential ?? request.query.get('X-Amz-Credential') ?? '';
  const [accessKeyId, date, region, service, terminator] = credential.split('/');
  if (!accessKeyId || !date || !region || !service || terminator !== 'aws4_request') return undefined;
  return { accessKeyId, date, region, service };
}

/**
 * Checks the Signature Version 4 of a request signed in its headers or in its query (presigned), by signing it
 * again: every secret is that of the local credentials.
 *
 * The date of a header-signed request is not held against the clock: the local clock can be moved, the machine's
 * cannot. The expiry of a presigned URL is, against the local clock.
 */
export async function verifySignature(
  request: AwsRequest,
  { service, clock, isUser = () => false }: SignatureOptions,
): Promise<SignatureCheck> {
  const claim = readClaim(request);
  if (!claim)
    return failure('MissingAuthenticationToken', 'The request is not signed with Signature Version 4');
  const { accessKeyId } = claim.scope;
  if (accessKeyId !== LOCAL_CREDENTIALS.accessKeyId && !isUser(accessKeyId)) {
    return failure('InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records');
  }
  if (claim.scope.service !== service) {
    return mismatch(`Credential should be scoped to correct service: '${service}'`);
  }
  const unsigned = unsignedHeader(request, claim);
  if (unsigned) return mismatch(`The header ${unsigned} is not among the signed headers`);

  const payloadHash = declaredPayloadHash(request, claim);
  if (/^[0-9a-f]{64}$/.test(payloadHash) && payloadHash !== sha256(request.body)) {
    return mismatch("The provided 'x-amz-content-sha256' header does not match what was computed");
  }
  const expected = await new ReceivedRequestSigner(claim.scope).signature(request, claim, payloadHash);
  if (!sameText(expected, claim.signature)) {
    return mismatch('The request signature we calculated does not match the signature you provided');
  }
  return checkExpiry(claim, clock);
}

/** The SDK's own signer, made to sign a request as it was received: its headers, its date, its scope. */
class ReceivedRequestSigner extends SignatureV4 {
  constructor(private readonly scope: CredentialScope) {
    super({
      service: scope.service,
      region: scope.region,
      credentials: LOCAL_CREDENTIALS,
      sha256: Sha256,
      // S3 alone signs the path as sent; every other service encodes it a second time.
      uriEscapePath: scope.service !== 's3',
    });
  }

  async signature(request: AwsRequest, claim: Claim, payloadHash: string): Promise<string> {
    const received = {
      method: request.method,
      protocol: 'http:',
      hostname: '',
      path: request.path,
      query: queryBag(request.query),
      headers: Object.fromEntries(claim.signedHeaders.map((name) => [name, request.headers[name] ?? ''])),
    };
    // The third argument signs also those headers that the SDK would leave out, if this client signed them.
    const canonicalHeaders = getCanonicalHeaders(received, undefined, new Set(claim.signedHeaders));
    const canonicalRequest = this.createCanonicalRequest(received, canonicalHeaders, payloadHash);
    const { date, region, service } = this.scope;
    const stringToSign = await this.createStringToSign(
      claim.date,
      `${date}/${region}/${service}/aws4_request`,
      canonicalRequest,
      ALGORITHM_IDENTIFIER,
    );
    return this.sign(stringToSign, { signingDate: parseAmzDate(claim.date) });
  }
}

function readClaim(request: AwsRequest): Claim | undefined {
  const scope = credentialScope(request);
  if (!scope) return undefined;
  const fields = authorizationFields(request);
  const claim = fields
    ? {
        scope,
        signedHeaders: fields.SignedHeaders?.split(';') ?? [],
        signature: fields.Signature ?? '',
        date: request.headers['x-amz-date'] ?? '',
      }
    : {
        scope,
        signedHeaders: request.query.get('X-Amz-SignedHeaders')?.split(';') ?? [],
        signature: request.query.get('X-Amz-Signature') ?? '',
        date: request.query.get('X-Amz-Date') ?? '',
        expires: Number(request.query.get('X-Amz-Expires')),
      };
  return parseAmzDate(claim.date) && claim.date.startsWith(scope.date) ? claim : undefined;
}

/** `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`: the space after a comma is optional. */
function authorizationFields(request: AwsRequest): Partial<Record<string, string>> | undefined {
  const header = request.headers.authorization;
  if (!header?.startsWith(`${ALGORITHM_IDENTIFIER} `)) return undefined;
  const fields = header.slice(ALGORITHM_IDENTIFIER.length).split(',');
  return Object.fromEntries(
    fields.map((field) => field.trim().split(/=(.*)/s).slice(0, 2) as [string, string]),
  );
}

/** AWS wants `host` and every `x-amz-*` header signed: a header added to a presigned URL must not pass. */
function unsignedHeader(request: AwsRequest, claim: Claim): string | undefined {
  return Object.keys(request.headers).find(
    (name) => (name === 'host' || name.startsWith('x-amz-')) && !claim.signedHeaders.includes(name),
  );
}

/** What the signer put on the last line of the canonical request: a hash, or S3's words for "not hashed". */
function declaredPayloadHash(request: AwsRequest, claim: Claim): string {
  const declared = request.headers['x-amz-content-sha256'] ?? request.query.get('X-Amz-Content-Sha256');
  if (declared) return declared;
  return claim.expires !== undefined && claim.scope.service === 's3'
    ? 'UNSIGNED-PAYLOAD'
    : sha256(request.body);
}

function checkExpiry(claim: Claim, clock: LocalClock): SignatureCheck {
  if (claim.expires === undefined) return { ok: true };
  if (!(claim.expires >= 1 && claim.expires <= MAX_PRESIGNED_TTL)) {
    return mismatch(`X-Amz-Expires must be from 1 to ${MAX_PRESIGNED_TTL} seconds`);
  }
  const expiresAt = parseAmzDate(claim.date)!.getTime() + claim.expires * 1000;
  return clock.now() > expiresAt ? failure('RequestExpired', 'Request has expired') : { ok: true };
}

function parseAmzDate(date: string): Date | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  if (!parts) return undefined;
  const [, year, month, day, hours, minutes, seconds] = parts;
  const time = new Date(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

/** Repeated parameters stay repeated; the signature itself is left out by the signer. */
function queryBag(query: URLSearchParams): Record<string, string[]> {
  return Object.fromEntries([...new Set(query.keys())].map((name) => [name, query.getAll(name)]));
}

function sha256(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}

/** As bytes: two texts of one length need not have as many bytes as each other. */
function sameText(one: string, other: string): boolean {
  const [bytes, others] = [Buffer.from(one), Buffer.from(other)];
  return bytes.length === others.length && timingSafeEqual(bytes, others);
}

function mismatch(message: string): SignatureCheck {
  return failure('SignatureDoesNotMatch', message);
}

function failure(code: SignatureFailureCode, message: string): SignatureCheck {
  return { ok: false, code, message };
}
