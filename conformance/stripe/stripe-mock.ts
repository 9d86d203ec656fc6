import { spawn } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Skipped } from '../comparison';
import { cached, requirePrograms, run } from '../programs';
import { type Specification } from './openapi';

/** Stripe's own server for tests, and in it Stripe's own description of its API. The newest one that is published as a module. */
export const STRIPE_MOCK = 'github.com/stripe/stripe-mock@v0.203.0';

const NAME = 'stripe-mock-0.203.0';

/** How often a server that was just started is asked whether it listens. */
const ASKED_MS = 50;
const STARTS_WITHIN_MS = 30_000;

/** @throws Skipped without Go, or when the module cannot be downloaded */
async function installed(signal: AbortSignal): Promise<string> {
  requirePrograms('go');
  return cached(NAME, [__filename], async (folder) => {
    // No environment of this repository's: a module is installed by its own go.mod.
    await run('go', ['install', STRIPE_MOCK], { signal, env: { GOBIN: folder, GOFLAGS: '', GOWORK: 'off' } });
    const { Dir } = JSON.parse(await run('go', ['mod', 'download', '-json', STRIPE_MOCK], { signal })) as {
      readonly Dir: string;
    };
    copyFileSync(join(Dir, 'embedded', 'openapi', 'spec3.json'), join(folder, 'spec3.json'));
  });
}

/** @throws Skipped without Go, or when the module cannot be downloaded */
export async function stripeSpecification(signal: AbortSignal): Promise<Specification> {
  const folder = await installed(signal);
  return JSON.parse(readFileSync(join(folder, 'spec3.json'), 'utf8')) as Specification;
}

export interface StripeMock {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts stripe-mock on a free port of 127.0.0.1.
 *
 * @throws Skipped without Go, or when the module cannot be downloaded
 */
export async function startStripeMock(signal: AbortSignal): Promise<StripeMock> {
  const folder = await installed(signal);
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const child = spawn(join(folder, 'stripe-mock'), ['-http-addr', address], { stdio: 'ignore', signal });
  const ended = new Promise<void>((resolve) =>
    child.on('error', () => resolve()).on('close', () => resolve()),
  );
  const url = `http://${address}`;
  const close = async () => {
    child.kill();
    await ended;
  };
  for (let waited = 0; !(await listens(url)); waited += ASKED_MS) {
    if (child.exitCode !== null || waited > STARTS_WITHIN_MS) {
      await close();
      throw new Skipped(`${STRIPE_MOCK} does not start`);
    }
    await delay(ASKED_MS);
  }
  return { url, close };
}

async function listens(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

/** It cannot be told to choose one and say which. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
