import { AwsError } from '../aws/aws-error';
import { type AwsRequest } from '../aws/aws-service';

/** Query parameters that any request may carry: the presigned signature and the SDK's operation name. */
const SIGNATURE_PARAMETERS =
  /^(x-id|X-Amz-(Algorithm|Credential|Date|Expires|SignedHeaders|Signature|Security-Token|Content-Sha256|User-Agent))$/i;

/** Headers that only carry the signature, the checksums or the user metadata. */
const PLAIN_AMZ_HEADERS =
  /^x-amz-(date|content-sha256|security-token|user-agent|decoded-content-length|trailer|sdk-checksum-algorithm|checksum-.*|meta-.*)$/;

const CONDITIONS = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'range'];

/**
 * Refuses, by name, whatever asks for more than the operation does here: a sub-resource (`?tagging`), a header such
 * as `x-amz-copy-source`, a condition. S3 would act on it, so to ignore it would be to lie.
 */
export function refuseOthers(
  request: AwsRequest,
  allowed: { readonly parameters?: readonly string[]; readonly headers?: readonly string[] },
): void {
  for (const name of request.query.keys()) {
    if (
      !SIGNATURE_PARAMETERS.test(name) &&
      !isChecksumParameter(name) &&
      !allowed.parameters?.includes(name)
    ) {
      throw notImplemented(`the query parameter ${name}`);
    }
  }
  for (const [name, value] of Object.entries(request.headers)) {
    const asksForMore = name.startsWith('x-amz-') ? !PLAIN_AMZ_HEADERS.test(name) : CONDITIONS.includes(name);
    if (asksForMore && !allowed.headers?.includes(name)) throw notImplemented(`the header ${name}: ${value}`);
  }
}

export function notImplemented(what: string): AwsError {
  return new AwsError('NotImplemented', `The local S3 does not implement ${what}`, { statusCode: 501 });
}

/** Presigning moves `x-amz-checksum-mode` and the like from the headers to the query. */
function isChecksumParameter(name: string): boolean {
  return /^x-amz-(checksum-|sdk-checksum-)/i.test(name);
}
