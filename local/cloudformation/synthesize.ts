import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Runs the CDK app of `cdk.json` as the CDK CLI does, in a process of its own, and leaves its cloud assembly in
 * `outputDirectory`.
 *
 * The validation of the templates is left to `cdk synth`: here it would only make the start slow.
 *
 * @param more context beside that of `cdk.json`
 * @throws Error with what the app wrote, when it fails
 */
export async function synthesize(
  projectDirectory: string,
  outputDirectory: string,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { app, context } = JSON.parse(readFileSync(join(projectDirectory, 'cdk.json'), 'utf8')) as {
    app: string;
    context: Record<string, unknown>;
  };
  rmSync(outputDirectory, { recursive: true, force: true });
  const child = spawn(app, {
    shell: true,
    cwd: projectDirectory,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      CDK_OUTDIR: outputDirectory,
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...more }),
      CDK_VALIDATION: 'false',
    },
  });
  const written: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => written.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => written.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0)
    throw new Error(`The CDK app failed (exit code ${code}):\n${Buffer.concat(written).toString()}`);
}
