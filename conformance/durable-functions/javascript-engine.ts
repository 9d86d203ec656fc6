import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FunctionConfiguration, functionEnvironment } from '../../local/lambda/function-configuration';
import { cached, requirePrograms, run } from '../programs';
import { type DurableEngine, type Played } from './played';

/** @throws Skipped when AWS's JavaScript testing tool cannot be downloaded */
export function installJavaScriptTool(signal: AbortSignal): Promise<string> {
  requirePrograms('npm');
  const manifest = join(__dirname, 'javascript-tool', 'package.json');
  return cached('durable-javascript-1.1.4', [manifest], async (folder) => {
    copyFileSync(manifest, join(folder, 'package.json'));
    const options = ['--no-audit', '--no-fund', '--ignore-scripts'];
    await run('npm', ['install', '--prefix', folder, ...options], { signal });
  });
}

export interface JavaScriptEngineOptions {
  /** Where it is installed. */
  readonly tool: string;
  readonly functions: readonly FunctionConfiguration[];
  readonly signal: AbortSignal;
  /** Asked before each invocation, which waits for the answer. @default nobody is */
  readonly before?: string;
}

/** AWS's JavaScript testing tool, which runs the functions in its own process: what kills them kills it. */
export function javaScriptEngine({ functions, signal, ...options }: JavaScriptEngineOptions): DurableEngine {
  return {
    async play(execution) {
      const configuration = functions.find(({ name }) => name === execution.functionName)!;
      const output = await run(process.execPath, [join(__dirname, 'javascript-tool', 'play.cjs')], {
        signal,
        input: JSON.stringify({ functions, ...options, ...execution }),
        env: functionEnvironment(configuration),
      });
      return JSON.parse(output) as Played;
    },
    close: async () => undefined,
  };
}
