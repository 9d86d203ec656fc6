/**
 * Signature Version 4, as much of it as API Gateway asks for: a request signed in its headers ("Create a signed AWS API request", IAM
 * User Guide, read November 2026). A page has no module of AWS at hand without a bundler; a test compares this one with it.
 *
 * @typedef {{ accessKeyId: string, secretAccessKey: string, sessionToken?: string }} Credentials
 *
 * @typedef {{ method: string, url: URL, headers?: Record<string, string>, body?: string }} Request  All `headers` are signed.
 */
const SERVICE = 'execute-api';
const ALGORITHM = 'AWS4-HMAC-SHA256';

const bytes = (/** @type {string} */ text) => new TextEncoder().encode(text);

/**
 * The headers of the request with those that sign it. The browser sends `Host` itself, as it is in the URL.
 *
 * @param {Request} request
 * @param {{ credentials: Credentials, region: string, now?: Date }} signer
 * @returns {Promise<Record<string, string>>}
 */
export async function signedHeaders(
  { method, url, headers = {}, body = '' },
  { credentials, region, now = new Date() },
) {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const date = time.slice(0, 8);
  const sent = {
    ...headers,
    'x-amz-date': time,
    ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
  };

  const canonical = Object.entries({ ...sent, host: url.host })
    .map(([name, value]) => [name.toLowerCase(), value.trim().replace(/\s+/g, ' ')])
    .sort(inOrder);
  const names = canonical.map(([name]) => name).join(';');
  const request = [
    method,
    // The path is escaped in the URL, and once more here: so it is for every service but S3.
    url.pathname.split('/').map(escape).join('/'),
    queryOf(url),
    ...canonical.map(([name, value]) => `${name}:${value}`),
    '',
    names,
    await sha256(body),
  ].join('\n');

  const scope = [date, region, SERVICE, 'aws4_request'];
  const toSign = [ALGORITHM, time, scope.join('/'), await sha256(request)].join('\n');
  let key = bytes(`AWS4${secretAccessKey}`);
  for (const part of scope) key = await hmac(key, part);
  const signature = hex(await hmac(key, toSign));
  const credential = [accessKeyId, ...scope].join('/');
  const authorization = `${ALGORITHM} Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...sent, authorization };
}

/** @param {URL} url */
function queryOf({ searchParams }) {
  return [...searchParams]
    .map((pair) => pair.map(escape))
    .sort(inOrder)
    .map((pair) => pair.join('='))
    .join('&');
}

/**
 * By their code units, not by the reader's alphabet.
 *
 * @param {string[]} one
 * @param {string[]} other
 */
function inOrder([name = '', value = ''], [otherName = '', otherValue = '']) {
  if (name !== otherName) return name < otherName ? -1 : 1;
  return value < otherValue ? -1 : Number(value > otherValue);
}

/** RFC 3986: `encodeURIComponent` lets five characters through that are reserved. @param {string} text */
function escape(text) {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** @param {string} text */
async function sha256(text) {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes(text))));
}

/**
 * @param {Uint8Array<ArrayBuffer>} key
 * @param {string} text
 */
async function hmac(key, text) {
  const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ]);
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, bytes(text)));
}

/** @param {Uint8Array} digest */
function hex(digest) {
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
