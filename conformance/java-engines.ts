import { copyFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cached, requirePrograms, run } from './programs';

export type VelocityVersion = '1.7' | '2.4.1';

/**
 * Plays cases in Apache Velocity and in Jayway JsonPath, which come from Maven Central. Each case and each answer is one line.
 *
 * @throws Skipped without Java or Maven, or when they cannot be downloaded
 */
export async function playInJava<Answer>(
  version: VelocityVersion,
  mode: 'velocity' | 'json-path',
  cases: readonly object[],
  signal: AbortSignal,
): Promise<Answer[]> {
  requirePrograms('java', 'javac', 'mvn');
  const pom = join(__dirname, 'velocity', `pom-${version}.xml`);
  const source = join(__dirname, 'velocity', 'Engines.java');
  const directory = await cached(`velocity-${version}`, [pom, source], async (folder) => {
    copyFileSync(pom, join(folder, 'pom.xml'));
    const library = join(folder, 'lib');
    const copy = ['-q', '-B', '-f', join(folder, 'pom.xml'), 'dependency:copy-dependencies'];
    await run('mvn', [...copy, `-DoutputDirectory=${library}`], { signal });
    await run('javac', ['-encoding', 'UTF-8', '-cp', join(library, '*'), '-d', folder, source], { signal });
  });
  const classPath = [directory, join(directory, 'lib', '*')].join(delimiter);
  const lines = cases.map((each) => JSON.stringify(each)).join('\n');
  const output = await run('java', ['-Dfile.encoding=UTF-8', '-cp', classPath, 'Engines', mode], {
    signal,
    input: lines,
  });
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Answer);
}
