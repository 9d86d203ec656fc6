import { setTimeout as delay } from 'node:timers/promises';
import { startLocalRun } from '../../bin/local-run';
import { freePort } from '../../local/dynamodb/engine';
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
