import { UnsupportedLocally } from '../aws/aws-service';
import { type SynthesizedStack } from './cloud-assembly';
import { type References, resolve } from './intrinsics';
import { checkProperties, type CreatedResource, type ResourceType } from './resource-type';

/** The parts of a template that are read, or say nothing of what the stack does. A parameter has no value here. */
const PARTS = new Set([
  ...['AWSTemplateFormatVersion', 'Description', 'Metadata', 'Outputs', 'Parameters', 'Resources', 'Rules'],
]);

/** What CDK asks of the account before a deployment, in each template. */
const RULE_OF_CDK = 'CheckBootstrapVersion';

/** The value of each exported output, by export name, over all stacks. */
export type Exports = Map<string, unknown>;

/**
 * Creates the resources of a stack, each after those it refers to, and answers its outputs by name.
 *
 * @throws UnsupportedLocally naming what the local run does not know
 */
export async function createStack(
  { stackName, template, assets }: SynthesizedStack,
  types: Readonly<Record<string, ResourceType>>,
  exports: Exports,
): Promise<Record<string, unknown>> {
  const part = Object.keys(template).find((name) => !PARTS.has(name));
  if (part) throw new UnsupportedLocally(`${part} in the template of ${stackName}`);
  const rule = Object.keys(template.Rules ?? {}).find((name) => name !== RULE_OF_CDK);
  if (rule) throw new UnsupportedLocally(`The rule ${rule} in the template of ${stackName}`);
  const created = new Map<string, Promise<CreatedResource>>();
  const references: References = {
    ref: async (logicalId) => (await resource(logicalId)).ref,
    attribute: async (logicalId, name) => {
      const { attributes = {} } = await resource(logicalId);
      if (Object.hasOwn(attributes, name)) return attributes[name];
      throw new UnsupportedLocally(`The attribute ${name} of ${template.Resources[logicalId]!.Type}`);
    },
    exportedValue: async (name) => {
      if (exports.has(name)) return exports.get(name);
      throw new Error(`${stackName} imports ${name}, which no stack before it exports`);
    },
  };

  await Promise.all(Object.keys(template.Resources).map(resource));

  const outputs: Record<string, unknown> = {};
  for (const [name, { Value, Export }] of Object.entries(template.Outputs ?? {})) {
    outputs[name] = await resolve(Value, references);
    if (Export) exports.set((await resolve(Export.Name, references)) as string, outputs[name]);
  }
  return outputs;

  function resource(logicalId: string): Promise<CreatedResource> {
    let creation = created.get(logicalId);
    if (!creation) created.set(logicalId, (creation = create(logicalId)));
    return creation;
  }

  async function create(logicalId: string): Promise<CreatedResource> {
    const definition = template.Resources[logicalId];
    if (!definition) throw new Error(`${stackName} refers to ${logicalId}, which it does not define`);
    const { Type, Properties = {}, DependsOn = [], Condition } = definition;
    const type = types[Type];
    if (!type) throw new UnsupportedLocally(`The resource type ${Type} (${stackName}/${logicalId})`);
    if (Condition) throw new UnsupportedLocally(`A condition on ${stackName}/${logicalId}`);
    checkProperties(Type, type, Properties);
    await Promise.all([DependsOn].flat().map(resource));
    // Only what is interpreted is resolved: a role's policy may refer to what does not exist here.
    const interpreted = Object.fromEntries(
      type.properties.flatMap((name) => (Object.hasOwn(Properties, name) ? [[name, Properties[name]]] : [])),
    );
    const properties = (await resolve(interpreted, references)) as Record<string, unknown>;
    return type.create({ logicalId, stackName, properties, assets });
  }
}
