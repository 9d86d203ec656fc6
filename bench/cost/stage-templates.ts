import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FunctionName } from '../../lib/functions';

export interface Template {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> }>
  >;
}

/** The templates of a stage in a cloud assembly. */
export function templatesOf(assemblyDirectory: string, stage: string): Template[] {
  const folder = join(assemblyDirectory, `assembly-${stage}`);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.template.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Template);
}

/** MB that a stage gives a function. @throws Error when it has no such function */
export function memoryOf(templates: readonly Template[], name: FunctionName): number {
  const found = templates
    .flatMap(({ Resources }) => Object.entries(Resources))
    .find(
      ([id, { Type }]) => Type === 'AWS::Lambda::Function' && new RegExp(`^${name}[0-9A-F]{8}$`).test(id),
    );
  if (!found) throw new Error(`The stage has no function ${name}`);
  return Number(found[1].Properties?.['MemorySize'] ?? 128);
}
