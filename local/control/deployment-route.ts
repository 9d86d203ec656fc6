import { type Cloud } from '../cloud';
import { type HttpHandler } from '../http/http-server';

/** What a tool outside needs to work with a local run as with a deployed stack. */
export interface LocalDeployment {
  /** As `cdk deploy --outputs-file` writes them: by stack name and output name. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Base URLs. `aws` is every service but DynamoDB. */
  readonly endpoints: { readonly aws: string; readonly dynamodb: string; readonly stripe: string };
}

/** `GET /local/deployment`: the stacks' outputs, and where the services are. */
export function deploymentRoute(cloud: Cloud, stripeUrl: string): HttpHandler {
  return ({ method, path }) => {
    if (method !== 'GET' || path !== '/local/deployment') return undefined;
    const deployment: LocalDeployment = {
      outputs: Object.fromEntries(cloud.outputs),
      endpoints: { aws: cloud.endpointUrl, dynamodb: cloud.services.dynamoDbEndpoint, stripe: stripeUrl },
    };
    return {
      statusCode: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
      body: JSON.stringify(deployment, null, 2) + '\n',
    };
  };
}
