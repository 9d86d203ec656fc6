import { BadRequestException } from '../../../local/api-gateway/bad-request-exception';
import { RestApiDefinition } from '../../../local/api-gateway/rest-api-definition';
import { UnsupportedLocally } from '../../../local/aws/aws-service';
import { ACTION_URI, defineApi, FUNCTION_URI, MOCK, OK, PROXY } from './serve-rest-api';

const method = (properties: Record<string, unknown>) => () =>
  defineApi({ 'GET /': { Integration: PROXY, ...properties } });
const integration = (properties: Record<string, unknown>) =>
  method({ Integration: { ...PROXY, ...properties }, MethodResponses: OK });
const service = { Type: 'AWS', Uri: ACTION_URI };
const api = () => defineApi({});

test.each<[string, () => unknown]>([
  [
    'AWS::ApiGateway::RestApi property BinaryMediaTypes',
    () => new RestApiDefinition('a', { BinaryMediaTypes: ['*/*'] }),
  ],
  ['AWS::ApiGateway::RestApi property Body', () => new RestApiDefinition('a', { Body: {} })],
  [
    'AWS::ApiGateway::Resource property Extra',
    () => api().addResource('r', { ParentId: 'api1-root', PathPart: 'a', Extra: 1 }),
  ],
  ['AWS::ApiGateway::Method property AuthorizerId', method({ AuthorizerId: 'x' })],
  ['AuthorizationType COGNITO_USER_POOLS', method({ AuthorizationType: 'COGNITO_USER_POOLS' })],
  ['ApiKeyRequired', method({ ApiKeyRequired: true })],
  ['a method without Integration', method({ Integration: undefined })],
  [
    'AWS::ApiGateway::Method.MethodResponse property X',
    method({ MethodResponses: [{ StatusCode: '200', X: 1 }] }),
  ],
  [
    'AWS::ApiGateway::Method.Integration property ContentHandling',
    integration({ ContentHandling: 'CONVERT_TO_TEXT' }),
  ],
  [
    'AWS::ApiGateway::Method.Integration property ConnectionType',
    integration({ ConnectionType: 'VPC_LINK' }),
  ],
  ['the integration type HTTP', integration({ Type: 'HTTP', Uri: 'https://example.com' })],
  [
    'The integration Uri arn:aws:apigateway:us-east-1:s3:path/bucket',
    integration({ ...service, Uri: 'arn:aws:apigateway:us-east-1:s3:path/bucket' }),
  ],
  ['AWS_PROXY to', integration({ Uri: ACTION_URI })],
  ['The integration Uri', integration({ Uri: FUNCTION_URI.replace(':seats', ':${stageVariables.fn}') })],
  ['IntegrationHttpMethod GET', integration({ IntegrationHttpMethod: 'GET' })],
  [
    'RequestParameters integration.request.querystring.a',
    integration({ ...service, RequestParameters: { 'integration.request.querystring.a': "'b'" } }),
  ],
  ['#macro', integration({ ...service, RequestTemplates: { 'application/json': '#macro(a)b#end' } })],
  [
    'AWS::ApiGateway::Method.IntegrationResponse property ContentHandling',
    integration({ ...service, IntegrationResponses: [{ StatusCode: '200', ContentHandling: 'x' }] }),
  ],
  [
    'a reference to another model (https://apigateway.amazonaws.com/restapis/api1/models/Seat)',
    () =>
      api().addModel('M', {
        Schema: { items: { $ref: 'https://apigateway.amazonaws.com/restapis/api1/models/Seat' } },
      }),
  ],
  ['AWS::ApiGateway::Model M', () => api().addModel('M', { Schema: { type: 'nothing' } })],
  [
    'AWS::ApiGateway::GatewayResponse ResponseType TEAPOT',
    () => api().addGatewayResponse({ ResponseType: 'TEAPOT' }),
  ],
  [
    '$input.body in a gateway response template',
    () =>
      api().addGatewayResponse({
        ResponseType: 'DEFAULT_4XX',
        ResponseTemplates: { 'application/json': '$input.body' },
      }),
  ],
  [
    '#if in a gateway response template',
    () =>
      api().addGatewayResponse({
        ResponseType: 'DEFAULT_4XX',
        ResponseTemplates: { 'application/json': '#if($context.stage)x#end' },
      }),
  ],
  [
    'ResponseParameters gatewayresponse.path.a',
    () =>
      api().addGatewayResponse({
        ResponseType: 'DEFAULT_4XX',
        ResponseParameters: { 'gatewayresponse.path.a': "'b'" },
      }),
  ],
  [
    'AWS::ApiGateway::Stage property CanarySetting',
    () => new RestApiDefinition('a', {}).addStage({ StageName: 'v1', CanarySetting: {} }),
  ],
  [
    'AWS::ApiGateway::Stage MethodSettings CachingEnabled',
    () =>
      new RestApiDefinition('a', {}).addStage({
        StageName: 'v1',
        MethodSettings: [{ CachingEnabled: true }],
      }),
  ],
  ['A second AWS::ApiGateway::Stage', () => api().addStage({ StageName: 'v2' })],
  ['without AWS::ApiGateway::Stage', () => new RestApiDefinition('a', {}).stage],
  ['AWS::ApiGateway::Deployment property StageName', () => api().addDeployment({ StageName: 'v1' })],
])('%s is refused by name', (named, act) => {
  expect(act).toThrow(UnsupportedLocally);
  expect(act).toThrow(named);
});

test.each<[string, () => unknown]>([
  ['Invalid Resource identifier', () => api().addResource('r', { ParentId: 'nowhere', PathPart: 'a' })],
  ['path part', () => api().addResource('r', { ParentId: 'api1-root', PathPart: 'a/b' })],
  ['Invalid model identifier', method({ RequestModels: { 'application/json': 'None' } })],
  ['Invalid Request Validator identifier', method({ RequestValidatorId: 'none' })],
  ['Timeout should be between', integration({ TimeoutInMillis: 49 })],
  [
    'Invalid Response status code specified: 201',
    method({ Integration: { ...MOCK, IntegrationResponses: [{ StatusCode: '201' }] }, MethodResponses: OK }),
  ],
  [
    'Invalid mapping expression parameter specified: method.response.header.X',
    method({
      Integration: {
        ...MOCK,
        IntegrationResponses: [
          { StatusCode: '200', ResponseParameters: { 'method.response.header.X': "'a'" } },
        ],
      },
      MethodResponses: OK,
    }),
  ],
])('%s: what API Gateway would refuse is refused', (named, act) => {
  expect(act).toThrow(BadRequestException);
  expect(act).toThrow(named);
});
