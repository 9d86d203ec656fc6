import { type Template } from '../../local/cloudformation/cloud-assembly';
import { createStack } from '../../local/cloudformation/stack';
import { LocalClock } from '../../local/core/clock';
import { Closing } from '../../local/core/closing';
import { type AnyPlugin, type Core } from '../../local/core/plugin';
import { PluginSet } from '../../local/core/plugin-set';
import { temporaryDirectory } from './aws-endpoint-fixture';

const closing = new Closing();
afterEach(() => closing.run());

/** Runs plug-ins, and those they need, in memory and without a cloud around them, until the test ends. */
export async function startPlugins(...plugins: readonly AnyPlugin[]): Promise<PluginSet> {
  const set = new PluginSet(closing);
  const core: Core = {
    clock: new LocalClock(),
    endpointUrl: 'http://127.0.0.1:9',
    storage: { directory: temporaryDirectory(), journalFile: () => undefined },
    environment: async () => ({}),
    integration: (name) => set.integrations.get(name),
    endpoint: (signingName) => set.endpoints.get(signingName),
    tell: () => undefined,
    warn: () => undefined,
    broken: () => undefined,
  };
  await set.start(plugins, core, []);
  return set;
}

/** Creates resources as a template would. Answers what the outputs are. */
export async function createResources(
  plugins: PluginSet,
  Resources: Template['Resources'],
  Outputs: Template['Outputs'] = {},
): Promise<Record<string, unknown>> {
  const stack = { stackName: 'Stack', template: { Resources, Outputs }, assets: new Map<string, string>() };
  return createStack(stack, plugins.resourceTypes.all(), new Map());
}
