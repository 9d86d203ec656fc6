import { type AwsEndpoint, startAwsEndpoint } from '../../local/core/aws-endpoint';
import { type AwsService } from '../../local/aws/aws-service';

/** Serves the services for the test file at the endpoint its environment names: a handler connects as in Lambda. */
export function useAwsServices(services: readonly AwsService[]): void {
  let endpoint: AwsEndpoint;
  beforeAll(async () => {
    endpoint = await startAwsEndpoint(services);
    process.env['AWS_ENDPOINT_URL'] = endpoint.url;
  });
  afterAll(() => endpoint.close());
}
