import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { UnsupportedLocally } from '../../local/aws/aws-service';
import { type HttpHandler, type HttpServer, listen } from '../../local/http/http-server';

const servers: HttpServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function serve(handler: HttpHandler, warn?: (message: string) => void): Promise<URL> {
  const server = await listen(0, warn);
  servers.push(server);
  server.serve([handler]);
  return new URL(server.url);
}

/** `fetch` sets the `Host` itself. */
async function askAs(host: string, { port }: URL): Promise<[status: number | undefined, body: string]> {
  const asked = request({ host: '127.0.0.1', port, headers: { host } }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return [response.statusCode, await text(response)];
}

test.each([
  '127.0.0.1',
  '127.0.0.1:8080',
  'localhost:3000',
  'LOCALHOST',
  '[::1]:3000',
  'bucket.localhost:80',
])('a request to %s is for this machine', async (host) => {
  const url = await serve(() => ({ statusCode: 200, body: 'here' }));

  expect(await askAs(host, url)).toEqual([200, 'here']);
});

test.each(['127.0.0.1', '127.0.0.2', '127.1.2.3'])('knows who asks: %s', async (localAddress) => {
  const { port } = await serve(({ sourceIp }) => ({ statusCode: 200, body: sourceIp }));

  const asked = request({ host: '127.0.0.1', port, localAddress }).end();

  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  expect(await text(response)).toBe(localAddress);
});

test.each(['evil.example', 'evil.example:3000', '127.0.0.1.evil.example', 'notlocalhost', '0.0.0.0:3000'])(
  'a request to %j is not: a name server may have bent the name to lead here',
  async (host) => {
    const handler = jest.fn();
    const url = await serve(handler);

    const [status, body] = await askAs(host, url);

    expect(status).toBe(421);
    expect(body).toBe(`This server is 127.0.0.1 or localhost, not ${host}.\n`);
    expect(handler).not.toHaveBeenCalled();
  },
);

test('of an error that nobody expected the client learns nothing, and the developer everything', async () => {
  const warn = jest.fn();
  const url = await serve(() => Promise.reject(new TypeError('/home/me/secret is broken')), warn);

  const response = await fetch(new URL('/local/inbox', url));

  expect(response.status).toBe(500);
  expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(await response.text()).toBe('Internal server error\n');
  expect(warn).toHaveBeenCalledWith(
    expect.stringMatching(/^GET \/local\/inbox: TypeError: \/home\/me\/secret is broken\n +at /),
  );
});

test('what is not supported is named to the client, too', async () => {
  const url = await serve(() => Promise.reject(new UnsupportedLocally('$util.toJson')));

  const response = await fetch(url);

  expect([response.status, await response.text()]).toEqual([
    501,
    '$util.toJson is not supported by the local run (see local/README.md)\n',
  ]);
});

test('a client that hangs up while it sends is no failure of the server', async () => {
  const warn = jest.fn();
  const url = await serve(() => ({ statusCode: 200 }), warn);
  const asked = request(url, { method: 'POST', headers: { 'content-length': 100 } });
  asked.on('error', () => undefined);
  asked.write('begun');
  await new Promise((resolve) => setTimeout(resolve, 50));

  asked.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));

  expect(warn).not.toHaveBeenCalled();
});

test('the last port in use has no next one', async () => {
  const other = createServer();
  // Somebody else may have it, which is as good.
  await new Promise<void>((resolve) =>
    other.once('error', () => resolve()).listen(65_535, '127.0.0.1', resolve),
  );

  const listening = listen(65_535);

  await expect(listening).rejects.toThrow(
    /^Port 65535 is in use\. Choose another one: PORT=0 npm start for any free one$/,
  );
  other.close();
});
