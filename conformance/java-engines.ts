import { copyFileSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { cached, requirePrograms, run } from './programs';

export type VelocityVersion = '1.7' | '2.4.1';

/** A program of ours around libraries of Maven Central. Each case and each answer is one line. */
export interface JavaEngine {
  /** Of its folder in the cache. */
  readonly name: string;
  /** Its libraries. */
  readonly pom: string;
  /** Its one class, which has the file's name. */
  readonly source: string;
}

/**
 * Downloads the libraries and compiles the program.
 *
 * @returns its class path, and the folder of the libraries
 * @throws Skipped without Java or Maven, or when the libraries cannot be downloaded
 */
export async function compiledJava(
  { name, pom, source }: JavaEngine,
  signal: AbortSignal,
): Promise<{ readonly classPath: string; readonly library: string }> {
  requirePrograms('java', 'javac', 'mvn');
  const directory = await cached(name, [pom, source], async (folder) => {
    copyFileSync(pom, join(folder, 'pom.xml'));
    const library = join(folder, 'lib');
    const copy = ['-q', '-B', '-f', join(folder, 'pom.xml'), 'dependency:copy-dependencies'];
    await run('mvn', [...copy, `-DoutputDirectory=${library}`], { signal });
    await run('javac', ['-encoding', 'UTF-8', '-cp', join(library, '*'), '-d', folder, source], { signal });
  });
  const library = join(directory, 'lib');
  return { classPath: [directory, join(library, '*')].join(delimiter), library };
}

/** @throws Skipped without Java or Maven, or when the libraries cannot be downloaded */
export async function playInJava<Answer>(
  engine: JavaEngine,
  args: readonly string[],
  cases: readonly object[],
  signal: AbortSignal,
): Promise<Answer[]> {
  const { classPath } = await compiledJava(engine, signal);
  const lines = cases.map((each) => JSON.stringify(each)).join('\n');
  const output = await run(
    'java',
    ['-Dfile.encoding=UTF-8', '-cp', classPath, basename(engine.source, '.java'), ...args],
    { signal, input: lines },
  );
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Answer);
}

/** Apache Velocity and Jayway JsonPath. */
export const velocityEngine = (version: VelocityVersion): JavaEngine => ({
  name: `velocity-${version}`,
  pom: join(__dirname, 'velocity', `pom-${version}.xml`),
  source: join(__dirname, 'velocity', 'Engines.java'),
});
