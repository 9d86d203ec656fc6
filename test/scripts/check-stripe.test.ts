import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { STRIPE_EVENTS } from '../../lambda/stripe-events/stripe-event';
import { LocalClock } from '../../local/core/clock';
import { type EventEndpoint } from '../../local/stripe/event-destination';
import { startStripeServer } from '../../local/stripe/stripe-server';
import { differences } from '../../scripts/check-stripe/compare';
import { readFields } from '../../scripts/check-stripe/read-fields';
import { useStripeServer } from '../local/stripe/stripe-fixture';
import { programOf } from '../support/program';

const stripe = useStripeServer();

/** Milliseconds: four answers are waited for in vain, 4 s each, on a machine that may be busy. */
const PLAYED = 240_000;

test(
  'every outcome agrees with a server that is the same, and everything is given back',
  async () => {
    const { code, output } = await check('--against', stripe.server.url);

    expect(output).not.toContain('DIFFER');
    expect(output).toMatch(/(\d+) of \1 outcomes agree/);
    expect(output).toContain('Not played:\n- a buyer who passes or fails 3-D Secure');
    expect(code).toBe(0);
    const payments = stripe.server.payments();
    expect(payments.length).toBeGreaterThan(30);
    expect(payments.map(({ captured, refunded }) => captured - refunded)).toEqual(payments.map(() => 0));
    const ended = payments.filter(({ status }) => status === 'canceled' || status === 'succeeded');
    expect(ended).toHaveLength(payments.length);
  },
  PLAYED,
);

describe('the negative control: a server that says one thing differently', () => {
  let server: Server;
  /** What is replaced in the answers. */
  let altered: readonly [text: string, by: string];
  beforeEach((done) => {
    server = createServer((request, response) => {
      void (async () => {
        const chunks: Buffer[] = [];
        for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
        const { method, url, headers } = request;
        const answer = await fetch(`${stripe.server.url}${url}`, {
          method,
          headers: Object.entries(headers).flatMap(([name, value]): [string, string][] =>
            ['authorization', 'content-type', 'idempotency-key'].includes(name)
              ? [[name, String(value)]]
              : [],
          ),
          ...(method === 'POST' && { body: Buffer.concat(chunks).toString() }),
        });
        response.writeHead(answer.status, { 'Content-Type': 'application/json' });
        response.end((await answer.text()).replaceAll(...altered));
      })();
    }).listen(0, '127.0.0.1', done);
  });
  afterEach((done) => {
    server.closeAllConnections();
    server.close(done);
  });
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  test.each([
    [
      'the reason of a decline',
      'InsufficientFunds',
      ['"decline_code":"insufficient_funds"', '"decline_code":"do_not_honor"'],
      /POST \/v1\/payment_intents\/\{id\}\/confirm: error\.decline_code: server do_not_honor, local insufficient_funds/,
    ],
    [
      'the status of a payment',
      'a card pays',
      ['"status":"requires_capture"', '"status":"processing"'],
      /result 1: server PaymentGatewayTimeout, local authorised/,
    ],
    [
      'whether a charge is refunded, in a list',
      'the audit lists',
      ['"refunded":true', '"refunded":false'],
      /GET \/v1\/payment_intents: data\.1\.latest_charge\.refunded: server false, local true/,
    ],
    [
      'the code of an error of ours',
      'below the minimum',
      ['"code":"amount_too_small"', '"code":"amount_is_small"'],
      /POST \/v1\/payment_intents: error\.code: server amount_is_small, local amount_too_small/,
    ],
  ] as const)(
    '%s',
    async (_, only, replacement, reported) => {
      altered = replacement;

      const { code, output } = await check('--against', url(), '--only', only);

      expect(output).toContain('DIFFER');
      expect(output).toMatch(reported);
      expect(code).toBe(1);
    },
    PLAYED,
  );

  test(
    'and the same outcomes, when it says nothing differently',
    async () => {
      altered = ['"livemode":false', '"livemode":true'];

      const { code, output } = await check('--against', url(), '--only', 'a card pays');

      expect(output).toContain('2 of 2 outcomes agree');
      expect(code).toBe(0);
    },
    PLAYED,
  );
});

