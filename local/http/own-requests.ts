import { type AwsRequest } from '../aws/aws-service';

/**
 * Whether the `Host` header names this machine, at any port. Another name that leads here is one that somebody's name server has
 * bent (DNS rebinding): to the browser, what answers is then a part of that somebody's site, which may read it all.
 */
export function isThisMachine(host: string | undefined): boolean {
  if (host === undefined) return true; // HTTP/1.0, which no browser speaks.
  const name = host.replace(/:\d*$/, '').toLowerCase();
  return ['127.0.0.1', '[::1]', 'localhost'].includes(name) || name.endsWith('.localhost');
}

/** Methods that change nothing: their answers are all that a page from elsewhere could want, and it cannot read them. */
const SAFE_METHODS = ['GET', 'HEAD'];

/**
 * Whether a page from elsewhere makes the browser send this, to change something. It cannot read the answer, but a browser sends
 * a plain POST all the same. Tools that are no browser send neither header.
 */
export function isForeignChange({ method, headers }: Pick<AwsRequest, 'method' | 'headers'>): boolean {
  if (SAFE_METHODS.includes(method)) return false;
  const { host, origin, 'sec-fetch-site': site } = headers;
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  return origin !== undefined && origin !== `http://${String(host)}`;
}
