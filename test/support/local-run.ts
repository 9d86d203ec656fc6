import { EventProClient } from '../../harness/eventpro-client';
import { expectDocumented } from './documented-api';
import { sharedLocalRun, type SharedRun } from './shared-local-run';

/**
 * A local run of the synthesised app for the tests of a file or a `describe`, which finds it reset. Every answer of the API must
 * be one that its OpenAPI document describes, and every event on its bus one that its schema in docs/schemas allows.
 *
 * Other files have had it before. Who needs another one, `useOwnLocalRun`.
 */
export function useLocalRun(): EventProClient {
  let run: SharedRun | undefined;
  const eventpro = new EventProClient(() => run!.url, expectDocumented);
  beforeAll(async () => {
    run = await sharedLocalRun();
    await eventpro.reset();
    await complaints();
  });
  afterAll(async () => {
    if (run) expect(await complaints()).toEqual([]);
  });
  return eventpro;

  async function complaints(): Promise<unknown> {
    return (await fetch(run!.complaints)).json();
  }
}
