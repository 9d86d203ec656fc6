import { UnsupportedLocally } from '../aws/aws-service';
import { BadRequestException } from './bad-request-exception';
import { type Properties, refuseUnknownProperties } from './cloudformation-properties';
import { checkMappingTemplate } from './mapping-template';

type StringMap = Readonly<Record<string, string>>;

/** `Integration` of `AWS::ApiGateway::Method`, checked. */
export interface Integration {
  readonly Type: 'AWS' | 'AWS_PROXY' | 'MOCK';
  readonly Uri?: string;
  readonly IntegrationHttpMethod?: string;
  readonly IntegrationResponses?: readonly IntegrationResponse[];
  /** @default 'WHEN_NO_MATCH' */
  readonly PassthroughBehavior?: 'WHEN_NO_MATCH' | 'WHEN_NO_TEMPLATES' | 'NEVER';
  readonly RequestParameters?: StringMap;
  /** VTL by media type. */
  readonly RequestTemplates?: StringMap;
  /** @default 29000 */
  readonly TimeoutInMillis?: number | string;
}

export interface IntegrationResponse {
  readonly StatusCode: string;
  /** A Java regular expression over the whole status code, or a Lambda's whole error message; none for the default. */
  readonly SelectionPattern?: string;
  /** `method.response.header.X` to a mapping expression. */
  readonly ResponseParameters?: StringMap;
  /** VTL by media type. */
  readonly ResponseTemplates?: StringMap;
}

export interface MethodResponse {
  readonly StatusCode: string;
  readonly ResponseParameters?: Readonly<Record<string, boolean>>;
}

/** What an `AWS` or `AWS_PROXY` integration calls. */
export type IntegrationTarget =
  { readonly functionArn: string } | { readonly service: string; readonly action: string };

const FUNCTION_URI =
  /^arn:[\w-]+:apigateway:[\w-]+:lambda:path\/2015-03-31\/functions\/([^/$]+)\/invocations$/;
const ACTION_URI = /^arn:[\w-]+:apigateway:[\w-]+:(\w+):action\/(\w+)$/;
const CONTENT_TYPE = 'integration.request.header.content-type';
const SHORTEST_TIMEOUT = 50;

export function integrationTarget(uri: string): IntegrationTarget {
  const [, functionArn] = FUNCTION_URI.exec(uri) ?? [];
  if (functionArn) return { functionArn };
  const [, service, action] = ACTION_URI.exec(uri) ?? [];
  if (service && action) return { service, action };
  throw new UnsupportedLocally(`The integration Uri ${uri}`);
}

/**
 * Refuses, when the API is built, an integration that could not be called.
 *
 * @param name the method, for the message
 */
export function checkIntegration(
  integration: Integration,
  methodResponses: readonly MethodResponse[],
  name: string,
): void {
  refuseUnknownProperties('AWS::ApiGateway::Method.Integration', integration as unknown as Properties);
  const { Type, Uri, IntegrationHttpMethod, TimeoutInMillis, IntegrationResponses = [] } = integration;
  if (!['AWS', 'AWS_PROXY', 'MOCK'].includes(Type)) {
    throw new UnsupportedLocally(`${name}: the integration type ${Type as string}`);
  }
  if (Type !== 'MOCK') {
    const target = integrationTarget(Uri ?? '');
    if (Type === 'AWS_PROXY' && 'action' in target)
      throw new UnsupportedLocally(`${name}: AWS_PROXY to ${Uri}`);
    if (IntegrationHttpMethod !== 'POST') {
      throw new UnsupportedLocally(`${name}: IntegrationHttpMethod ${IntegrationHttpMethod}`);
    }
  }
  if (Number(TimeoutInMillis ?? SHORTEST_TIMEOUT) < SHORTEST_TIMEOUT) {
    throw new BadRequestException(`${name}: Timeout should be between 50 ms and 29000 ms`);
  }
  for (const target of Object.keys(integration.RequestParameters ?? {})) {
    if (target.toLowerCase() !== CONTENT_TYPE)
      throw new UnsupportedLocally(`${name}: RequestParameters ${target}`);
  }
  for (const template of Object.values(integration.RequestTemplates ?? {})) checkMappingTemplate(template);
  for (const response of IntegrationResponses) checkIntegrationResponse(response, methodResponses, name);
}

/** An integration response maps to a method response of the same status, and only to headers that one declares. */
function checkIntegrationResponse(
  response: IntegrationResponse,
  methodResponses: readonly MethodResponse[],
  name: string,
): void {
  refuseUnknownProperties('AWS::ApiGateway::Method.IntegrationResponse', response as unknown as Properties);
  const declared = methodResponses.find(
    ({ StatusCode }) => String(StatusCode) === String(response.StatusCode),
  );
  if (!declared)
    throw new BadRequestException(`${name}: Invalid Response status code specified: ${response.StatusCode}`);
  for (const target of Object.keys(response.ResponseParameters ?? {})) {
    if (!target.startsWith('method.response.header.') || !(target in (declared.ResponseParameters ?? {}))) {
      throw new BadRequestException(`${name}: Invalid mapping expression parameter specified: ${target}`);
    }
  }
  for (const template of Object.values(response.ResponseTemplates ?? {})) checkMappingTemplate(template);
}
