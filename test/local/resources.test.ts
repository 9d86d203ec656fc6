import { API_GATEWAY } from '../../local/api-gateway/plugin';
import { LAMBDA } from '../../local/lambda/plugin';
import { type AnyPlugin } from '../../local/core/plugin';
import { SCHEDULER } from '../../local/scheduler/plugin';
import { SNS } from '../../local/sns/plugin';
import { WAF } from '../../local/waf/plugin';
import { createResources, startPlugins } from './plugin-fixture';

const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:000000000000:function:Audit:live';

const api = { Api: { Type: 'AWS::ApiGateway::RestApi', Properties: {} } };
const stage = (MethodSettings: object[]) => ({ MethodSettings, RestApiId: { Ref: 'Api' }, StageName: 'v1' });
const schedule = (target: object) => ({
  ScheduleExpression: 'rate(1 minute)',
  Target: { Arn: FUNCTION_ARN, RoleArn: 'role', ...target },
});

test.each<[string, AnyPlugin, string, Record<string, unknown>]>([
  ['The FIFO topic Stack-It', SNS, 'AWS::SNS::Topic', { FifoTopic: true }],
  [
    'AWS::ApiGateway::Stage MethodSettings CachingEnabled',
    API_GATEWAY,
    'AWS::ApiGateway::Stage',
    stage([{ HttpMethod: '*', CachingEnabled: true }]),
  ],
  ['A second AWS::ApiGateway::RestApi', API_GATEWAY, 'AWS::ApiGateway::RestApi', {}],
  [
    'The property Target.DeadLetterConfig of AWS::Scheduler::Schedule',
    SCHEDULER,
    'AWS::Scheduler::Schedule',
    schedule({ DeadLetterConfig: { Arn: 'arn:aws:sqs:us-east-1:000000000000:dead' } }),
  ],
  [
    'The property OnSuccess of AWS::Lambda::EventInvokeConfig DestinationConfig',
    LAMBDA,
    'AWS::Lambda::EventInvokeConfig',
    { FunctionName: 'Audit', Qualifier: 'live', DestinationConfig: { OnSuccess: {} } },
  ],
  ['The Scope CLOUDFRONT of AWS::WAFv2::WebACL', WAF, 'AWS::WAFv2::WebACL', { Scope: 'CLOUDFRONT' }],
  [
    'A web ACL before arn:aws:elasticloadbalancing:lb',
    WAF,
    'AWS::WAFv2::WebACLAssociation',
    { ResourceArn: 'arn:aws:elasticloadbalancing:lb', WebACLArn: 'acl' },
  ],
  [
    'The web ACL of-elsewhere',
    WAF,
    'AWS::WAFv2::WebACLAssociation',
    {
      ResourceArn: { 'Fn::Sub': 'arn:aws:apigateway:us-east-1::/restapis/${Api}/stages/v1' },
      WebACLArn: 'of-elsewhere',
    },
  ],
])('%s is refused by name', async (what, plugin, Type, Properties) => {
  const plugins = await startPlugins(plugin);
  const others = plugin === API_GATEWAY || plugin === WAF ? api : {};

  const creation = createResources(plugins, { ...others, It: { Type, Properties } });

  await expect(creation).rejects.toMatchObject({ name: 'UnsupportedLocally' });
  await expect(creation).rejects.toThrow(what);
});

test('a stage may throttle and log, which has no effect here', async () => {
  const plugins = await startPlugins(API_GATEWAY);
  const Properties = stage([{ HttpMethod: '*', ThrottlingRateLimit: 9 }]);

  await createResources(plugins, { ...api, It: { Type: 'AWS::ApiGateway::Stage', Properties } });

  const [restApi] = plugins.get(API_GATEWAY).restApis.values();
  expect(restApi!.stage.name).toBe('v1');
});

test('an integration with a service that is not there is refused by name, before anybody calls it', async () => {
  const plugins = await startPlugins(API_GATEWAY);
  const method = {
    ...{ RestApiId: { Ref: 'Api' }, ResourceId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] } },
    ...{ HttpMethod: 'POST', AuthorizationType: 'NONE' },
    Integration: {
      ...{ Type: 'AWS', IntegrationHttpMethod: 'POST' },
      Uri: 'arn:aws:apigateway:us-east-1:kinesis:action/PutRecord',
    },
  };
  await createResources(plugins, {
    ...api,
    Stage: { Type: 'AWS::ApiGateway::Stage', Properties: stage([]) },
    Method: { Type: 'AWS::ApiGateway::Method', Properties: method },
  });

  await expect(plugins.ready()).rejects.toThrow('An integration of API Gateway with the service kinesis');
});

test('a schedule invokes its function asynchronously, as EventBridge Scheduler does', async () => {
  const plugins = await startPlugins(SCHEDULER);
  const invokeAsync = jest.spyOn(plugins.get(LAMBDA), 'invokeAsync').mockResolvedValue({} as never);
  const plan = jest.spyOn(plugins.get(SCHEDULER), 'schedule');
  const Properties = schedule({ RetryPolicy: { MaximumRetryAttempts: 0 } });

  await createResources(plugins, { It: { Type: 'AWS::Scheduler::Schedule', Properties } });
  await plan.mock.calls[0]![1]();

  expect(invokeAsync.mock.calls).toEqual([[FUNCTION_ARN, {}]]);
});

test.each([
  ['as often as it is told', { MaximumRetryAttempts: 0 }, 0],
  ['twice, unless it is told otherwise', {}, 2],
])('an alias retries asynchronous invocations %s', async (_, more, attempts) => {
  const plugins = await startPlugins(LAMBDA);
  const setAsyncRetries = jest.spyOn(plugins.get(LAMBDA), 'setAsyncRetries').mockReturnValue();
  const Properties = { FunctionName: 'Audit', MaximumEventAgeInSeconds: 60, Qualifier: 'live', ...more };

  await createResources(plugins, { It: { Type: 'AWS::Lambda::EventInvokeConfig', Properties } });

  expect(setAsyncRetries.mock.calls).toEqual([['Audit', 'live', attempts]]);
});
