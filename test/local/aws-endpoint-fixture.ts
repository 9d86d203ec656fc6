import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AwsEndpoint, type AwsEndpointOptions, startAwsEndpoint } from '../../local/core/aws-endpoint';
import { type AwsService, LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/aws/aws-service';

const cleanUps: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** Serves the services until the test ends. */
export async function serve(
  services: readonly AwsService[] | Promise<readonly AwsService[]>,
  options?: AwsEndpointOptions,
): Promise<AwsEndpoint> {
  const endpoint = await startAwsEndpoint(services, options);
  cleanUps.push(() => endpoint.close());
  return endpoint;
}

/** Serves a service that has to know where it is served. */
export async function serveAt<Service extends AwsService>(
  create: (url: string) => Service,
): Promise<{ readonly endpoint: AwsEndpoint; readonly service: Service }> {
  let known!: (services: readonly AwsService[]) => void;
  const endpoint = await serve(new Promise((resolve) => (known = resolve)));
  const service = create(endpoint.url);
  known([service]);
  return { endpoint, service };
}

/** Configuration of a real SDK client; it is destroyed by `track`. */
export function clientConfig({ url }: AwsEndpoint) {
  return { endpoint: url, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS, maxAttempts: 1 };
}

export function track<Client extends { destroy(): void }>(client: Client): Client {
  cleanUps.push(() => client.destroy());
  return client;
}

/** A folder that is gone after the test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'eventpro-'));
  cleanUps.push(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
