import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENVIRONMENT } from '../../lambda/shared/environment';

interface Resource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
}

interface Template {
  Resources: Record<string, Resource>;
}

/** What emulators do not know, and what replaces a reference to it; nothing where no template refers to it. */
const UNKNOWN_TO_EMULATORS: Readonly<Record<string, ((resource: Resource) => unknown) | undefined>> = {
  // Empties buckets before a stack is deleted; an emulator's buckets end with it.
  'Custom::S3AutoDeleteObjects': undefined,
  // Reports what became of e-mails; an emulator sends none.
  'AWS::SES::ConfigurationSetEventDestination': undefined,
  // Saved queries, which only people use.
  'AWS::Athena::NamedQuery': undefined,
  'AWS::StepFunctions::StateMachineVersion': ({ Properties }) => Properties!.StateMachineArn,
  'AWS::StepFunctions::StateMachineAlias': ({ Properties }) =>
    (Properties!.DeploymentPreference as { StateMachineVersionArn: unknown }).StateMachineVersionArn,
};

/**
 * Changes the templates of a synthesised stage, on disk, to what an emulator can deploy: without the few types it does
 * not know, and with the address of a payment server for the functions that pay. Answers which resources went.
 */
export function adaptAssembly(directory: string, stage: string, stripeApiBase: string): string[] {
  const folder = join(directory, `assembly-${stage}`);
  const { artifacts } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as {
    artifacts: Record<string, { properties?: { templateFile?: string } }>;
  };
  return Object.values(artifacts).flatMap(({ properties }) => {
    if (!properties?.templateFile) return [];
    const file = join(folder, properties.templateFile);
    const { template, removed } = adaptTemplate(JSON.parse(readFileSync(file, 'utf8')) as Template);
    for (const { Type, Properties } of Object.values(template.Resources)) {
      if (Type === 'AWS::Lambda::Function') payAt(stripeApiBase, Properties!);
    }
    writeFileSync(file, JSON.stringify(template));
    return removed;
  });
}

function adaptTemplate(template: Template): { template: Template; removed: string[] } {
  const unknown = Object.entries(template.Resources).filter(([, { Type }]) => Type in UNKNOWN_TO_EMULATORS);
  const instead = new Map(
    unknown.map(([id, resource]) => [id, UNKNOWN_TO_EMULATORS[resource.Type]?.(resource)]),
  );
  const Resources = Object.fromEntries(Object.entries(template.Resources).filter(([id]) => !instead.has(id)));
  return {
    template: replaceReferences({ ...template, Resources }, instead) as Template,
    removed: unknown.map(([id, { Type }]) => `${Type} ${id}`),
  };
}

/** An alias stands for a version, which stands for the state machine: what is put in is replaced in its turn. */
function replaceReferences(value: unknown, instead: ReadonlyMap<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((item) => replaceReferences(item, instead));
  if (typeof value !== 'object' || value === null) return value;
  const { Ref } = value as { Ref?: string };
  if (Ref !== undefined && instead.has(Ref)) return replaceReferences(instead.get(Ref), instead);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, replaceReferences(inner, instead)]),
  );
}

function payAt(stripeApiBase: string, properties: Record<string, unknown>): void {
  const { Variables } = (properties.Environment ?? {}) as { Variables?: Record<string, unknown> };
  if (Variables?.[ENVIRONMENT.stripeSecret]) Variables[ENVIRONMENT.stripeApiBase] = stripeApiBase;
}