describe('the key', () => {
  /** Loaded before the program: the first request of it ends it. */
  let tripwire: string;
  beforeAll(() => {
    tripwire = join(mkdtempSync(join(tmpdir(), 'eventpro-check-stripe-')), 'tripwire.js');
    writeFileSync(tripwire, 'globalThis.fetch = () => { console.log("ASKED"); process.exit(99); };');
  });
  afterAll(() => rmSync(dirname(tripwire), { recursive: true, force: true }));

  const KEYS = [
    ['a live key', 'sk_live_51Quillon', 'STRIPE_SECRET_KEY is a live key'],
    ['a restricted live key', 'rk_live_51Quillon', 'STRIPE_SECRET_KEY is a live key'],
    ['a publishable key', 'pk_test_51Quillon', 'STRIPE_SECRET_KEY is no secret test key'],
    ['something else', 'Quillon', 'STRIPE_SECRET_KEY is no secret test key'],
    ['no key', '', 'STRIPE_SECRET_KEY is not set'],
  ] as const;

  test.each(KEYS)('%s is refused before anything is asked, and not printed', async (_, key, message) => {
    const child = run([], {
      STRIPE_SECRET_KEY: key,
      NODE_OPTIONS: `--require ${tripwire}`,
    });

    const { code, output } = await ended(child);

    expect(output).toContain(message);
    expect(output).not.toContain('ASKED');
    expect(output).not.toContain('Quillon');
    expect(code).toBe(2);
  });

  test('a test key is used: the negative control', async () => {
    const child = run([], {
      STRIPE_SECRET_KEY: 'sk_test_51Quillon',
      NODE_OPTIONS: `--require ${tripwire}`,
    });

    const { code, output } = await ended(child);

    expect(output).toContain('ASKED');
    expect(output).not.toContain('Quillon');
    expect(code).toBe(99);
  });
});

test.each([
  ['an address where nothing listens', ['--against', 'http://127.0.0.1:9'], 'does not answer'],
  ['an address that is none', ['--against', 'stripe'], '--against takes the URL of a server'],
  ['an endpoint that is no URL', ['--endpoint', 'prod'], "--endpoint takes the URL of a stage's endpoint"],
  ['a flag nobody knows', ['--fast'], 'Usage: STRIPE_SECRET_KEY=sk_test_…'],
  ['an outcome that there is not', ['--only', 'a card that sings'], 'No outcome has "a card that sings"'],
])('exit code 2 for %s', async (_, args, message) => {
  const { code, output } = await check(...args);

  expect(output).toContain(message);
  expect(code).toBe(2);
});

describe('the endpoint of a stage', () => {
  const URL_OF_STAGE = 'https://x.execute-api.eu-west-1.amazonaws.com/prod/stripe-events';
  /** The account of the check has this endpoint, or none. */
  async function checked(endpoint?: Partial<EventEndpoint>, url = URL_OF_STAGE) {
    const server = await startStripeServer({
      clock: new LocalClock(),
      ...(endpoint && { endpoint: { url: URL_OF_STAGE, secrets: ['whsec_Quillon'], ...endpoint } }),
    });
    try {
      return await check('--against', server.url, '--endpoint', url);
    } finally {
      await server.close();
    }
  }
  const some = STRIPE_EVENTS.filter((type) => type !== 'refund.failed');

  test.each([
    ['every event of ours', [...STRIPE_EVENTS]],
    ['all that Stripe has', ['*']],
  ])('is right when it is sent %s', async (_, enabledEvents) => {
    const { code, output } = await checked({ enabledEvents });

    expect(output).toMatch(/^we_\w+ is right: https:/m);
    expect(code).toBe(0);
  });

  test.each([
    ['it lacks an event', { enabledEvents: some }, 'refund.failed is not sent'],
    ['it is disabled', { status: 'disabled' } as const, 'it is disabled: nothing is sent'],
    [
      'it has an older API version',
      { apiVersion: '2025-03-31.basil' },
      'the API version 2025-03-31.basil, not 2026-',
    ],
    [
      'it has none of its own',
      { apiVersion: null },
      "the API version of the account's own setting, not 2026-",
    ],
    ['its URL has a slash more', { url: `${URL_OF_STAGE}/` }, 'MISSING: the account sends nothing to'],
    ['there is none', undefined, 'It has no webhook endpoint.'],
  ])('lacks something when %s, which is said', async (_, endpoint, message) => {
    const { code, output } = await checked(endpoint);

    expect(output).toContain(message);
    expect(output).not.toContain('Quillon');
    expect(code).toBe(1);
  });

  test('is told what it is sent in vain', async () => {
    const { code, output } = await checked({ enabledEvents: [...STRIPE_EVENTS, 'payout.paid'] });

    expect(output).toContain('payout.paid is sent, ignored, and paid for');
    expect(code).toBe(0);
  });

  test.each([
    ['no key', '', 'STRIPE_SECRET_KEY is not set'],
    ['a publishable key', 'pk_live_51Quillon', 'STRIPE_SECRET_KEY is no secret or restricted key'],
  ])('is not asked for with %s, which is not printed', async (_, key, message) => {
    const { code, output } = await ended(run(['--endpoint', URL_OF_STAGE], { STRIPE_SECRET_KEY: key }));

    expect(output).toContain(message);
    expect(output).not.toContain('Quillon');
    expect(code).toBe(2);
  });
});

