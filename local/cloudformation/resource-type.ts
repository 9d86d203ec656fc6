import { UnsupportedLocally } from '../aws/aws-service';

/** A resource to create: its properties are resolved, and only such as its type knows. */
export interface ResourceRequest {
  readonly logicalId: string;
  readonly stackName: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- CloudFormation's own shape, different for each type
  readonly properties: Readonly<Record<string, any>>;
  /** Folder of a file asset by its object key in the assets bucket. */
  readonly assets: ReadonlyMap<string, string>;
}

/** What `Ref` and `Fn::GetAtt` answer. */
export interface CreatedResource {
  readonly ref: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** How the local run creates one CloudFormation resource type. */
export interface ResourceType {
  /** Properties that are interpreted. */
  readonly properties: readonly string[];
  /** Properties that change nothing on a laptop: encryption, tracing, log retention. */
  readonly withoutLocalEffect?: readonly string[];
  create(request: ResourceRequest): CreatedResource | Promise<CreatedResource>;
}

/** @throws UnsupportedLocally naming the first property the type does not know */
export function checkProperties(type: string, known: ResourceType, properties: object): void {
  const names = new Set([...known.properties, ...(known.withoutLocalEffect ?? [])]);
  const unknown = Object.keys(properties).find((name) => !names.has(name));
  if (unknown) throw new UnsupportedLocally(`The property ${unknown} of ${type}`);
}

/** The same for a property that is an object. @param path where it stands: `AWS::Pipes::Pipe SourceParameters` */
export function checkMembers(path: string, value: object, known: readonly string[]): void {
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown) throw new UnsupportedLocally(`The property ${unknown} of ${path}`);
}
