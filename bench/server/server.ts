import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { STAGE, startLocalRun } from '../../bin/local-run';
import { signedFetch } from '../../local/http/signed-fetch';
import { LocalClock } from '../../local/core/clock';
import { createFunctionPool } from '../../local/lambda/function-pool';
import { LAMBDA } from '../../local/lambda/plugin';
import { startEmbeddedCheckout } from '../embedded/embedded-checkout';
import { answerParent } from '../host/child';
import { CallCounter } from '../observe/call-counter';
import { CheckoutObserver } from '../observe/checkout-observer';
import { makeBundlesReadable } from '../observe/readable-bundles';
import { Profiler } from '../observe/profiler';
import { addPurchases, takeSeats } from './bulk-load';
import { type ServerAnswer, type ServerHello, type ServerOptions, type ServerQuestion } from './protocol';
import { STEP_FUNCTIONS } from '../../local/step-functions/plugin';

/** The process that is measured: a local run. */
async function main(): Promise<void> {
  const { assemblyDirectory, modes } = JSON.parse(process.argv[2]!) as ServerOptions;
  const observer = modes.includes('observed') ? new CheckoutObserver() : undefined;
  const profiler = modes.includes('profiled') ? new Profiler() : undefined;
  if (profiler) await makeBundlesReadable(assemblyDirectory, STAGE);

  const counter = modes.includes('counted') ? new CallCounter() : undefined;
  const run = await startLocalRun({
    ...{ assemblyDirectory, port: 0, redirect: counter?.redirect },
    // What is observed is loaded when it is asked for, and by nobody beside.
    warm: !observer,
    ...observer?.options,
  });
  observer?.watch(run.cloud.get(STEP_FUNCTIONS).history);
  const embedded = modes.includes('compared') ? await startEmbeddedCheckout(run) : undefined;
  const hello: ServerHello = {
    url: run.url,
    embeddedUrl: embedded?.url,
    emptyInvocationMs: observer ? await emptyInvocationMs() : 0,
  };

  answerParent<ServerQuestion, ServerAnswer>(hello, answer, async () => {
    await embedded?.close();
    await run.close();
    await observer?.close();
    await counter?.close();
  });

  async function answer(question: ServerQuestion): Promise<ServerAnswer> {
    switch (question.ask) {
      case 'put-event': {
        const body = JSON.stringify(question.layout);
        const put = await signedFetch(`${run.url}/api/events/${question.eventId}`, { method: 'PUT', body });
        if (!put.ok) throw new Error(`The event could not be put: ${put.status} ${await put.text()}`);
        return {};
      }
      case 'take-seats':
        await takeSeats(run, question);
        return {};
      case 'add-purchases':
        await addPurchases(run, question.count);
        return {};
      case 'load-anew':
        return { loadMs: await observer!.loadAnew(run.cloud.get(LAMBDA), question.functions) };
      case 'begin':
        observer!.begin();
        return {};
      case 'end':
        return { checkout: await observer!.end() };
      case 'calls':
        return { calls: counter!.calls };
      case 'start-profile':
        await profiler!.start();
        return {};
      case 'stop-profile':
        return { threads: await profiler!.stop() };
    }
  }
}

/** What the sandbox itself takes: posting the event to the thread, and the answer back. Median of 200. */
async function emptyInvocationMs(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'eventpro-bench-empty-'));
  writeFileSync(join(folder, 'index.js'), 'exports.handler = async () => null;');
  const pool = createFunctionPool({ clock: new LocalClock() });
  const configuration = { name: 'Empty', arn: 'Empty', codeDirectory: folder, handler: 'index.handler' };
  pool.register({ ...configuration, timeoutSeconds: 5, memoryMb: 128, environment: {} });
  const times: number[] = [];
  for (let call = 0; call < 250; call++) {
    const startedAt = performance.now();
    await pool.invoke('Empty', { purchaseId: 'x' });
    times.push(performance.now() - startedAt);
  }
  await pool.close();
  return times.slice(50).sort((a, b) => a - b)[100]!;
}

void main();
