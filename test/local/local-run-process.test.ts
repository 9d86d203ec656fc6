import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cloudAssembly } from '../support/cloud-assembly';
import { EventProClient, eventually } from '../../harness/eventpro-client';

const PROJECT = process.cwd();
const READY = /^EventPro is running at (http:\/\/127\.0\.0\.1:\d+)$/m;
/** Six seconds are usual, on a machine that has nothing else to do. */
const READY_WITHIN_MS = 120_000;
/** A run that waits for a client, or for a function, does not end by itself at all. */
const ENDS_WITHIN_MS = 15_000;

jest.setTimeout(2 * READY_WITHIN_MS + ENDS_WITHIN_MS);

const folders: string[] = [];
const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) process.kill(-child.pid!, 'SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'eventpro-process-'));
  folders.push(folder);
  return folder;
}

interface StartOptions {
  readonly args?: readonly string[];
  readonly port?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** `npm start`, as a process group of its own: what a terminal makes of a command. */
class Started {
  private written = '';
  private readonly child: ChildProcess;
  readonly exited: Promise<number | null>;

  constructor({ args = [], port = '0', env = {} }: StartOptions) {
    const { DYNAMODB_ENDPOINT: _, ...environment } = process.env;
    this.child = spawn(process.execPath, ['-r', 'tsx/cjs', 'bin/local.ts', ...args], {
      cwd: PROJECT,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...environment, PORT: port, NODE_NO_WARNINGS: '1', ...env },
    });
    running.add(this.child);
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.on('data', (chunk: Buffer) => (this.written += chunk.toString()));
    }
    this.exited = new Promise((resolve) =>
      this.child.once('close', (code) => {
        running.delete(this.child);
        resolve(code);
      }),
    );
  }

  get pid(): number {
    return this.child.pid!;
  }

  get output(): string {
    return this.written;
  }

  /** The client of the run, once it says that it is ready. */
  async ready(): Promise<EventProClient> {
    await this.until(() => READY.test(this.output));
    const [, url] = READY.exec(this.output)!;
    return new EventProClient(() => url!);
  }

  async until(isSo: () => boolean): Promise<void> {
    const deadline = Date.now() + READY_WITHIN_MS;
    while (!isSo()) {
      if (this.child.exitCode !== null || Date.now() > deadline) throw new Error(`Not ready: ${this.output}`);
      await delay(25);
    }
  }

  /** Sends the signal to every process of the group, as a terminal does at Ctrl-C. */
  async stop(signal: 'SIGINT' | 'SIGTERM'): Promise<number | null> {
    process.kill(-this.pid, signal);
    return this.exited;
  }

  /** Ends the run alone, which can end nothing of its own then. */
  async kill(): Promise<void> {
    process.kill(this.pid, 'SIGKILL');
    await once(this.child, 'exit');
  }

  /** Folder of what is this run's alone. */
  get folder(): string {
    return join(PROJECT, 'dist', `local-run-${this.pid}`);
  }

  /** Processes of the group, the run itself among them. */
  members(): { pid: number; command: string }[] {
    const listed = execFileSync('ps', ['-A', '-o', 'pid=,pgid=,stat=,command='], { encoding: 'utf8' });
    return listed.split('\n').flatMap((line) => {
      const [, pid, group, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
      return Number(group) === this.pid && !state!.startsWith('Z')
        ? [{ pid: Number(pid), command: command! }]
        : [];
    });
  }
}

function start(options: StartOptions = {}): Started {
  return new Started(options);
}

/** Starts what this run of jest has synthesised. */
async function startSynthesized({ args = [], ...options }: StartOptions = {}): Promise<Started> {
  return start({ ...options, args: ['--app', await cloudAssembly(), ...args] });
}

test('a proxy in the environment is asked for nothing that is on this machine', async () => {
  const proxy = 'http://127.0.0.1:1';
  const run = await startSynthesized({
    env: { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: '', no_proxy: '' },
  });

  const client = await run.ready();

  expect(await client.buy({ seats: ['A-1'] })).toMatchObject({ status: 201 });
  expect(await run.stop('SIGTERM')).toBe(0);
});

