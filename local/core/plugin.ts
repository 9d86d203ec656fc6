import { type AwsService } from '../aws/aws-service';
import { type LocalClock } from './clock';
import { type ResourceType } from '../cloudformation/resource-type';
import { type Routes } from '../http/route';

/**
 * An emulated service: one folder exports one plug-in, `local/plugins.ts` lists it, and nothing else knows of it but what needs it.
 *
 * Another plug-in is needed by reference (`needs: { sqs: SQS }`), so what `start` gets of it has a type, and the one thing that must be
 * there first is there first. A circle of needs cannot be written down. Where the wishes go in a circle – a function starts an
 * execution, which calls a function – one of the two calls by name, once everything is there: through the endpoint, as the SDK
 * does, or by an integration.
 */
export interface Plugin<Service = unknown, Settings = unknown> {
  /** Unique: `sqs`, `step-functions`. */
  readonly name: string;
  readonly needs: Needs;
  start(
    core: Core,
    needed: never,
    settings: Settings,
  ): RunningPlugin<Service> | Promise<RunningPlugin<Service>>;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- any service, with any settings
export type AnyPlugin = Plugin<any, any>;
type Needs = Readonly<Record<string, AnyPlugin>>;

/** The services of the plug-ins that are needed, under the names that the need gives them. */
type Needed<Wanted extends Needs> = {
  readonly [Name in keyof Wanted]: Wanted[Name] extends Plugin<infer Service, never> ? Service : never;
};

/** What a plug-in is when it has started. Everything but `service` is optional: a service has what it needs. */
export interface RunningPlugin<Service> {
  /** What those who need it get, and `cloud.get(plugin)`. */
  readonly service: Service;

  /** The CloudFormation types it creates, by name. Types and properties that nobody lists are refused by name at the start. */
  readonly resourceTypes?: Readonly<Record<string, ResourceType>>;

  /** Answers the SDK at the one endpoint that all services share. */
  readonly endpoint?: AwsService;

  /** A server of its own instead: where it listens, and the variable by which functions find it (`AWS_ENDPOINT_URL_DYNAMODB`). */
  readonly server?: { readonly url: string; readonly variable: string };

  /** What state machines and REST APIs call without knowing the service, by its name in their ARN: `sqs:sendMessage`. */
  readonly integrations?: Integrations;

  /** Its control routes: `GET /local/inbox`. */
  readonly routes?: Routes;

  /** Everything stored that mentions a text, by kind, for `GET /local/records`: `{ items: … }`. */
  readonly records?: Readonly<Record<string, (mentioned: string) => Promise<readonly unknown[]>>>;

  /** Called when every resource of the templates is there. */
  ready?(): void | Promise<void>;

  /**
   * Resolves when nothing of it runs any more. What it is asked until `resume` waits, or fails, but has no effect: so a reset
   * need not know who calls whom. All are told at once, first those who need others.
   */
  pause?(): Promise<void>;
  resume?(): void;

  /** Forgets its data and keeps its resources; everything is paused. Those who need others come first. */
  reset?(): void | Promise<void>;

  /** Ends what it has started. Those who need others come first. */
  close?(): void | Promise<void>;
}

/**
 * An optimized integration of Step Functions or an AWS integration of API Gateway, as the service plays it. Its parameters and its
 * result are those of the API, as JSON. A refusal of the service is an `AwsError`, whose code is the error's name.
 */
export interface Integration {
  /** The parameters that are read. A template with another one is refused by name when the app starts. */
  readonly parameters: readonly string[];
  /** Those without which Step Functions takes no definition. @default none */
  readonly required?: readonly string[];
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the API's own shape, different for each operation
  call(parameters: Readonly<Record<string, any>>): Promise<object>;
}

export type Integrations = Readonly<Record<string, Integration>>;

/** What the local run is to each plug-in, whatever service it plays. */
export interface Core {
  readonly clock: LocalClock;
  /** `AWS_ENDPOINT_URL`. It listens before the first plug-in starts; what it is asked waits until the last has. */
  readonly endpointUrl: string;
  readonly storage: Storage;
  /** What the code that runs here finds in its environment: where the services are. Known once all plug-ins have started. */
  readonly environment: () => Promise<Readonly<Record<string, string>>>;
  /** The integration of this name; undefined if no plug-in has it, or not yet: ask while resources are created, or later. */
  readonly integration: (name: string) => Integration | undefined;
  /** The service of this signing name behind the endpoint. As with `integration`, to be asked when it is needed. */
  readonly endpoint: (signingName: string) => AwsService | undefined;
  /** Tells everybody who listens to `GET /local/events`. `data` is made only if somebody does. */
  readonly tell: (event: string, data: () => object) => void;
  /** Says why something failed in the background, or in a way that the caller is not told. */
  readonly warn: (what: string, error?: unknown) => void;
  /** Says that a part has ended without which nothing works. */
  readonly broken: (error: Error) => void;
}

/** Where a plug-in keeps what is to outlive it. */
export interface Storage {
  /** Kept across restarts; undefined when everything is forgotten at the end. */
  readonly dataDirectory?: string;
  /** Folder of this run alone, if somebody made one and deletes it. */
  readonly runDirectory?: string;
  /** The one or the other, or a temporary one: for what is too large for memory. */
  readonly directory: string;
  /** File of a `Journal`; undefined in memory. */
  readonly journalFile: (name: string) => string | undefined;
}

/** Defines a plug-in. The types of its service, of what it needs and of its settings, which all have a default, follow from it. */
export function definePlugin<
  Service,
  Wanted extends Needs = Record<never, never>,
  Settings = object,
>(definition: {
  readonly name: string;
  readonly needs?: Wanted;
  start(
    core: Core,
    needed: Needed<Wanted>,
    settings: Settings,
  ): RunningPlugin<Service> | Promise<RunningPlugin<Service>>;
}): Plugin<Service, Settings> {
  return { needs: {}, ...definition };
}

/** What is set of a plug-in by whoever starts a cloud. */
export interface Setting {
  readonly plugin: AnyPlugin;
  readonly settings: unknown;
}

export function configure<Settings>(plugin: Plugin<unknown, Settings>, settings: NoInfer<Settings>): Setting {
  return { plugin, settings };
}
