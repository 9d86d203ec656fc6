import { type LocalRun, type LocalRunOptions, startLocalRun } from '../../bin/local-run';
import { cloudAssembly } from './cloud-assembly';
import { expectDocumented } from './documented-api';
import { EventProClient } from '../../harness/eventpro-client';
import { hearComplaints } from './hear-complaints';
import { UNLOADED } from './shared-local-run';

export interface OwnLocalRunOptions extends Pick<LocalRunOptions, 'beforeState' | 'log'> {
  /** Answers the folder of the cloud assembly to run. @default the app's own */
  readonly assembly?: () => Promise<string>;
}

/**
 * A local run of the synthesised app for the tests of a file or a `describe`, on a port of its own, where they need another one
 * than everybody's: `useLocalRun`, which asserts the same.
 */
export function useOwnLocalRun({ assembly = cloudAssembly, ...options }: OwnLocalRunOptions): EventProClient {
  let run: LocalRun | undefined;
  const complaints: string[] = [];
  beforeAll(async () => {
    run = await startLocalRun({ ...options, ...UNLOADED, assemblyDirectory: await assembly() });
    hearComplaints(run, (complaint) => complaints.push(complaint));
  });
  afterAll(async () => {
    await run?.close();
    expect(complaints).toEqual([]);
  });
  return new EventProClient(() => run!.url, expectDocumented);
}
