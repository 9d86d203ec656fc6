import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../local/cloudformation/synthesize';
import { type MeasuredServer, startServer } from './measured-server';
import { type ServerMode } from './protocol';

const PROJECT = join(__dirname, '..', '..');

/** What measurements measure: the app's cloud assembly, and local runs of it. */
export interface Lab {
  /** Folder of the app's cloud assembly. Nobody writes into it. */
  assembly(): Promise<string>;
  /**
   * A local run for one measurement, which closes it.
   *
   * @param assembly folder of the cloud assembly to run; by default the app's own
   */
  server(mode: ServerMode, assembly?: string): Promise<MeasuredServer>;
  close(): Promise<void>;
}

/** Every measurement gets a local run of its own, so that none finds another's caches or threads. */
export function separateServers(assembly: () => Promise<string>): Lab {
  return {
    assembly,
    async server(mode, special) {
      const assemblyDirectory = special ?? (await assembly());
      if (mode !== 'profiled') return startServer({ assemblyDirectory, modes: [mode] });
      const copy = copyOf(assemblyDirectory);
      const server = await startServer({ assemblyDirectory: copy.folder, modes: [mode] });
      return { ...server, close: () => server.close().finally(copy.remove) };
    },
    close: () => Promise.resolve(),
  };
}

/** All measurements get the same local run, in every mode at once: good enough to see whether they work, and cheap. */
export function sharedServer(assembly: () => Promise<string>): Lab {
  let shared: Promise<MeasuredServer> | undefined;
  let copy: ReturnType<typeof copyOf> | undefined;
  return {
    assembly,
    async server(mode, special) {
      if (special) return startServer({ assemblyDirectory: special, modes: [mode] });
      shared ??= start();
      return { ...(await shared), close: () => Promise.resolve() };
    },
    async close() {
      await shared?.then((server) => server.close());
      copy?.remove();
    },
  };

  async function start(): Promise<MeasuredServer> {
    copy = copyOf(await assembly());
    return startServer({ assemblyDirectory: copy.folder, modes: ['compared', 'observed', 'profiled'] });
  }
}

/** A cloud assembly to measure, and what is left to do with it at the end. */
export interface MeasuredAssembly {
  readonly folder: () => Promise<string>;
  readonly remove: () => Promise<void>;
}

/** One that is there already, and stays. */
export function givenAssembly(folder: string): MeasuredAssembly {
  return { folder: () => Promise.resolve(folder), remove: () => Promise.resolve() };
}

/** One that the app synthesises when it is first asked for. */
export function ownAssembly(): MeasuredAssembly {
  let folder: Promise<string> | undefined;
  return {
    folder: () => (folder ??= synthesized()),
    async remove() {
      if (folder) rmSync(await folder, { recursive: true, force: true });
    },
  };
}

async function synthesized(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'eventpro-bench-assembly-'));
  await synthesize(PROJECT, folder);
  return folder;
}

/** A profile replaces the bundles, so it needs an assembly that nobody else reads. */
function copyOf(assembly: string) {
  const folder = mkdtempSync(join(tmpdir(), 'eventpro-bench-copy-'));
  cpSync(assembly, folder, { recursive: true });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