test('it says where it runs, sells a ticket, and on Ctrl-C ends at once and leaves nothing behind', async () => {
  // No process has such a number: the run it belonged to was killed.
  const abandoned = join(PROJECT, 'dist', 'local-run-2147483647');
  mkdirSync(abandoned, { recursive: true });
  const run = start();
  const eventpro = await run.ready();
  // A console that listens must not keep it.
  const listening = await fetch(`${eventpro.url}/local/events`);
  const bought = await eventpro.buy({ seats: ['A-1'] });
  const whileRunning = run.members().map(({ command }) => command);
  const inFolder = readdirSync(run.folder);
  const asked = Date.now();

  const code = await run.stop('SIGINT');

  expect(bought.status).toBe(201);
  await expect(listening.text()).rejects.toThrow('terminated');
  expect(whileRunning).toContainEqual(expect.stringContaining('dynoxide'));
  // The archive is there as soon as an event has come through the pipe, which the purchase does not wait for.
  const written = inFolder.filter((name) => name !== 'event-archive.jsonl').sort();
  expect(written).toEqual(['cdk.out', 'dynamodb.pid', 's3']);
  expect(existsSync(abandoned)).toBe(false);
  expect(code).toBe(0);
  expect(Date.now() - asked).toBeLessThan(ENDS_WITHIN_MS);
  expect(run.members()).toEqual([]);
  expect(existsSync(run.folder)).toBe(false);
});

test('on Ctrl-C while it synthesises it ends at once, and leaves no process and no folder', async () => {
  const run = start();
  await eventually(async () => existsSync(run.folder) || undefined, 'an assembly that has begun');

  const code = await run.stop('SIGINT');

  expect(code).toBe(130);
  // The terminal asks the whole group to end, and the app that synthesises takes its own few milliseconds.
  await eventually(async () => run.members().length === 0 || undefined, 'no process of the group');
  expect(existsSync(run.folder)).toBe(false);
});

test('on Ctrl-C while it starts its services it ends at once, and leaves no process and no folder', async () => {
  const run = await startSynthesized();
  await run.until(() => existsSync(join(run.folder, 'dynamodb.pid')));

  const code = await run.stop('SIGINT');

  expect(code).toBe(130);
  expect(run.output).not.toContain('EventPro is running');
  await eventually(async () => run.members().length === 0 || undefined, 'no process of the group');
  expect(existsSync(run.folder)).toBe(false);
});

test('the engine of a run that was killed is ended by the next run, which also removes its folder', async () => {
  const killed = await startSynthesized();
  await killed.ready();
  await killed.kill();
  const left = killed.members().map(({ command }) => command);

  const next = await startSynthesized();
  await next.ready();

  expect(left).toContainEqual(expect.stringContaining('dynoxide'));
  expect(killed.members()).toEqual([]);
  expect(existsSync(killed.folder)).toBe(false);
  expect(await next.stop('SIGINT')).toBe(0);
});

test('an engine that ends by itself ends the run, which says so', async () => {
  const run = await startSynthesized();
  await run.ready();
  const engine = run.members().find(({ command }) => command.includes('dynoxide'))!;

  process.kill(engine.pid, 'SIGKILL');

  expect(await run.exited).toBe(1);
  expect(run.output).toContain('The DynamoDB engine ended (SIGKILL)');
  expect(run.members()).toEqual([]);
  expect(existsSync(run.folder)).toBe(false);
});

test('a second run on the same --data folder is refused, and the first one goes on', async () => {
  const folder = temporaryFolder();
  const first = await startSynthesized({ args: ['--data', folder] });
  const eventpro = await first.ready();

  const second = await startSynthesized({ args: ['--data', folder] });
  const code = await second.exited;
  const bought = await eventpro.buy({ seats: ['A-1'] });

  expect(code).toBe(1);
  expect(second.output).toBe(
    `${folder} is in use by process ${first.pid}. End that run first, or use another folder.\n`,
  );
  expect(bought.status).toBe(201);
  expect(await first.stop('SIGINT')).toBe(0);
  expect(readdirSync(folder).filter((name) => /\.(lock|pid)/.test(name))).toEqual([]);
});

/** What others may read or change: names of files and folders with their modes. */
function openToOthers(folder: string): string[] {
  return ['.', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })].flatMap((name) => {
    const { mode } = statSync(join(folder, name));
    return (mode & 0o077) === 0 ? [] : [`${name} ${(mode & 0o777).toString(8)}`];
  });
}