test('--help and --list tell what there is, without a key', async () => {
  const help = await check('--help');
  const list = await check('--list');

  expect([help.code, list.code]).toEqual([0, 0]);
  expect(help.output).toContain('Exit codes: 0 both agree; 1 they differ;');
  expect(list.output).toContain('a card pays by a confirmation token\n');
});

test(
  'interrupted by a person, it gives back what it has paid',
  async () => {
    const child = run(['--against', stripe.server.url]);
    child.stdout!.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('a card pays by a confirmation token')) child.kill('SIGINT');
    });

    const { code, output } = await ended(child);

    expect(output).toContain('Interrupted: the rest was not played.');
    expect(code).toBe(130);
    const payments = stripe.server.payments();
    expect(payments.map(({ captured, refunded }) => captured - refunded)).toEqual(payments.map(() => 0));
  },
  PLAYED,
);

describe('what is compared', () => {
  const intent = {
    ...{ id: 'pi_1', object: 'payment_intent', status: 'succeeded', created: 7, amount: 100 },
    metadata: { stage: 'ours', purchaseId: 'p' },
    latest_charge: { id: 'ch_1', refunded: false, refunds: { data: [{ status: 'failed' }] } },
  };

  test('what the gateway reads of a payment; an id by its kind, a time by its type', () => {
    expect(readFields(intent, 'ours')).toEqual({
      ...{ id: 'pi', object: 'payment_intent', status: 'succeeded', created: 'number' },
      ...{ cancellation_reason: null, last_payment_error: null },
      ...{ 'latest_charge.refunded': false, 'latest_charge.refunds.0.status': 'failed' },
      ...{ 'metadata.stage': 'ours', 'metadata.purchaseId': 'p' },
    });
  });

  test('of a list, what this run has made', () => {
    const others = { ...intent, metadata: { stage: 'theirs' } };

    const fields = readFields({ object: 'list', data: [others, intent], has_more: true }, 'ours');

    expect(fields).toMatchObject({ 'data.length': 1, 'data.0.metadata.purchaseId': 'p' });
  });

  test('each result, status and field, and not what comes after two calls that are not the same', () => {
    const exchange = (call: string, status: number, code: string) => ({ call, status, fields: { code } });
    const left = { results: ['ok'], exchanges: [exchange('A', 200, 'x'), exchange('B', 200, 'x')] };
    const right = { results: ['no'], exchanges: [exchange('A', 400, 'y'), exchange('C', 500, 'y')] };

    expect(differences(left, right).map(({ where }) => where)).toEqual([
      ...['result 1', 'A: status', 'A: code', 'the next call'],
    ]);
    expect(differences(left, left)).toEqual([]);
  });
});

function check(...args: string[]): Promise<{ code: number | null; output: string }> {
  return ended(run(args));
}

/** The command as npm runs it. */
function run(args: string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const { STRIPE_SECRET_KEY: _, ...inherited } = process.env;
  return spawn(process.execPath, [programOf('check-stripe'), ...args], {
    env: { ...inherited, ...env },
  });
}

function ended(child: ChildProcess): Promise<{ code: number | null; output: string }> {
  let output = '';
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}
