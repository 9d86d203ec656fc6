import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { STAGE } from '../bin/local-run';
import { BUNDLING } from '../lib/bundle';
import { type FunctionName, FUNCTIONS } from '../lib/functions';
import {
  readStage,
  type SynthesizedStack,
  type TemplateResource,
} from '../local/cloudformation/cloud-assembly';

/** A text of a source file, and what stands there instead. It must be there exactly once. */
export interface Replacement {
  /** Path in the repository. */
  readonly file: string;
  readonly text: string;
  readonly by: string;
}

type Properties = Record<string, unknown>;
type Matches = (properties: Properties, logicalId: string) => boolean;

/**
 * A copy of the cloud assembly in which a test takes something away or bends it. The product has no switch for it and
 * knows nothing of it.
 */
export class AlteredAssembly {
  private readonly stacks: SynthesizedStack[];

  /** @param directory of a copy that may be changed */
  constructor(readonly directory: string) {
    this.stacks = readStage(directory, STAGE);
  }

  static copyOf(assemblyDirectory: string): AlteredAssembly {
    const directory = mkdtempSync(join(tmpdir(), 'eventpro-altered-'));
    cpSync(assemblyDirectory, directory, { recursive: true });
    return new AlteredAssembly(directory);
  }

  /** Builds these functions again, from a source in which the text is replaced. The file on disk stays as it is. */
  async replaceSource(functions: readonly FunctionName[], { file, text, by }: Replacement): Promise<void> {
    const pattern = new RegExp(`[\\\\/]${basename(file).replaceAll('.', '\\.')}$`);
    const path = join(process.cwd(), file);
    const parts = readFileSync(path, 'utf8').split(text);
    if (parts.length !== 2) throw new Error(`${file} has this text ${parts.length - 1} times: ${text}`);
    for (const name of functions) {
      let replaced = false;
      await build({
        ...BUNDLING,
        entryPoints: [join(process.cwd(), FUNCTIONS[name].entry)],
        outfile: this.bundle(name),
        allowOverwrite: true,
        plugins: [
          {
            name: 'replace-source',
            setup(bundling) {
              bundling.onLoad({ filter: pattern }, (source) => {
                if (source.path !== path) return undefined;
                replaced = true;
                return { contents: parts.join(by), loader: 'ts' };
              });
            },
          },
        ],
      });
      if (!replaced) throw new Error(`${name} does not use ${file}`);
    }
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

  private bundle(name: FunctionName): string {
    for (const { template, assets } of this.stacks) {
      for (const [id, { Type, Properties }] of resourcesOf(template)) {
        if (Type !== 'AWS::Lambda::Function' || !new RegExp(`^${name}[0-9A-F]{8}$`).test(id)) continue;
        const { S3Key } = Properties!.Code as { S3Key: string };
        return join(assets.get(S3Key)!, 'index.js');
      }
    }
    throw new Error(`The assembly has no function ${name}`);
  }

  private templateFile(stackName: string): string {
    const folder = join(this.directory, `assembly-${STAGE}`);
    const { artifacts } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as {
      artifacts: Record<string, { properties?: { stackName?: string; templateFile?: string } }>;
    };
    const stack = Object.values(artifacts).find(({ properties }) => properties?.stackName === stackName);
    return join(folder, stack!.properties!.templateFile!);
  }
}

function resourcesOf({ Resources }: SynthesizedStack['template']): [string, TemplateResource][] {
  return Object.entries(Resources);
}
