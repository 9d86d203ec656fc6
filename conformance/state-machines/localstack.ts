import { join } from 'node:path';
import { cached, requirePrograms, run } from '../programs';
import { type Outcome, type Scenario } from './scenario';

/** It plays one scenario after the other, and each time-out is waited for. */
const PROCESSES = 4;

/** @throws Skipped without Python, or when the engine cannot be downloaded */
export async function playInLocalStack(
  scenarios: readonly Scenario[],
  signal: AbortSignal,
  progress: (what: string) => void,
): Promise<Outcome[]> {
  requirePrograms('python3');
  const requirements = join(__dirname, 'requirements.txt');
  const directory = await cached('localstack-4.10.0', [requirements], async (folder) => {
    progress('installing LocalStack’s engine');
    await run('python3', ['-m', 'venv', folder], { signal });
    const install = ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '-r'];
    await run(join(folder, 'bin', 'python'), [...install, requirements], { signal });
  });
  progress(`${scenarios.length} scenarios`);
  const engine = join(__dirname, 'localstack_engine.py');
  const share = async (process: number): Promise<Outcome[]> => {
    const lines = scenarios.filter((_, index) => index % PROCESSES === process);
    const output = await run(join(directory, 'bin', 'python'), [engine], {
      signal,
      input: lines.map((scenario) => JSON.stringify(scenario)).join('\n'),
    });
    return output
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Outcome);
  };
  const shares = await Promise.all(Array.from({ length: PROCESSES }, (_, process) => share(process)));
  return scenarios.map((_, index) => shares[index % PROCESSES]![Math.floor(index / PROCESSES)]!);
}
