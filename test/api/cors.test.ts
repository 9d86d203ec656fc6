import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import cdkJson from '../../cdk.json';
import { STAGES } from '../../lib/config';
import { CrossOriginAccess } from '../../lib/api/cors';
import { EventProStage } from '../../lib/eventpro-stage';
import { type Answer, orderBody } from '../../harness/eventpro-client';
import { useOwnLocalRun } from '../support/own-local-run';

const SHOP = 'https://shop.example.com';
const BOX_OFFICE = 'https://box-office.example.com';
const STRANGER = 'https://evil.example.com';

const folder = mkdtempSync(join(tmpdir(), 'eventpro-cors-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The app's dev stage, but for these origins. */
const eventpro = useOwnLocalRun({
  assembly: async () => {
    const app = new App({ context: cdkJson.context, outdir: folder });
    new EventProStage(app, 'EventPro-dev', { ...STAGES[0]!, allowedOrigins: [SHOP, BOX_OFFICE] });
    return app.synth().directory;
  },
});

const post = (headers: Record<string, string>) =>
  eventpro.request('POST', '/api/purchases', {
    headers: {
      'content-type': 'application/json',
      'idempotency-key': '00000000-0000-4000-8000-00000000000c',
      ...headers,
    },
    body: orderBody({ seats: ['A-1'], eventId: 'no-such-event' }),
  });

/** One of each kind of answer: who makes it, and how. */
const ANSWERS: [string, number, (origin: Record<string, string>) => Promise<Answer>][] = [
  ['a preflight', 204, (headers) => eventpro.request('OPTIONS', '/api/purchases', { headers })],
  ['the workflow', 404, post],
  ['a function', 200, (headers) => eventpro.request('GET', '/api/events', { headers })],
  [
    'a function that refuses',
    404,
    (headers) =>
      eventpro.request('GET', '/api/purchases/00000000-0000-4000-8000-00000000000c/ticket', { headers }),
  ],
];

describe.each(ANSWERS)('%s', (_, status, ask) => {
  test.each([
    ['the first origin', SHOP, SHOP],
    ['another origin on the list', BOX_OFFICE, BOX_OFFICE],
    // A browser refuses what names another origin than the page's own.
    ['a stranger', STRANGER, SHOP],
    ['a stranger whose name begins alike', `${BOX_OFFICE}.evil.example.com`, SHOP],
  ])('names to %s one origin of the list, never *', async (_who, origin, named) => {
    const answer = await ask({ origin });

    expect(answer.status).toBe(status);
    expect(answer.headers.get('access-control-allow-origin')).toBe(named);
    expect(answer.headers.get('vary')).toContain('Origin');
  });
});

test('a gateway response always names the first origin: it is no template', async () => {
  const answer = await post({ origin: BOX_OFFICE, 'content-type': 'text/plain' });

  expect(answer.status).toBe(415);
  expect(answer.headers.get('access-control-allow-origin')).toBe(SHOP);
  expect(answer.headers.get('vary')).toBe('Origin');
});

test('a preflight allows what the storefront sends', async () => {
  const { headers } = await eventpro.request('OPTIONS', '/api/purchases', { headers: { origin: SHOP } });

  expect(headers.get('access-control-allow-methods')).toBe('GET,POST');
  expect(headers.get('access-control-allow-headers')).toBe('Content-Type,Idempotency-Key');
  expect(headers.get('access-control-allow-credentials')).toBeNull();
});

test.each(['*', 'https://shop.example.com/', 'https://shop.example.com/tickets', 'shop.example.com', 'null'])(
  '%s is no origin, and does not synthesise',
  (origin) => {
    expect(() => new CrossOriginAccess([origin])).toThrow('is no origin');
  },
);
