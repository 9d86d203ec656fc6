import { type AwsService } from '../aws/aws-service';
import { type ResourceType } from '../cloudformation/resource-type';
import { type Closing } from './closing';
import { type Route } from '../http/route';
import {
  type AnyPlugin,
  type Core,
  type Integration,
  type Plugin,
  type RunningPlugin,
  type Setting,
} from './plugin';

/** The plug-ins of a cloud while they run, and what they offer together. */
export class PluginSet {
  readonly resourceTypes = new Offers<ResourceType>('resource type');
  readonly endpoints = new Offers<AwsService>('signing name');
  /** Addresses of the servers beside the one endpoint, by the name of their plug-in. */
  readonly servers = new Offers<{ readonly url: string; readonly variable: string }>('server');
  /** The same addresses, by the variable in which functions find them. */
  private readonly variables = new Offers<string>('variable');
  readonly integrations = new Offers<Integration>('integration');
  readonly routes = new Offers<Route>('route');
  readonly records = new Offers<(mentioned: string) => Promise<readonly unknown[]>>('kind of record');
  /** In the order in which they were started. */
  private readonly running = new Map<AnyPlugin, RunningPlugin<unknown>>();

  /** @param closing ends them, the last one first */
  constructor(private readonly closing: Closing) {}

  /** Starts the plug-ins, each after those it needs, listed or not. */
  async start(plugins: readonly AnyPlugin[], core: Core, settings: readonly Setting[]): Promise<void> {
    for (const plugin of plugins) {
      if (this.running.has(plugin)) continue;
      await this.start(Object.values(plugin.needs), core, settings);
      const needed = Object.entries(plugin.needs).map(
        ([name, each]) => [name, this.running.get(each)!.service] as const,
      );
      const own = settings.find((each) => each.plugin === plugin)?.settings ?? {};
      const running = await plugin.start(core, Object.fromEntries(needed) as never, own);
      this.closing.push(() => running.close?.());
      this.running.set(plugin, running);
      this.offer(plugin.name, running);
    }
  }

  /** The service of a plug-in. */
  get<Service>(plugin: Plugin<Service, never>): Service {
    const running = this.running.get(plugin);
    if (!running) throw new Error(`The plug-in ${plugin.name} does not run here`);
    return running.service as Service;
  }

  async ready(): Promise<void> {
    for (const plugin of this.running.values()) await plugin.ready?.();
  }

  /** Forgets all data, and whatever `others` forgets, while nothing runs. */
  async reset(others: () => void): Promise<void> {
    const dependentsFirst = [...this.running.values()].reverse();
    try {
      await Promise.all(dependentsFirst.map(async (plugin) => plugin.pause?.()));
      for (const plugin of dependentsFirst) await plugin.reset?.();
      others();
    } finally {
      for (const plugin of this.running.values()) plugin.resume?.();
    }
  }

  private offer(name: string, running: RunningPlugin<unknown>): void {
    const { endpoint, integrations, records, resourceTypes, routes, server } = running;
    this.resourceTypes.add(name, resourceTypes);
    this.endpoints.add(name, endpoint && { [endpoint.signingName]: endpoint });
    this.servers.add(name, server && { [name]: server });
    this.variables.add(name, server && { [server.variable]: server.url });
    this.integrations.add(name, integrations);
    this.routes.add(name, routes);
    this.records.add(name, records);
  }
}

/** What plug-ins offer under names, of which no two offer the same. */
class Offers<Offer> {
  private readonly offers = new Map<string, { readonly offer: Offer; readonly plugin: string }>();

  constructor(private readonly what: string) {}

  /** @throws Error naming both plug-ins */
  add(plugin: string, offers: Readonly<Record<string, Offer>> = {}): void {
    for (const [name, offer] of Object.entries(offers)) {
      const other = this.offers.get(name)?.plugin;
      if (other)
        throw new Error(`The ${this.what} ${name} is offered by two plug-ins: ${other} and ${plugin}`);
      this.offers.set(name, { offer, plugin });
    }
  }

  get(name: string): Offer | undefined {
    return this.offers.get(name)?.offer;
  }

  all(): Readonly<Record<string, Offer>> {
    return Object.fromEntries([...this.offers].map(([name, { offer }]) => [name, offer]));
  }
}
