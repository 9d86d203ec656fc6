import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { type HttpHandler } from './http-server';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};

/** Serves the files of a folder; a path without an extension is a folder, and means its `index.html`. */
export function staticFiles(directory: string): HttpHandler {
  return async ({ method, path }) => {
    if (method !== 'GET' && method !== 'HEAD') return undefined;
    try {
      const file = normalize(decodeURIComponent(extname(path) ? path : `${path}/index.html`));
      const type = TYPES[extname(file)];
      if (!type || file.includes('\0')) return undefined;
      // `normalize` has taken out every `..` that would lead above the root.
      const content = await readFile(join(directory, file));
      return {
        statusCode: 200,
        headers: { 'content-type': type, 'cache-control': 'no-cache' },
        body: content,
      };
    } catch (error) {
      // No such file, or a path that is no percent-encoded text.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof URIError) return undefined;
      throw error;
    }
  };
}
