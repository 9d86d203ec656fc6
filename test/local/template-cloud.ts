import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { LOCAL_REGION } from '../../local/aws/aws-service';
import { type Cloud, type CloudOptions, startCloud } from '../../local/core/cloud';
import { Closing } from '../../local/core/closing';
import { SQS } from '../../local/sqs/plugin';
import { type Queue } from '../../local/sqs/queue';
import { temporaryDirectory } from './aws-endpoint-fixture';

const closing = new Closing();
afterEach(() => closing.run());

/**
 * Runs a template that is written by hand, until the test ends, or until it is closed.
 *
 * @param assets folders by the object key that `Code` names
 */
export async function startTemplate(
  Resources: object,
  plugins: CloudOptions['plugins'],
  options: Partial<CloudOptions> = {},
  assets: Readonly<Record<string, string>> = {},
): Promise<Cloud> {
  const assemblyDirectory = temporaryDirectory();
  const stage = join(assemblyDirectory, 'assembly-Test');
  mkdirSync(stage);
  const properties = { stackName: 'Test-Stack', templateFile: 'stack.json' };
  const artifacts = {
    assets: { type: 'cdk:asset-manifest', properties: { file: 'assets.json' } },
    stack: { type: 'aws:cloudformation:stack', properties },
  };
  const files = Object.entries(assets).map(([objectKey, folder]) => [
    objectKey,
    { source: { path: relative(stage, folder) }, destinations: { local: { objectKey } } },
  ]);
  writeFileSync(join(stage, 'assets.json'), JSON.stringify({ files: Object.fromEntries(files) }));
  writeFileSync(join(stage, 'manifest.json'), JSON.stringify({ artifacts }));
  const outputs = Object.keys(Resources).map((name) => [name, { Value: { Ref: name } }]);
  writeFileSync(
    join(stage, 'stack.json'),
    JSON.stringify({ Resources, Outputs: Object.fromEntries(outputs) }),
  );
  const cloud = await startCloud({ assemblyDirectory, stage: 'Test', plugins, ...options });
  closing.push(() => cloud.close());
  return cloud;
}

/** What `Ref` answers for a resource. */
export function refOf(cloud: Cloud, logicalId: string): string {
  return String(cloud.outputs.get('Test-Stack')![logicalId]);
}

export function queueOf(cloud: Cloud, logicalId: string): Queue {
  return cloud.get(SQS).queueAt(refOf(cloud, logicalId));
}

/** Calls a service at the endpoint as an SDK does, for those of which no client is installed. */
export async function callAws(
  cloud: Cloud,
  {
    service,
    target,
    method = 'POST',
    path = '/',
    body = {},
  }: {
    readonly service: string;
    /** `AWSEvents.PutEvents`, for AWS JSON. */
    readonly target?: string;
    readonly method?: string;
    readonly path?: string;
    readonly body?: object;
  },
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each operation's own shape
): Promise<{ readonly status: number; readonly body: any }> {
  const response = await fetch(cloud.urls.aws + path, {
    method,
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/${LOCAL_REGION}/${service}/aws4_request, SignedHeaders=host, Signature=00`,
      'content-type': target ? 'application/x-amz-json-1.1' : 'application/json',
      ...(target && { 'x-amz-target': target }),
    },
    ...(method !== 'GET' && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
}

/** A control route of the cloud, as `/local/…` serves it. */
export async function controlRoute(
  cloud: Cloud,
  route: string,
  ...parameters: readonly string[]
): Promise<unknown> {
  const request = { method: '', path: '', query: new URLSearchParams(), headers: {}, body: Buffer.alloc(0) };
  const answer = await cloud.routes[route]!(parameters, request);
  const body = answer?.body as string | undefined;
  return body === undefined ? answer?.statusCode : JSON.parse(body);
}
