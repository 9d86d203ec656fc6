import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { LocalClock } from '../../../local/core/clock';
import { createFunctionPool, type FunctionPool } from '../../../local/lambda/function-pool';
import { CODE_CACHE, type FunctionLogLine } from '../../../local/lambda/sandbox';
import { eventually } from '../../../harness/eventpro-client';

const root = mkdtempSync(join(tmpdir(), 'function-pool-'));
const clock = new LocalClock();
const lines: FunctionLogLine[] = [];
let pool: FunctionPool;
let bundles = 0;

beforeEach(() => {
  lines.length = 0;
  clock.reset();
  pool = createFunctionPool({
    ...{ clock, log: (line) => lines.push(line), asyncRetrySeconds: [0, 0], keepIdleSeconds: 0.4 },
  });
});
afterEach(() => pool.close());
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Compiles a handler as the app does, into a CommonJS bundle, and registers it. */
function register(name: string, source: string, changes: Record<string, unknown> = {}): void {
  const codeDirectory = join(root, String(bundles++));
  buildSync({
    stdin: { contents: source, loader: 'ts', resolveDir: __dirname },
    outfile: join(codeDirectory, 'index.js'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['missing-package'],
    logLevel: 'silent',
  });
  pool.register({
    name,
    arn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
    codeDirectory,
    handler: 'index.handler',
    timeoutSeconds: 3,
    memoryMb: 128,
    environment: {},
    ...changes,
  });
}

async function failure(
  name: string,
  payload: unknown = {},
): Promise<{ errorType: string; errorMessage: string }> {
  const answer = await pool.invoke(name, payload);
  expect(answer.functionError).toBe('Unhandled');
  return JSON.parse(answer.payload);
}

test('an invocation answers the JSON of what the handler returns, by name and by ARN', async () => {
  register('Echo', `export const handler = async (event: unknown) => ({ got: event });`);

  const byName = await pool.invoke('Echo', { a: 1 });
  const byArn = await pool.invoke('arn:aws:lambda:us-east-1:000000000000:function:Echo', null);

  expect(byName).toEqual({ statusCode: 200, payload: '{"got":{"a":1}}' });
  expect(byArn.payload).toBe('{"got":null}');
});

test('a handler that returns nothing answers null', async () => {
  register('Nothing', `export const handler = async () => {};`);

  expect(await pool.invoke('Nothing', {})).toEqual({ statusCode: 200, payload: 'null' });
});

test('a thrown error answers its name, message and trace, and the sandbox lives on', async () => {
  register(
    'Throws',
    `let calls = 0;
     class SeatUnavailable extends Error { override name = 'SeatUnavailable'; }
     export const handler = async () => { if (++calls === 1) throw new SeatUnavailable('A-1 is taken'); return calls; };`,
  );

  const failed = await failure('Throws');
  const second = await pool.invoke('Throws', {});

  expect(failed).toMatchObject({ errorType: 'SeatUnavailable', errorMessage: 'A-1 is taken' });
  expect((failed as unknown as { trace: string[] }).trace[0]).toBe('SeatUnavailable: A-1 is taken');
  expect(second.payload).toBe('2');
});

test('a function sees its own environment and nothing of the machine', async () => {
  process.env.SECRET_OF_THE_MACHINE = 'leaked';
  register('Env', `export const handler = async () => process.env;`, {
    environment: { TABLE: 'Seats', NODE_OPTIONS: '--enable-source-maps' },
  });

  const env = JSON.parse((await pool.invoke('Env', {})).payload);

  expect(env).toMatchObject({
    TABLE: 'Seats',
    AWS_REGION: 'us-east-1',
    AWS_LAMBDA_FUNCTION_NAME: 'Env',
    TZ: 'UTC',
  });
  expect(env._X_AMZN_TRACE_ID).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};/);
  expect(env).not.toHaveProperty('SECRET_OF_THE_MACHINE');
  expect(env).not.toHaveProperty('PATH');
  delete process.env.SECRET_OF_THE_MACHINE;
});

