import { oncePerRun, runTypeScript } from './once-per-run';

const SYNTHESIZE = "require('./local/cloudformation/synthesize').synthesize(process.cwd(), process.argv[1])";

/** Folder of the app's cloud assembly (`cdk.out`), synthesised once in a run of jest. */
export function cloudAssemblyNow(): string {
  return oncePerRun('cdk.out', (folder) => runTypeScript(SYNTHESIZE, folder));
}

/** The same for who can wait. */
export function cloudAssembly(): Promise<string> {
  return Promise.resolve(cloudAssemblyNow());
}
