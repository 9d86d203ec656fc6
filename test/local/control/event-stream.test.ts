import { type ClientRequest, get } from 'node:http';
import { EventStream } from '../../../local/control/event-stream';
import { type HttpServer, listen } from '../../../local/http/http-server';
import { eventually } from '../../../harness/eventpro-client';

let server: HttpServer;
let stream: EventStream;
const requests: ClientRequest[] = [];

beforeEach(async () => {
  server = await listen(0);
  stream = new EventStream();
  server.serve([() => stream.connect()]);
});
afterEach(async () => {
  await server.close();
  // One that does not read does not notice.
  for (const request of requests.splice(0)) request.destroy();
});

test('every client hears each event, as the format of server-sent events has it', async () => {
  const clients = [await connect(), await connect()];

  stream.publish('clock', () => ({ now: 'then', text: 'two\nlines' }));

  for (const { heard } of clients) {
    await eventually(async () => heard().includes('then') || undefined, 'the event');
    expect(heard()).toBe('retry: 1000\n\nevent: clock\ndata: {"now":"then","text":"two\\nlines"}\n\n');
  }
});

test('a client that hangs up is forgotten, and costs nothing any more', async () => {
  const staying = await connect();
  const { hangUp } = await connect();
  expect(stream.clients).toBe(2);

  hangUp();

  await eventually(async () => stream.clients === 1 || undefined, 'one client');
  stream.publish('inbox', () => ({}));
  await eventually(async () => staying.heard().includes('inbox') || undefined, 'the event');
});

test('without a client no event is even made', () => {
  const data = jest.fn(() => ({}));

  stream.publish('inbox', data);

  expect(data).not.toHaveBeenCalled();
});

test('a client that does not read is cut off instead of being waited for', async () => {
  await connect({ reading: false });
  const text = 'x'.repeat(1024 * 1024);

  await eventually(async () => {
    stream.publish('inbox', () => ({ text }));
    return stream.clients === 0 || undefined;
  }, 'no client');
});

test('the server closes at once while clients listen', async () => {
  await connect();
  const asked = Date.now();

  await server.close();

  expect(Date.now() - asked).toBeLessThan(1_000);
  await eventually(async () => stream.clients === 0 || undefined, 'no client');
});

/** A client that has got the beginning of the answer. */
function connect({ reading = true } = {}): Promise<{ heard: () => string; hangUp: () => void }> {
  return new Promise((resolve) => {
    let text = '';
    const request = get(server.url, (response) => {
      if (reading) response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('error', () => undefined);
      resolve({ heard: () => text, hangUp: () => request.destroy() });
    });
    request.on('error', () => undefined);
    requests.push(request);
  });
}