test('the context tells the request id, the names, the memory and the time that remains', async () => {
  register(
    'Context',
    `export const handler = async (_: unknown, c: any) => ({ ...c, remaining: c.getRemainingTimeInMillis() });`,
  );

  const context = JSON.parse((await pool.invoke('Context', {})).payload);

  expect(context).toMatchObject({
    functionName: 'Context',
    memoryLimitInMB: '128',
    functionVersion: '$LATEST',
  });
  expect(context.invokedFunctionArn).toBe('arn:aws:lambda:us-east-1:000000000000:function:Context');
  expect(context.awsRequestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(context.remaining).toBeGreaterThan(2500);
  expect(context.remaining).toBeLessThanOrEqual(3000);
});

test('Date follows the local clock at once, also in a sandbox that is loaded already; other dates stay', async () => {
  register(
    'Time',
    `export const handler = async () => ({
       now: Date.now(), date: new Date().getTime(), text: Date(), again: new (new Date(0).constructor as any)().getTime(),
       fixed: new Date(2026, 0, 1).getFullYear(), parsed: new Date('2026-11-21T00:00:00Z').toISOString(),
       isDate: new Date() instanceof Date, performance: performance.now() < 3_600_000,
     });`,
  );
  await pool.invoke('Time', {});

  clock.advance(86_400);
  const time = JSON.parse((await pool.invoke('Time', {})).payload);

  const tomorrow = Date.now() + 86_400_000;
  for (const seen of [time.now, time.date, time.again]) expect(Math.abs(seen - tomorrow)).toBeLessThan(5_000);
  expect(Math.abs(Date.parse(time.text) - tomorrow)).toBeLessThan(5_000);
  expect(time).toMatchObject({
    fixed: 2026,
    parsed: '2026-11-21T00:00:00.000Z',
    isDate: true,
    performance: true,
  });
});

test('a time-out kills even a busy loop, and the next invocation starts anew', async () => {
  register(
    'Busy',
    `let calls = 0; export const handler = async (e: any) => { calls++; if (e.busy) for (;;); return calls; };`,
    { timeoutSeconds: 0.3 },
  );
  await pool.invoke('Busy', {});

  const failed = await failure('Busy', { busy: true });
  const next = await pool.invoke('Busy', {});

  expect(failed.errorType).toBe('Sandbox.Timedout');
  expect(failed.errorMessage).toMatch(/^RequestId: [0-9a-f-]{36} Error: Task timed out after 0.30 seconds$/);
  expect(next.payload).toBe('1');
});

test.each([
  ['process.exit', `process.exit(7)`, 'Runtime.ExitError', 'exit status 7'],
  [
    'a forgotten rejection',
    `void Promise.reject(new Error('lost')); await new Promise(() => {})`,
    'Runtime.UnhandledPromiseRejection',
    'lost',
  ],
  [
    'a throw in a timer',
    `setTimeout(() => { throw new TypeError('late') }); await new Promise(() => {})`,
    'TypeError',
    'late',
  ],
  [
    'running out of memory',
    `const all: unknown[] = []; for (;;) all.push(new Array(1e5).fill({}))`,
    'Runtime.ExitError',
    'signal: killed',
  ],
])(
  '%s ends the sandbox by name, and the next invocation starts anew',
  async (_, code, errorType, message) => {
    register('Dies', `export const handler = async (e: any) => { if (e.die) { ${code} } return 'alive'; };`, {
      timeoutSeconds: 20,
      memoryMb: 32,
    });

    const failed = await failure('Dies', { die: true });
    const next = await pool.invoke('Dies', {});

    expect(failed.errorType).toBe(errorType);
    expect(failed.errorMessage).toContain(message);
    expect(next.payload).toBe('"alive"');
  },
);

test.each([
  [
    'a missing module',
    `require('missing-package'); export const handler = async () => 1;`,
    'Runtime.ImportModuleError',
  ],
  ['a missing export', `export const other = 1;`, 'Runtime.HandlerNotFound'],
  [
    'a callback handler',
    `export const handler = (e: any, c: any, done: any) => done();`,
    'Runtime.CallbackHandlerDeprecated',
  ],
  ['a throw at load', `throw new RangeError('no'); export const handler = async () => 1;`, 'RangeError'],
])('%s is an answer, each time anew', async (_, source, errorType) => {
  register('Broken', source);

  const first = await failure('Broken');
  const second = await failure('Broken');

  expect([first.errorType, second.errorType]).toEqual([errorType, errorType]);
});

test('an answer that is no JSON is refused as Lambda refuses it', async () => {
  register('BigInteger', `export const handler = async () => ({ n: 1n });`);

  expect(await failure('BigInteger')).toMatchObject({ errorMessage: 'Unable to stringify response body' });
});

test('a sandbox runs one invocation at a time, and a function has no more sandboxes than its limit', async () => {
  register(
    'Slow',
    `let running = 0; const id = Math.random();
     export const handler = async () => {
       const overlap = running++; await new Promise((r) => setTimeout(r, 20)); running--; return { id, overlap };
     };`,
  );

  const answers = await Promise.all(Array.from({ length: 20 }, () => pool.invoke('Slow', {})));

  const seen = answers.map((answer) => JSON.parse(answer.payload) as { id: number; overlap: number });
  expect(seen.every(({ overlap }) => overlap === 0)).toBe(true);
  expect(new Set(seen.map(({ id }) => id)).size).toBe(2);
});

test('an aborted invocation is dead at once, a queued one never starts, and later ones run', async () => {
  register(
    'Held',
    `export const handler = async (e: any) => { console.log('began ' + e.n); if (e.hold) for (;;); return e.n; };`,
    { timeoutSeconds: 30 },
  );
  const abort = new AbortController();
  const began = Date.now();
  const held = [1, 2, 3].map((n) => pool.invoke('Held', { n, hold: true }, { signal: abort.signal }));
  setTimeout(() => abort.abort(), 500);

  const answers = await Promise.all(held);
  const later = await pool.invoke('Held', { n: 4 });

  expect(Date.now() - began).toBeLessThan(5_000);
  expect(answers.map((a) => JSON.parse(a.payload).errorType)).toEqual(Array(3).fill('Runtime.ExitError'));
  expect(later.payload).toBe('4');
  expect(lines.some(({ text }) => text === 'began 3')).toBe(false);
});

test('every line the function prints was heard before its answer came', async () => {
  register(
    'Prints',
    `export const handler = async () => {
       for (let i = 0; i < 200; i++) console.log('line ' + i);
       process.stderr.write('warned\\n');
       throw new Error('no');
     };`,
  );

  await pool.invoke('Prints', {});

  expect(lines.filter(({ stream }) => stream === 'stdout').map(({ text }) => text)).toEqual(
    Array.from({ length: 200 }, (_, i) => `line ${i}`),
  );
  expect(lines).toContainEqual({ functionName: 'Prints', stream: 'stderr', text: 'warned' });
});

test('code that is kept compiled is used by other sandboxes of it, and made anew when it is damaged', async () => {
  const folder = join(root, 'code-cache');
  const cached = process.env[CODE_CACHE];
  process.env[CODE_CACHE] = folder;
  const kept = () =>
    eventually(async () => readdirSync(folder).find((name) => !name.includes('-')), 'compiled code');
  const source = `export const handler = async () => import('node:path').then(({ basename }) => basename('/a/kept'));`;
  register('First', source);
  mkdirSync(folder);
  const first = await pool.invoke('First', {});
  const file = join(folder, await kept());
  writeFileSync(file, 'damaged');

  register('Second', source);
  const second = await pool.invoke('Second', {});
  await eventually(async () => readFileSync(file).length > 100 || undefined, 'compiled code');
  register('Third', source);
  const third = await pool.invoke('Third', {});
  process.env[CODE_CACHE] = cached;

  expect([first, second, third].map(({ payload }) => payload)).toEqual(Array(3).fill('"kept"'));
  expect(readdirSync(folder)).toHaveLength(1);
});

describe('the line the runtime writes of what a handler threw', () => {
  const THROWS = `
    class Refusal extends Error { override name = 'Refusal'; found = { name: 'Ada' }; }
    export const handler = async ({ thrown }: any) => { throw thrown ?? new Refusal('no'); };`;
  const runtimeLines = () => lines.map(({ text }) => JSON.parse(text));

  test('has the message, the stack and every property of the error, where the function logs JSON', async () => {
    register('Json', THROWS, { logging: { format: 'JSON', applicationLevel: 'INFO' } });

    await failure('Json');

    expect(runtimeLines()).toEqual([
      {
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        level: 'ERROR',
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        message: {
          ...{ errorType: 'Refusal', errorMessage: 'no', name: 'Refusal', found: { name: 'Ada' } },
          stackTrace: expect.arrayContaining([
            expect.stringMatching(/no$/),
            expect.stringMatching(/^ {4}at /),
          ]),
        },
      },
    ]);
  });

  test('is there for what is no error, too', async () => {
    register('Json', THROWS, { logging: { format: 'JSON' } });

    await failure('Json', { thrown: 'a text' });

    expect(runtimeLines()).toMatchObject([{ message: { errorType: 'Error', errorMessage: 'a text' } }]);
  });

  test.each([
    ['logs text', undefined],
    ['logs nothing below FATAL', { format: 'JSON', applicationLevel: 'FATAL' }],
  ])('is not there where the function %s', async (_, logging) => {
    register('Silent', THROWS, { logging });

    await failure('Silent');

    expect(lines).toEqual([]);
  });
});

test('an asynchronous invocation is retried twice, then given up', async () => {
  register(
    'Flaky',
    `let n = 0; export const handler = async () => { if (++n < 3) throw new Error('no'); return n; };`,
  );
  register('Never', `let n = 0; export const handler = async () => { throw new Error('attempt ' + ++n); };`);

  const healed = await pool.invokeAsync('Flaky', {});
  const given = await pool.invokeAsync('Never', {});

  expect(healed.payload).toBe('3');
  expect(JSON.parse(given.payload).errorMessage).toBe('attempt 3');
});

test('an alias says how often its asynchronous invocations are retried, and for itself alone', async () => {
  register('Twice', `let n = 0; export const handler = async () => { throw new Error('attempt ' + ++n); };`);
  const live = pool.qualify('Twice', 'live');
  pool.setAsyncRetries('Twice', 'live', 0);

  const byAlias = await pool.invokeAsync(live, {});
  const byShortAlias = await pool.invokeAsync('Twice:live', {});
  const byName = await pool.invokeAsync('Twice', {});

  const attempts = [byAlias, byShortAlias, byName].map(({ payload }) => JSON.parse(payload).errorMessage);
  expect(attempts).toEqual(['attempt 1', 'attempt 2', 'attempt 5']);
});

test('a pause lets what runs come to its end, sends away what waits, and takes nothing until it is over', async () => {
  register(
    'Slow',
    `export const handler = async (n: number) => { await new Promise((r) => setTimeout(r, 200)); return n; };`,
    { timeoutSeconds: 30 },
  );
  await pool.warm(['Slow']);
  const invoked = [1, 2, 3].map((n) => pool.invoke('Slow', n));

  await pool.pause();
  const meanwhile = await failure('Slow', 4);
  pool.resume();
  const after = await pool.invoke('Slow', 5);

  const [first, second, waiting] = await Promise.all(invoked);
  expect([first!.payload, second!.payload, after.payload]).toEqual(['1', '2', '5']);
  expect([JSON.parse(waiting!.payload), meanwhile]).toEqual(
    Array(2).fill(expect.objectContaining({ errorType: 'Runtime.ExitError' })),
  );
});

test('a pause kills what does not end, and no retry of it comes later', async () => {
  register(
    'Endless',
    `export const handler = async (e: any) => { console.log('began'); if (e.hold) for (;;); return 1; };`,
    { timeoutSeconds: 30 },
  );
  const held = pool.invokeAsync('Endless', { hold: true });
  while (lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));

  await pool.pause();
  pool.resume();
  const answer = await held;
  const after = await pool.invoke('Endless', {});

  expect(JSON.parse(answer.payload).errorType).toBe('Runtime.ExitError');
  expect(after.payload).toBe('1');
  expect(lines).toHaveLength(2);
});

