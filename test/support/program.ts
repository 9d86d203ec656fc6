import { buildSync } from 'esbuild';
import { oncePerRun } from './once-per-run';

/**
 * Path of a program of `scripts/` as one file, bundled once in a run of jest: it starts in a third of the processor time that its
 * sources take. For programs that look for no file beside themselves.
 */
export function programOf(script: string): string {
  return oncePerRun(`${script}.cjs`, (outfile) =>
    buildSync({ entryPoints: [`scripts/${script}.ts`], outfile, bundle: true, platform: 'node' }),
  );
}
