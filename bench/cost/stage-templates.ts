import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FunctionName } from '../../lib/functions';
import { roleOf } from '../../lib/workflow/role';

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

/** What the stage decides about the bill. */
export interface StageSettings {
  /** MB of a function. @throws Error when the stage has no such function */
  memoryOf(name: FunctionName): number;
  /** Whether Lambda logs START, END and REPORT for every run of the function. */
  logsEveryRun(name: FunctionName): boolean;
  /** Whether Step Functions logs every event of every execution of the saga. */
  readonly logsEveryState: boolean;
}

export function stageSettings(templates: readonly Template[]): StageSettings {
  const resources = templates.flatMap(({ Resources }) => Object.entries(Resources));
  const propertiesOf = (name: FunctionName): Readonly<Record<string, unknown>> => {
    const pattern = new RegExp(`^${name}[0-9A-F]{8}$`);
    const found = resources.find(([id, { Type }]) => Type === 'AWS::Lambda::Function' && pattern.test(id));
    if (!found) throw new Error(`The stage has no function ${name}`);
    return found[1].Properties ?? {};
  };
  const saga = resources.find(([, { Type, Properties }]) => {
    const tags = (Properties?.['Tags'] ?? []) as { Key: string; Value: string }[];
    const byKey = Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
    return Type === 'AWS::StepFunctions::StateMachine' && roleOf({ tags: byKey }) === 'checkout';
  });
  const { Level } = (saga?.[1].Properties?.['LoggingConfiguration'] ?? {}) as { Level?: string };
  return {
    memoryOf: (name) => Number(propertiesOf(name)['MemorySize'] ?? 128),
    logsEveryRun(name) {
      const { SystemLogLevel = 'INFO' } = (propertiesOf(name)['LoggingConfig'] ?? {}) as {
        SystemLogLevel?: string;
      };
      return SystemLogLevel !== 'WARN';
    },
    logsEveryState: Level === 'ALL',
  };
}
