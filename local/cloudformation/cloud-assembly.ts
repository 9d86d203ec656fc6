import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A CloudFormation template, as far as the local run reads it. */
export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, { Value: unknown; Export?: { Name: unknown } }>>;
  readonly Rules?: Readonly<Record<string, unknown>>;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
}

export interface SynthesizedStack {
  /** Name in the account: `EventPro-dev-Data`. */
  readonly stackName: string;
  readonly template: Template;
  /** Folder of a file asset by its object key in the assets bucket. */
  readonly assets: ReadonlyMap<string, string>;
}

interface Manifest {
  readonly artifacts: Readonly<
    Record<
      string,
      {
        readonly type: string;
        readonly properties?: {
          templateFile?: string;
          stackName?: string;
          file?: string;
          directoryName?: string;
        };
        readonly dependencies?: readonly string[];
      }
    >
  >;
}

interface AssetManifest {
  readonly files?: Readonly<
    Record<
      string,
      { source: { path: string }; destinations: Readonly<Record<string, { objectKey: string }>> }
    >
  >;
}

/**
 * The stacks of one stage of a cloud assembly (`cdk.out`), each after the ones it depends on.
 *
 * @param stage id of the CDK `Stage`: `EventPro-dev`
 */
export function readStage(assemblyDirectory: string, stage: string): SynthesizedStack[] {
  const directory = join(assemblyDirectory, `assembly-${stage}`);
  if (!existsSync(directory))
    throw new Error(`There is no stage ${stage} in ${assemblyDirectory}: synthesise the app first`);
  const { artifacts } = readJson<Manifest>(join(directory, 'manifest.json'));

  const assets = new Map<string, string>();
  for (const { type, properties } of Object.values(artifacts)) {
    if (type !== 'cdk:asset-manifest') continue;
    const { files = {} } = readJson<AssetManifest>(join(directory, properties!.file!));
    for (const { source, destinations } of Object.values(files)) {
      for (const { objectKey } of Object.values(destinations))
        assets.set(objectKey, join(directory, source.path));
    }
  }

  const stacks: SynthesizedStack[] = [];
  const seen = new Set<string>();
  const add = (id: string) => {
    if (seen.has(id)) return;
    seen.add(id);
    const { type, properties, dependencies = [] } = artifacts[id]!;
    dependencies.forEach(add);
    if (type !== 'aws:cloudformation:stack') return;
    stacks.push({
      stackName: properties!.stackName!,
      template: readJson<Template>(join(directory, properties!.templateFile!)),
      assets,
    });
  };
  Object.keys(artifacts).forEach(add);
  return stacks;
}

function readJson<Content>(file: string): Content {
  return JSON.parse(readFileSync(file, 'utf8')) as Content;
}
