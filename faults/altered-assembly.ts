import type * as esbuild from 'esbuild';
import {
  cpSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { STAGE } from '../bin/local-run';
import type * as bundling from '../lib/bundle';
import { type FunctionName, FUNCTIONS } from '../lib/functions';
import {
  readStage,
  type SynthesizedStack,
  type TemplateResource,
} from '../local/cloudformation/cloud-assembly';
import type * as guards from './controls/guard';

const PROJECT = join(__dirname, '..');
const STAGE_FOLDER = `assembly-${STAGE}`;

type Properties = Record<string, unknown>;
type Matches = (properties: Properties, logicalId: string) => boolean;

/**
 * A copy of the cloud assembly in which a test takes something away or bends it. The product has no switch for it and
 * knows nothing of it.
 */
export class AlteredAssembly {
  private readonly stacks: SynthesizedStack[];
  private variants = 0;

  /** @param directory of a copy that may be changed */
  constructor(readonly directory: string) {
    this.stacks = readStage(directory, STAGE);
  }

  /** The stage's own folder is copied, and the code beside it linked: 95 MB, of which hardly any is ever changed. No other stage is there. */
  static copyOf(assemblyDirectory: string): AlteredAssembly {
    const directory = mkdtempSync(join(tmpdir(), 'eventpro-altered-'));
    for (const name of readdirSync(assemblyDirectory)) {
      const [original, copy] = [resolve(assemblyDirectory, name), join(directory, name)];
      if (name === STAGE_FOLDER) cpSync(original, copy, { recursive: true });
      else if (name.startsWith('asset.')) symlinkSync(original, copy, 'junction');
    }
    return new AlteredAssembly(directory);
  }

  /** Builds these functions again, without the guard. */
  async removeGuard(functions: readonly FunctionName[], guard: guards.Guard): Promise<void> {
    await Promise.all(functions.map((name) => buildWithout(name, [guard], this.bundle(name))));
  }

  /** Builds the function again, with other values for constants of these files. */
  async changeConstants(name: FunctionName, ...changes: readonly guards.Guard[]): Promise<void> {
    await buildWithout(name, changes, this.bundle(name));
  }

  /**
   * Adds a variant of the function that lacks the guard, beside the function itself. Nothing calls it by itself.
   *
   * @returns the name for `functionName`
   */
  async addVariant(name: FunctionName, guard: guards.Guard): Promise<string> {
    const variant = `${name}Variant${++this.variants}`;
    const { stackName, template, id, resource } = this.functionResource(name);
    const objectKey = `${variant}.zip`;
    const folder = `asset.${variant}`;
    const Properties = {
      ...resource.Properties,
      Code: { ...(resource.Properties!.Code as object), S3Key: objectKey },
    };
    template.Resources[`${variant}${id.slice(-8)}`] = { ...resource, Properties };
    writeFileSync(this.templateFile(stackName), JSON.stringify(template));
    this.addAsset(objectKey, folder);
    await buildWithout(name, [guard], join(this.stageFolder, folder, 'index.js'));
    return variant;
  }

  /** Puts the clock of every other sandbox of these functions ahead of the local run's, and of the others behind. */
  skewClocks(functions: readonly FunctionName[], seconds: number): void {
    // Before the bundle, so that it sees no other Date. This `Date` reads the local run's clock already.
    const prelude = `{
      const ahead = require('node:worker_threads').threadId % 2 ? ${seconds * 1000} : ${-seconds * 1000};
      const Shared = Date;
      globalThis.Date = class extends Shared {
        constructor(...args) { args.length ? super(...args) : super(Shared.now() + ahead); }
        static now() { return Shared.now() + ahead; }
      };
    }\n`;
    for (const name of functions) {
      const bundle = this.bundle(name);
      writeFileSync(bundle, prelude + readFileSync(bundle, 'utf8'));
    }
  }

  /** Replaces words in the function's compiled code. @throws Error when they are not there */
  changeCode(name: FunctionName, words: string, by: string): void {
    const bundle = this.bundle(name);
    const code = readFileSync(bundle, 'utf8');
    if (!code.includes(words)) throw new Error(`The code of ${name} has no ${words}`);
    writeFileSync(bundle, code.replace(words, by));
  }

  /** Gives this value to every function that has the variable. */
  setEnvironment(variable: string, value: string): void {
    for (const { stackName, template } of this.stacks) {
      for (const [, { Properties }] of resourcesOf(template)) {
        const { Variables } = (Properties?.['Environment'] ?? {}) as { Variables?: Record<string, unknown> };
        if (Variables && variable in Variables) Variables[variable] = value;
      }
      writeFileSync(this.templateFile(stackName), JSON.stringify(template));
    }
  }

  /** Expired items stay: DynamoDB deletes them days late, if it likes. */
  disableTtl(): void {
    for (const table of ['SeatTable', 'PurchaseTable']) {
      this.changeResource(
        'AWS::DynamoDB::GlobalTable',
        (properties, id) => id.startsWith(table) && 'TimeToLiveSpecification' in properties,
        (properties) => delete properties.TimeToLiveSpecification,
      );
    }
  }

  /** @param logicalId what it begins with: `RecoveryAuditSchedule` */
  disableSchedule(logicalId: string): void {
    this.changeResource(
      'AWS::Scheduler::Schedule',
      (_, id) => id.startsWith(logicalId),
      (properties) => (properties.State = 'DISABLED'),
    );
  }

  /** Changes the properties of the one resource of this type that `matches`. */
  changeResource(type: string, matches: Matches, change: (properties: Properties) => void): void {
    this.alterResource(type, matches, (_, { Properties }) => change(Properties as Properties));
  }

  /** Takes the one resource of this type that `matches` out of its template. Nothing else may refer to it. */
  removeResource(type: string, matches: Matches): void {
    this.alterResource(type, matches, (resources, _, id) => delete resources[id]);
  }

  private alterResource(
    type: string,
    matches: Matches,
    alter: (resources: Record<string, TemplateResource>, resource: TemplateResource, id: string) => void,
  ): void {
    const found = this.stacks.flatMap(({ stackName, template }) =>
      resourcesOf(template)
        .filter(([id, resource]) => resource.Type === type && matches(resource.Properties as Properties, id))
        .map(([id, resource]) => ({ stackName, template, id, resource })),
    );
    if (found.length !== 1) throw new Error(`${found.length} resources ${type} match`);
    const [{ stackName, template, id, resource }] = found as [(typeof found)[0]];
    alter(template.Resources, resource, id);
    writeFileSync(this.templateFile(stackName), JSON.stringify(template));
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Of this copy alone, so that it may be overwritten. */
  private bundle(name: FunctionName): string {
    const { assets, resource } = this.functionResource(name);
    const { S3Key } = resource.Properties!.Code as { S3Key: string };
    const folder = assets.get(S3Key)!;
    if (lstatSync(folder).isSymbolicLink()) {
      const original = realpathSync(folder);
      unlinkSync(folder);
      cpSync(original, folder, { recursive: true });
    }
    return join(folder, 'index.js');
  }

  private functionResource(name: FunctionName) {
    for (const { stackName, template, assets } of this.stacks) {
      for (const [id, resource] of resourcesOf(template)) {
        if (resource.Type !== 'AWS::Lambda::Function' || !new RegExp(`^${name}[0-9A-F]{8}$`).test(id))
          continue;
        return { stackName, template: template as Writable, assets, id, resource };
      }
    }
    throw new Error(`The assembly has no function ${name}`);
  }

  /** @param folder in that of the stage */
  private addAsset(objectKey: string, folder: string): void {
    const manifest = Object.values(this.artifacts()).find(({ type }) => type === 'cdk:asset-manifest')!;
    const file = join(this.stageFolder, manifest.properties!.file!);
    const assets = JSON.parse(readFileSync(file, 'utf8')) as { files: Record<string, object> };
    assets.files[objectKey] = { source: { path: folder }, destinations: { here: { objectKey } } };
    writeFileSync(file, JSON.stringify(assets));
  }

  private templateFile(stackName: string): string {
    const stack = Object.values(this.artifacts()).find(
      ({ properties }) => properties?.stackName === stackName,
    );
    return join(this.stageFolder, stack!.properties!.templateFile!);
  }

  private artifacts(): Record<string, Artifact> {
    const file = join(this.stageFolder, 'manifest.json');
    return (JSON.parse(readFileSync(file, 'utf8')) as { artifacts: Record<string, Artifact> }).artifacts;
  }

  private get stageFolder(): string {
    return join(this.directory, STAGE_FOLDER);
  }
}

interface Artifact {
  readonly type: string;
  readonly properties?: {
    readonly stackName?: string;
    readonly templateFile?: string;
    readonly file?: string;
  };
}

interface Writable {
  readonly Resources: Record<string, TemplateResource>;
}

async function buildWithout(
  name: FunctionName,
  guards: readonly guards.Guard[],
  outfile: string,
): Promise<void> {
  const { withoutGuard, BUNDLING, build } = compilers();
  const changed = new Map(guards.map((guard) => [join(PROJECT, guard.file), withoutGuard(guard)]));
  const names = [...changed.keys()].map((path) => basename(path).replaceAll('.', '\\.'));
  const used = new Set<string>();
  await build({
    ...BUNDLING,
    entryPoints: [join(PROJECT, FUNCTIONS[name].entry)],
    outfile,
    allowOverwrite: true,
    plugins: [
      {
        name: 'without-guard',
        setup(bundling) {
          bundling.onLoad({ filter: new RegExp(`[\\\\/](${names.join('|')})$`) }, ({ path }) => {
            if (!changed.has(path)) return undefined;
            used.add(path);
            return { contents: changed.get(path)!, loader: 'ts' };
          });
        },
      },
    ],
  });
  for (const { file } of guards) {
    if (!used.has(join(PROJECT, file))) throw new Error(`${name} does not use ${file}`);
  }
}

/**
 * The TypeScript compiler, esbuild and the CDK: loaded by whoever takes a guard out, and by nobody else. Not by `import()`, which
 * knows no TypeScript.
 */
function compilers() {
  const { withoutGuard } = load('./controls/guard') as typeof guards;
  const { BUNDLING } = load('../lib/bundle') as typeof bundling;
  const { build } = load('esbuild') as typeof esbuild;
  return { withoutGuard, BUNDLING, build };
}

function load(module: string): unknown {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require(module);
}

function resourcesOf({ Resources }: SynthesizedStack['template']): [string, TemplateResource][] {
  return Object.entries(Resources);
}
