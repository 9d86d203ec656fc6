import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../aws/aws-service';

export interface Signer {
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

const LOCAL_SIGNER: Signer = { region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS };

interface SignedRequest {
  readonly method: string;
  /** JSON. @default none */
  readonly body?: string;
}

/** `fetch` with a SigV4 signature, for a route of API Gateway that asks for IAM. */
export async function signedFetch(
  url: string,
  init: SignedRequest & Pick<RequestInit, 'signal'>,
  signer?: Signer,
): Promise<Response> {
  return fetch(url, { ...init, headers: await signedHeaders(url, init, signer) });
}

/** The headers of such a request, their names in lower case. */
export async function signedHeaders(
  url: string,
  init: SignedRequest,
  { region, credentials }: Signer = LOCAL_SIGNER,
): Promise<Record<string, string>> {
  const { host, hostname, pathname, port, protocol, searchParams } = new URL(url);
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
  const { headers } = await signer.sign({
    ...init,
    ...{ protocol, hostname, path: pathname, port: port === '' ? undefined : Number(port) },
    query: Object.fromEntries(searchParams),
    headers: { host, ...(init.body !== undefined && { 'content-type': 'application/json' }) },
  });
  return headers;
}