test('with --data a restart has the purchase, the ticket, the sold seat, the payment, the mail and the clock of before', async () => {
  const folder = join(temporaryFolder(), 'made', 'by the run');
  const first = await startSynthesized({ args: ['--data', folder] });
  const before = await first.ready();
  const bought = await before.buy({ seats: ['A-1'] });
  const { purchaseId } = bought;
  await before.emailAbout(purchaseId);
  const payments = await before.payments();
  await before.advanceClock(3_600);
  const movedTo = await before.request<{ now: string }>('GET', '/local/clock');
  const written = readdirSync(folder);
  const open = openToOthers(folder);
  const firstCode = await first.stop('SIGTERM');
  const left = first.members();

  const second = await startSynthesized({ args: ['--data', folder] });
  const after = await second.ready();
  const found = await after.request<{ now: string }>('GET', '/local/clock');

  const purchase = await after.purchase(purchaseId);
  const ticket = await fetch((await after.ticket(purchaseId)).headers.get('location')!);
  const repeated = await after.buy({ key: purchaseId, seats: ['A-1'] });
  const another = await after.buy({ seats: ['A-1'] });
  expect(firstCode).toBe(0);
  expect(left).toEqual([]);
  expect(purchase).toEqual(bought.body);
  expect((await ticket.text()).slice(0, 5)).toBe('%PDF-');
  expect(await after.seatStatus('A-1')).toBe('SOLD');
  expect(repeated.text).toBe(bought.text);
  expect(another.status).toBe(409);
  expect(await after.payments()).toEqual(payments);
  expect(await after.emailsAbout(purchaseId)).toHaveLength(1);
  expect(Date.parse(found.body.now)).toBeGreaterThanOrEqual(Date.parse(movedTo.body.now));
  expect(written).toEqual(
    expect.arrayContaining(['secrets.jsonl', 'inbox.jsonl', 'stripe.jsonl', 'dynamodb.sqlite']),
  );
  expect(open).toEqual([]);
  expect(await second.stop('SIGINT')).toBe(0);
});

describe('what it cannot run with, it says, and ends with exit code 1', () => {
  test('a port in use, by its number and with a way out', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;

    const run = start({ port: String(port) });
    const code = await run.exited;
    server.close();

    expect(code).toBe(1);
    expect(run.output).toBe(
      `Port ${port} is in use. Choose another one: PORT=${port + 1} npm start, or PORT=0 for any free one\n`,
    );
    expect(run.members()).toEqual([]);
    expect(existsSync(run.folder)).toBe(false);
  });

  test.each(['', 'http', '-1', '65536', '80.5'])('PORT=%s, before it does anything', async (port) => {
    const run = start({ port });

    expect(await run.exited).toBe(1);
    expect(run.output).toBe(`PORT must be a number from 0 to 65535, not "${port}"\n`);
  });

  test.each([[['--port', '3000']], [['run']], [['--data']], [['--data', '']]])(
    '%j, with its usage',
    async (args) => {
      const run = start({ args });

      expect(await run.exited).toBe(1);
      expect(run.output).toContain(args[0]!);
      expect(run.output).toContain('Usage: npm start -- [options]');
    },
  );

  test('a DYNAMODB_ENDPOINT where nothing answers, before it synthesises', async () => {
    const run = start({ env: { DYNAMODB_ENDPOINT: 'http://127.0.0.1:9' } });

    expect(await run.exited).toBe(1);
    expect(run.output).toBe('Nothing answers at DYNAMODB_ENDPOINT=http://127.0.0.1:9\n');
  });

  test('a data folder that is a file, before it synthesises', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');

    const run = start({ args: ['--data', file] });

    expect(await run.exited).toBe(1);
    expect(run.output).toBe(`${file} cannot be a folder: there is a file in its place.\n`);
  });

  test.each<[string, (folder: string) => void, (folder: string) => string]>([
    [
      'a damaged database',
      (folder) =>
        writeFileSync(
          join(folder, 'dynamodb.sqlite'),
          'not a database, but long enough to be one'.repeat(100),
        ),
      (folder) =>
        `The DynamoDB engine did not start on ${join(folder, 'dynamodb.sqlite')}. If the file is damaged, move it away`,
    ],
    [
      'a damaged journal',
      (folder) => appendFileSync(join(folder, 'inbox.jsonl'), '{"id":\n{}\n'),
      (folder) => `${join(folder, 'inbox.jsonl')}:1 is damaged: not a JSON object. Move the file away`,
    ],
    [
      'a journal with a line of the wrong shape',
      (folder) => appendFileSync(join(folder, 'sqs.jsonl'), 'null\n'),
      (folder) => `${join(folder, 'sqs.jsonl')}:1 is damaged: not a JSON object. Move the file away`,
    ],
  ])('%s, by its file', async (_, damage, message) => {
    const folder = temporaryFolder();
    damage(folder);

    const run = await startSynthesized({ args: ['--data', folder] });

    expect(await run.exited).toBe(1);
    expect(run.output).toContain(message(folder));
    expect(run.output).not.toMatch(/^ +at /m);
    expect(run.members()).toEqual([]);
  });
});

test('--help prints the usage and runs nothing', async () => {
  const run = start({ args: ['--help'] });

  expect(await run.exited).toBe(0);
  expect(run.output).toMatch(/^Usage: npm start -- \[options\]/);
});
