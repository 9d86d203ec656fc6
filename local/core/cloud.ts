import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AnswerDelays } from './answer-delays';
import { startAwsEndpoint } from './aws-endpoint';
import { type AwsService } from '../aws/aws-service';
import { LocalClock } from './clock';
import { Closing } from './closing';
import { readStage } from '../cloudformation/cloud-assembly';
import { createStack, type Exports } from '../cloudformation/stack';
import { type Routes } from '../http/route';
import { messageOf } from '../aws/error-message';
import { type AnyPlugin, type Core, type Plugin, type Setting, type Storage } from './plugin';
import { PluginSet } from './plugin-set';

export interface CloudOptions {
  /** The services. Those they need are started with them. */
  readonly plugins: readonly AnyPlugin[];
  /** Made by `configure`. @default each plug-in's own defaults */
  readonly settings?: readonly Setting[];
  /** The cloud assembly: `cdk.out`. */
  readonly assemblyDirectory: string;
  /** Id of the CDK stage to run: `EventPro-dev`. */
  readonly stage: string;
  readonly clock?: LocalClock;
  /** Keeps everything across restarts; no other run has it. @default in memory, or in the folder of this run */
  readonly dataDirectory?: string;
  /**
   * Folder of this run alone, which whoever made it deletes, also after a kill: `endOrphan` first ends what it left running.
   * @default a temporary one that is deleted at the end
   */
  readonly runDirectory?: string;
  /** What every function finds in its environment beside the template's own. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Hears why something failed in the background, or in a way that the caller is not told. @default - nobody */
  readonly warn?: (message: string) => void;
  /** Hears that a part has ended without which nothing works. @default - nobody */
  readonly onBroken?: (error: Error) => void;
  /**
   * Answers the address under which the functions find a server, so that a harness can stand in between.
   *
   * @param server `aws`, the endpoint that the services share, or the name of the plug-in that has a server of its own
   * @default the server's own address
   */
  readonly redirect?: (server: string, url: string) => string | Promise<string>;
}

/** Hears what `Core.tell` tells. */
export type EventListener = (event: string, data: () => object) => void;

/** A stage of a CDK app, running on this machine. */
export interface Cloud {
  readonly clock: LocalClock;
  /** The services at the endpoint that answer late on purpose. */
  readonly delays: AnswerDelays;
  /** The stacks' outputs, by stack name and output name. */
  readonly outputs: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** Where the servers listen: `aws`, the endpoint that the services share, and those that plug-ins have beside it. */
  readonly urls: Readonly<Record<string, string>>;
  /** What every function finds in its environment beside the template's own. */
  readonly environment: Readonly<Record<string, string>>;
  /** Signing names of the services behind the endpoint. */
  readonly signingNames: readonly string[];
  /** The control routes of the services. */
  readonly routes: Routes;
  /** What finds everything stored that mentions a text, by kind of record. */
  readonly records: Readonly<Record<string, (mentioned: string) => Promise<readonly unknown[]>>>;
  /** The service of a plug-in. @throws Error when it does not run here */
  get<Service>(plugin: Plugin<Service, never>): Service;
  onEvent(listener: EventListener): void;
  /** Forgets all data and keeps the resources. What runs is ended first; what the API is asked meanwhile waits. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Runs the synthesised templates of a stage: starts the services, creates each resource in one of them, and serves them all at
 * one endpoint.
 *
 * @throws UnsupportedLocally naming what no plug-in knows; nothing is left running then
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const { clock = new LocalClock(), redirect = (_, url) => url, warn = () => undefined } = options;
  const closing = new Closing();
  return closing.afterFailureOf(start);

  async function start(): Promise<Cloud> {
    const stacks = readStage(options.assemblyDirectory, options.stage);
    const delays = new AnswerDelays();
    const listeners = new Set<EventListener>();
    const plugins = new PluginSet(closing);
    const started = laterValue<{ services: readonly AwsService[]; environment: Record<string, string> }>();

    const endpoint = await startAwsEndpoint(
      started.value.then(({ services }) => services),
      { beforeAnswer: (signingName) => delays.beforeAnswer(signingName) },
    );
    closing.push(() => endpoint.close());
    const core: Core = {
      clock,
      endpointUrl: endpoint.url,
      storage: storage(),
      environment: async () => (await started.value).environment,
      integration: (name) => plugins.integrations.get(name),
      endpoint: (signingName) => plugins.endpoints.get(signingName),
      tell: (event, data) => listeners.forEach((listener) => listener(event, data)),
      warn: (what, error) => warn(error === undefined ? what : `${what}: ${messageOf(error)}`),
      broken: (error) => options.onBroken?.(error),
    };
    await plugins.start(options.plugins, core, options.settings ?? []);

    const environment: Record<string, string> = { AWS_ENDPOINT_URL: await redirect('aws', endpoint.url) };
    const servers = Object.entries(plugins.servers.all());
    for (const [name, { url, variable }] of servers) environment[variable] = await redirect(name, url);
    Object.assign(environment, options.environment);
    started.resolve({ services: Object.values(plugins.endpoints.all()), environment });

    const exports: Exports = new Map();
    const outputs = new Map<string, Record<string, unknown>>();
    for (const stack of stacks) {
      outputs.set(stack.stackName, await createStack(stack, plugins.resourceTypes.all(), exports));
    }
    await plugins.ready();

    let resetting = Promise.resolve();
    closing.push(() => resetting);
    return {
      ...{ clock, delays, environment, outputs },
      urls: { aws: endpoint.url, ...Object.fromEntries(servers.map(([name, { url }]) => [name, url])) },
      signingNames: Object.keys(plugins.endpoints.all()).sort(),
      routes: plugins.routes.all(),
      records: plugins.records.all(),
      get: (plugin) => plugins.get(plugin),
      onEvent: (listener) => void listeners.add(listener),
      reset() {
        const done = resetting.then(() => plugins.reset(resetOwn));
        resetting = done.catch(() => undefined);
        return done;
      },
      close: closing.run,
    };

    function resetOwn(): void {
      delays.reset();
      clock.reset();
    }
  }

  function storage(): Storage {
    const { dataDirectory, runDirectory } = options;
    const directory = dataDirectory ?? runDirectory ?? temporaryDirectory();
    mkdirSync(directory, { recursive: true });
    return {
      ...{ dataDirectory, runDirectory, directory },
      journalFile: (name) => dataDirectory && join(dataDirectory, `${name}.jsonl`),
    };
  }

  function temporaryDirectory(): string {
    const directory = mkdtempSync(join(tmpdir(), 'local-cloud-'));
    closing.push(() => rmSync(directory, { recursive: true, force: true }));
    return directory;
  }
}

function laterValue<Value>(): { readonly value: Promise<Value>; readonly resolve: (value: Value) => void } {
  let resolve!: (value: Value) => void;
  return { value: new Promise<Value>((known) => (resolve = known)), resolve: (value) => resolve(value) };
}
