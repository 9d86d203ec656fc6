import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { type AwsRequest, type AwsResponse } from '../aws/aws-service';
import { type HttpHandler } from './http-server';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
};

/**
 * Serves the files of a folder: `index.html` for a folder, whose address is made to end in a slash, so that relative
 * links in it hold. A browser keeps a file and asks each time whether it is still the same.
 *
 * @param headersOf headers beside those of the file's type, by its path below the root
 */
export function staticFiles(
  directory: string,
  headersOf: (path: string) => Readonly<Record<string, string>> = () => ({}),
): HttpHandler {
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return undefined;
    const path = pathBelowRoot(request.path);
    if (path === undefined) return undefined;
    if (!path.endsWith('/') && existsSync(join(directory, path, 'index.html'))) {
      return { statusCode: 302, headers: { location: encodeURI(`${path}/`) } };
    }
    const file = path.endsWith('/') ? `${path}index.html` : path;
    const type = TYPES[extname(file)];
    if (!type) return undefined;
    try {
      const content = await readFile(join(directory, file));
      return answer(request, content, { ...headersOf(path), 'content-type': type });
    } catch (error) {
      // A path that goes on below a file, or that is longer than any file's can be, names none either.
      if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes((error as NodeJS.ErrnoException).code ?? ''))
        return undefined;
      throw error;
    }
  };
}

/** `normalize` takes out every `..` that would lead above the root; undefined for what is no path. */
function pathBelowRoot(requested: string): string | undefined {
  try {
    const path = decodeURIComponent(requested);
    // A backslash parts folders on Windows, and no file of ours has one. What begins with a dot an editor has left there.
    return /[\0\\]|\/\.[^/.]/.test(path) ? undefined : normalize(`/${path}`);
  } catch {
    return undefined; // No percent-encoded text.
  }
}

function answer(request: AwsRequest, body: Buffer, headers: Record<string, string>): AwsResponse {
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
  const known = request.headers['if-none-match'] === etag;
  return {
    statusCode: known ? 304 : 200,
    headers: { ...headers, etag, 'cache-control': 'no-cache' },
    body: known ? undefined : body,
  };
}
