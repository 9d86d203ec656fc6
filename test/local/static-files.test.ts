import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { staticFiles } from '../../local/http/static-files';

const root = mkdtempSync(join(tmpdir(), 'static-files-'));
const site = join(root, 'site');
mkdirSync(join(site, 'console'), { recursive: true });
writeFileSync(join(site, 'index.html'), 'home');
writeFileSync(join(site, 'page.js'), 'script');
writeFileSync(join(site, '.#page.js'), 'left by an editor');
writeFileSync(join(site, 'page.js~'), 'left by an editor');
writeFileSync(join(site, 'notes.txt'), 'notes');
writeFileSync(join(site, 'console', 'index.html'), 'console');
writeFileSync(join(root, 'secret.json'), 'secret');
afterAll(() => rmSync(root, { recursive: true, force: true }));

const serve = staticFiles(site, (path) => ({
  'x-frame-options': path === '/console/' ? 'SAMEORIGIN' : 'DENY',
}));

function get(path: string, headers: Record<string, string> = {}, method = 'GET') {
  return serve({ method, path, headers, query: new URLSearchParams(), body: Buffer.alloc(0) });
}

test.each([
  ['/', 'home', 'text/html; charset=utf-8', 'DENY'],
  ['/page.js', 'script', 'text/javascript; charset=utf-8', 'DENY'],
  ['/console/', 'console', 'text/html; charset=utf-8', 'SAMEORIGIN'],
])('%s is a file with its type and the headers of its path', async (path, body, type, framing) => {
  const answer = await get(path);

  expect(answer).toMatchObject({ statusCode: 200, body: Buffer.from(body) });
  expect(answer!.headers).toMatchObject({
    'content-type': type,
    'cache-control': 'no-cache',
    'x-frame-options': framing,
  });
});

test.each(['/console', '//console'])('the folder %s gets its slash, on this host', async (path) => {
  expect(await get(path)).toEqual({ statusCode: 302, headers: { location: '/console/' } });
});

test('a file the browser has is not sent again', async () => {
  const { etag } = (await get('/page.js'))!.headers!;

  const again = await get('/page.js', { 'if-none-match': etag! });

  expect([again!.statusCode, again!.body]).toEqual([304, undefined]);
});

test.each([
  '/../secret.json',
  '/console/../../secret.json',
  '/..%2fsecret.json',
  '/%2e%2e/secret.json',
  '/..%5csecret.json',
  '/secret.json%00.html',
  '/%ff',
  '/notes.txt',
  '/.%23page.js',
  '/page.js~',
  '/page.js/index.html',
  '/nothing.html',
])('%s is not served', async (path) => {
  expect(await get(path)).toBeUndefined();
});

test('a name that is longer than any file has is not served', async () => {
  expect(await get(`/${'a'.repeat(300)}.html`)).toBeUndefined();
});

test('other methods are for somebody else', async () => {
  expect(await get('/', {}, 'POST')).toBeUndefined();
});
