import { RestApiDefinition } from '../../local/api-gateway/rest-api-definition';
import { type Template } from '../../local/cloudformation/cloud-assembly';
import { createStack } from '../../local/cloudformation/stack';
import { resourceTypes } from '../../local/resources/resource-types';
import { type Services } from '../../local/services';

const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:000000000000:function:Audit:live';

/** Creates one resource from its properties, as a template would. */
async function create(
  Type: string,
  Properties: Record<string, unknown>,
  services: object = {},
): Promise<void> {
  const Resources: Template['Resources'] = { It: { Type, Properties } };
  const stack = { stackName: 'Stack', template: { Resources }, assets: new Map() };
  await createStack(stack, resourceTypes(services as Services), new Map());
}

const restApi = () => ({ restApis: new Map([['api', new RestApiDefinition('api', {})]]) });
const stage = (MethodSettings: object[]) => ({ MethodSettings, RestApiId: 'api', StageName: 'v1' });
const schedule = (target: object) => ({
  ScheduleExpression: 'rate(1 minute)',
  Target: { Arn: FUNCTION_ARN, RoleArn: 'role', ...target },
});

test.each<[string, string, Record<string, unknown>, object]>([
  ['The FIFO topic Stack-It', 'AWS::SNS::Topic', { FifoTopic: true }, {}],
  [
    'AWS::ApiGateway::Stage MethodSettings CachingEnabled',
    'AWS::ApiGateway::Stage',
    stage([{ HttpMethod: '*', CachingEnabled: true }]),
    restApi(),
  ],
  [
    'The property Target.DeadLetterConfig of AWS::Scheduler::Schedule',
    'AWS::Scheduler::Schedule',
    schedule({ DeadLetterConfig: { Arn: 'arn:aws:sqs:us-east-1:000000000000:dead' } }),
    {},
  ],
  [
    'The property DestinationConfig of AWS::Lambda::EventInvokeConfig',
    'AWS::Lambda::EventInvokeConfig',
    { FunctionName: 'Audit', Qualifier: 'live', DestinationConfig: {} },
    {},
  ],
  ['The Scope CLOUDFRONT of AWS::WAFv2::WebACL', 'AWS::WAFv2::WebACL', { Scope: 'CLOUDFRONT' }, {}],
  [
    'A web ACL before arn:aws:elasticloadbalancing:lb',
    'AWS::WAFv2::WebACLAssociation',
    { ResourceArn: 'arn:aws:elasticloadbalancing:lb', WebACLArn: 'acl' },
    restApi(),
  ],
])('%s is refused by name', async (what, type, properties, services) => {
  const creation = create(type, properties, services);

  await expect(creation).rejects.toMatchObject({ name: 'UnsupportedLocally' });
  await expect(creation).rejects.toThrow(what);
});

test('a stage may throttle and log, which has no effect here', async () => {
  const services = restApi();

  await create('AWS::ApiGateway::Stage', stage([{ HttpMethod: '*', ThrottlingRateLimit: 9 }]), services);

  expect(services.restApis.get('api')!.stage.name).toBe('v1');
});

test('a schedule invokes its function asynchronously, as EventBridge Scheduler does', async () => {
  const invokeAsync = jest.fn();
  const tasks: (() => unknown)[] = [];
  const services = {
    functions: { invokeAsync },
    scheduler: { schedule: (_: string, run: () => unknown) => tasks.push(run) },
  };

  await create('AWS::Scheduler::Schedule', schedule({ RetryPolicy: { MaximumRetryAttempts: 0 } }), services);
  tasks[0]!();

  expect(invokeAsync.mock.calls).toEqual([[FUNCTION_ARN, {}]]);
});

test.each([
  ['as often as it is told', { MaximumRetryAttempts: 0 }, 0],
  ['twice, unless it is told otherwise', {}, 2],
])('an alias retries asynchronous invocations %s', async (_, more, attempts) => {
  const setAsyncRetries = jest.fn();
  const properties = { FunctionName: 'Audit', MaximumEventAgeInSeconds: 60, Qualifier: 'live', ...more };

  await create('AWS::Lambda::EventInvokeConfig', properties, { functions: { setAsyncRetries } });

  expect(setAsyncRetries.mock.calls).toEqual([['Audit', 'live', attempts]]);
});
