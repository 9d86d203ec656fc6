import type { APIGatewayProxyEvent } from 'aws-lambda';
import { headersNamed } from './headers';

/** CloudFront adds it to every request for the API; what a viewer puts there is overwritten. */
export const ORIGIN_SECRET_HEADER = 'x-origin-verify';

/** In which CloudFront tells the viewer's address. */
export const VIEWER_ADDRESS_HEADER = 'x-viewer-address';

/**
 * The address that a request came from: CloudFront's word for it, where the request has the secret, as in the mapping template of
 * `POST /purchases` (`lib/api/viewer-address.ts`). Two spellings of a header make one value, which is not the secret.
 *
 * @param secret @default there is no CloudFront, and nobody is believed
 */
export function viewerAddressOf(
  { headers, requestContext }: Pick<APIGatewayProxyEvent, 'headers' | 'requestContext'>,
  secret: string | undefined,
): string {
  const value = (wanted: string) => headersNamed(headers, wanted).join('');
  const told = value(VIEWER_ADDRESS_HEADER);
  const isProven = secret !== undefined && value(ORIGIN_SECRET_HEADER) === secret;
  return isProven && told !== '' ? told : requestContext.identity.sourceIp;
}
