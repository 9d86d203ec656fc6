import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DEMO_EXTRAS, demoEventAt } from '../../bin/demo-event';
import { type LocalRun, startLocalRun } from '../../bin/local-run';
import { EventProClient } from '../../harness/eventpro-client';
import { freePort } from '../../local/dynamodb/engine';
import { type FunctionPool } from '../../local/lambda/function-pool';
import { timedOut } from '../../local/lambda/invocation-answer';
import { cloudAssembly } from '../support/cloud-assembly';

/** Ids of the events that the API answers with, as soon as it answers at all. */
async function eventsAt(url: string): Promise<string[]> {
  for (;;) {
    const response = await fetch(`${url}/api/events`).catch(() => undefined);
    if (!response) {
      await delay(5);
      continue;
    }
    const { events } = (await response.json()) as { events: { eventId: string }[] };
    return events.map(({ eventId }) => eventId);
  }
}

test('the API never answers without the demo event: not while it starts, and not during a reset', async () => {
  const assemblyDirectory = await cloudAssembly();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;

  const asked = eventsAt(url);
  const run = await startLocalRun({ assemblyDirectory, port, warm: false });
  const resetting = fetch(`${url}/local/reset`, { method: 'POST' });
  const meanwhile: string[][] = [];
  let reset = false;
  void resetting.finally(() => (reset = true));
  while (!reset) meanwhile.push(await eventsAt(url));
  await run.close();

  expect(await asked).toEqual(['demo']);
  expect((await resetting).status).toBe(204);
  expect(meanwhile.length).toBeGreaterThan(0);
  expect(meanwhile).toEqual(meanwhile.map(() => ['demo']));
});

/** Answers these invocations of PutEvent with a time-out, as on a machine too busy to load it. */
function slowly(times: number): (invoke: FunctionPool['invoke']) => FunctionPool['invoke'] {
  return (invoke) => async (nameOrArn, payload, options) => {
    if (nameOrArn.includes('PutEvent') && times-- > 0) return timedOut('request', 20);
    return invoke(nameOrArn, payload, options);
  };
}

test('the demo event is put again after a time-out', async () => {
  const assemblyDirectory = await cloudAssembly();

  const run = await startLocalRun({ assemblyDirectory, port: 0, warm: false, aroundInvoke: slowly(2) });
  const events = await eventsAt(run.url);
  await run.close();

  expect(events).toEqual(['demo']);
});

test('a demo event that cannot be put ends the start, with what the API answered', async () => {
  const assemblyDirectory = await cloudAssembly();

  const start = startLocalRun({ assemblyDirectory, port: 0, warm: false, aroundInvoke: slowly(Infinity) });

  await expect(start).rejects.toThrow('The demo event could not be put: {');
});

test('a start on the data of an earlier run leaves the demo event as its organiser has changed it; once it is over, it is put anew', async () => {
  const assemblyDirectory = await cloudAssembly();
  const dataDirectory = mkdtempSync(join(tmpdir(), 'eventpro-start-'));
  const start = () => startLocalRun({ assemblyDirectory, port: 0, warm: false, dataDirectory });
  /** The event's name, and whether it is ahead. */
  const demoAt = async ({ url, clock }: LocalRun) => {
    const { events } = (await (await fetch(`${url}/api/events`)).json()) as {
      events: { name: string; startsAt: string }[];
    };
    return events.map(({ name, startsAt }) => [name, Date.parse(startsAt) > clock.now()]);
  };

  try {
    const first = await start();
    const changed = { ...demoEventAt(new Date()), name: 'The Early Quartet' };
    await new EventProClient(() => first.url).putEvent('demo', changed);
    await first.close();
    const second = await start();
    const kept = await demoAt(second);
    second.clock.advance(200 * 86_400);
    await second.close();
    const third = await start();
    const anew = await demoAt(third);
    await third.close();

    expect([kept, anew]).toEqual([[['The Early Quartet', true]], [['The Late Quartet', true]]]);
  } finally {
    rmSync(dataDirectory, { recursive: true, force: true });
  }
});

test('the demo event has its extras as soon as the API answers, where they are asked for', async () => {
  const assemblyDirectory = await cloudAssembly();

  const run = await startLocalRun({ assemblyDirectory, port: 0, warm: false, demoExtras: true });
  const response = await fetch(`${run.url}/api/events/demo/extras`);
  const { extras } = (await response.json()) as { extras: { extraId: string }[] };
  await run.close();

  expect(extras.map(({ extraId }) => extraId)).toEqual(DEMO_EXTRAS.map(({ extraId }) => extraId));
});