test('an unknown function and a payload above 6 MB are errors of the service', async () => {
  register('Size', `export const handler = async (e: any) => 'x'.repeat(e.length);`);

  const large = await failure('Size', { length: 7_000_000 });

  await expect(pool.invoke('Nobody', {})).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await expect(pool.invoke('Size', 'x'.repeat(7_000_000))).rejects.toMatchObject({
    name: 'RequestTooLargeException',
  });
  expect(large.errorType).toBe('Function.ResponseSizeTooLarge');
});

test('a warm function answers its first invocation from the loaded sandbox', async () => {
  register('Warm', `console.log('loaded'); export const handler = async () => 1;`);
  await pool.warm(['Warm']);
  const loadedBefore = lines.length;

  await pool.invoke('Warm', {});

  expect([loadedBefore, lines.length]).toEqual([1, 1]);
});

test('a sandbox that is not needed any more is ended, but for the last', async () => {
  register(
    'Count',
    `let calls = 0;
     export const handler = async () => {
       await new Promise((resolve) => setTimeout(resolve, 100));
       return ++calls;
     };`,
  );
  const two = async () =>
    (await Promise.all([pool.invoke('Count', {}), pool.invoke('Count', {})])).map(({ payload }) => payload);
  expect(await two()).toEqual(['1', '1']);
  expect(await two()).toEqual(['2', '2']);

  await new Promise((resolve) => setTimeout(resolve, 1_000));

  expect((await two()).sort()).toEqual(['1', '3']);
});
