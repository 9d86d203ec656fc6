import { type LocalRun, type LocalRunOptions, startLocalRun } from '../../bin/local-run';
import { cloudAssembly } from './cloud-assembly';
import { expectDocumented } from './documented-api';
import { complaintOf } from '../../harness/domain-event-schemas';
import { EventProClient } from '../../harness/eventpro-client';
import { EVENTBRIDGE } from '../../local/eventbridge/plugin';

export interface LocalRunFixtureOptions extends Pick<LocalRunOptions, 'beforeState' | 'log'> {
  /** Answers the folder of the cloud assembly to run. @default the app's own */
  readonly assembly?: () => Promise<string>;
}

/**
 * A local run of the synthesised app for the tests of a file or a `describe`, on a port of its own. Every answer of the API must
 * be one that its OpenAPI document describes, and every event on its bus one that its schema in docs/schemas allows.
 *
 * The waits before retries cost nothing: how long they are is asserted on the state machine's definition.
 */
export function useLocalRun({
  assembly = cloudAssembly,
  ...options
}: LocalRunFixtureOptions = {}): EventProClient {
  let run: LocalRun | undefined;
  const complaints: string[] = [];
  beforeAll(async () => {
    // Each function is loaded when a test first calls it, and half of them never is.
    const unloaded = { warm: false, port: 0, waitScale: 0 };
    run = await startLocalRun({ ...options, ...unloaded, assemblyDirectory: await assembly() });
    run.cloud.get(EVENTBRIDGE).onEvent((_, event) => {
      const complaint = complaintOf(event);
      if (complaint !== undefined) complaints.push(complaint);
    });
  });
  afterAll(async () => {
    await run?.close();
    expect(complaints).toEqual([]);
  });
  return new EventProClient(() => run!.url, expectDocumented);
}
