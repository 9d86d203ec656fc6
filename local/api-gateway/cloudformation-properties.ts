import { UnsupportedLocally } from '../aws/aws-service';

/** Properties of a CloudFormation resource, with every intrinsic function resolved. */
export type Properties = Readonly<Record<string, unknown>>;

type TypeName =
  | 'AWS::ApiGateway::Account'
  | 'AWS::ApiGateway::Deployment'
  | 'AWS::ApiGateway::GatewayResponse'
  | 'AWS::ApiGateway::Method'
  | 'AWS::ApiGateway::Method.Integration'
  | 'AWS::ApiGateway::Method.IntegrationResponse'
  | 'AWS::ApiGateway::Method.MethodResponse'
  | 'AWS::ApiGateway::Model'
  | 'AWS::ApiGateway::RequestValidator'
  | 'AWS::ApiGateway::Resource'
  | 'AWS::ApiGateway::RestApi'
  | 'AWS::ApiGateway::Stage';

/** The properties that are interpreted. */
export const UNDERSTOOD: Readonly<Record<TypeName, ReadonlySet<string>>> = {
  'AWS::ApiGateway::Account': new Set(),
  'AWS::ApiGateway::Deployment': new Set(['RestApiId']),
  'AWS::ApiGateway::GatewayResponse': new Set([
    'ResponseParameters', 'ResponseTemplates', 'ResponseType', 'RestApiId', 'StatusCode',
  ]),
  'AWS::ApiGateway::Method': new Set([
    'ApiKeyRequired', 'AuthorizationType', 'HttpMethod', 'Integration', 'MethodResponses', 'RequestModels',
    'RequestParameters', 'RequestValidatorId', 'ResourceId', 'RestApiId',
  ]),
  'AWS::ApiGateway::Method.Integration': new Set([
    'IntegrationHttpMethod', 'IntegrationResponses', 'PassthroughBehavior', 'RequestParameters', 'RequestTemplates',
    'TimeoutInMillis', 'Type', 'Uri',
  ]),
  'AWS::ApiGateway::Method.IntegrationResponse': new Set([
    'ResponseParameters', 'ResponseTemplates', 'SelectionPattern', 'StatusCode',
  ]),
  'AWS::ApiGateway::Method.MethodResponse': new Set(['ResponseParameters', 'StatusCode']),
  'AWS::ApiGateway::Model': new Set(['ContentType', 'RestApiId', 'Schema']),
  'AWS::ApiGateway::RequestValidator': new Set([
    'RestApiId', 'ValidateRequestBody', 'ValidateRequestParameters',
  ]),
  'AWS::ApiGateway::Resource': new Set(['ParentId', 'PathPart', 'RestApiId']),
  'AWS::ApiGateway::RestApi': new Set([]),
  'AWS::ApiGateway::Stage': new Set(['MethodSettings', 'RestApiId', 'StageName', 'Variables']),
}; // prettier-ignore

/** The properties that are accepted because nothing on a laptop depends on them: names, roles, logs, limits, docs. */
export const WITHOUT_LOCAL_EFFECT: Readonly<Record<TypeName, ReadonlySet<string>>> = {
  'AWS::ApiGateway::Account': new Set(['CloudWatchRoleArn']),
  'AWS::ApiGateway::Deployment': new Set(['Description']),
  'AWS::ApiGateway::GatewayResponse': new Set(),
  'AWS::ApiGateway::Method': new Set(['OperationName']),
  'AWS::ApiGateway::Method.Integration': new Set(['Credentials']),
  'AWS::ApiGateway::Method.IntegrationResponse': new Set(),
  'AWS::ApiGateway::Method.MethodResponse': new Set(['ResponseModels']),
  'AWS::ApiGateway::Model': new Set(['Description', 'Name']),
  'AWS::ApiGateway::RequestValidator': new Set(['Name']),
  'AWS::ApiGateway::Resource': new Set(),
  'AWS::ApiGateway::RestApi': new Set(['Description', 'EndpointConfiguration', 'Name', 'Tags']),
  'AWS::ApiGateway::Stage': new Set([
    'AccessLogSetting', 'DeploymentId', 'Description', 'Tags', 'TracingEnabled',
  ]),
}; // prettier-ignore

/** @throws UnsupportedLocally naming the first property that is neither interpreted nor known to have no local effect */
export function refuseUnknownProperties(type: TypeName, properties: Properties): void {
  for (const name of Object.keys(properties)) {
    if (!UNDERSTOOD[type].has(name) && !WITHOUT_LOCAL_EFFECT[type].has(name)) {
      throw new UnsupportedLocally(`${type} property ${name}`);
    }
  }
}
