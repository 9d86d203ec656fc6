import { App, Stack } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { DefinitionBody, Pass, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { type Properties } from '../../../local/api-gateway/cloudformation-properties';
import { RestApiDefinition } from '../../../local/api-gateway/rest-api-definition';
import { closeServers, serve } from './serve-rest-api';

afterEach(closeServers);

interface CfnResource {
  readonly Type: string;
  readonly Properties: Properties;
}

const PSEUDO_PARAMETERS: Record<string, string> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-east-1',
  'AWS::AccountId': '000000000000',
};

/** Enough of CloudFormation for what the CDK synthesises here. */
function resolve(value: unknown, rootResourceId: string): unknown {
  if (Array.isArray(value)) return value.map((each) => resolve(each, rootResourceId));
  if (typeof value !== 'object' || value === null) return value;
  const {
    Ref,
    'Fn::GetAtt': attribute,
    'Fn::Join': join,
  } = value as {
    Ref?: string;
    'Fn::GetAtt'?: [string, string];
    'Fn::Join'?: [string, unknown[]];
  };
  if (Ref) return PSEUDO_PARAMETERS[Ref] ?? Ref;
  if (attribute)
    return attribute[1] === 'RootResourceId'
      ? rootResourceId
      : `arn:aws:x:us-east-1:000000000000:${attribute[0]}`;
  if (join) return (resolve(join[1], rootResourceId) as string[]).join(join[0]);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, resolve(each, rootResourceId)]));
}

/** Hands each resource over as a resource provider does: one call per type. */
function provision(resources: Record<string, CfnResource>): RestApiDefinition {
  const ofType = (type: string) =>
    Object.entries(resources).filter(([, { Type }]) => Type === `AWS::ApiGateway::${type}`);
  const [restApiId, { Properties: restApi }] = ofType('RestApi')[0]!;
  const api = new RestApiDefinition(restApiId, restApi);
  const each = (type: string, add: (id: string, properties: Properties) => void) => {
    for (const [id, { Properties }] of ofType(type))
      add(id, resolve(Properties, api.rootResourceId) as Properties);
  };
  each('Resource', (id, properties) => api.addResource(id, properties));
  each('Model', (id, properties) => api.addModel(id, properties));
  each('RequestValidator', (id, properties) => api.addRequestValidator(id, properties));
  each('Method', (_id, properties) => api.addMethod(properties));
  each('GatewayResponse', (_id, properties) => api.addGatewayResponse(properties));
  each('Deployment', (_id, properties) => api.addDeployment(properties));
  each('Stage', (_id, properties) => api.addStage(properties));
  return api;
}

function synthesize(): RestApiDefinition {
  const app = new App({ context: { 'aws:cdk:disable-asset-staging': true } });
  const stack = new Stack(app, 'Tickets');
  const api = new apigateway.RestApi(stack, 'Api', {
    cloudWatchRole: false,
    deployOptions: {
      stageName: 'v1',
      throttlingRateLimit: 10,
      loggingLevel: apigateway.MethodLoggingLevel.ERROR,
    },
    defaultCorsPreflightOptions: {
      allowOrigins: ['https://shop.example'],
      allowHeaders: ['Idempotency-Key'],
    },
  });
  const seats = new LambdaFunction(stack, 'Seats', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('exports.handler = async () => ({})'),
  });
  api.root.addResource('seats').addMethod('GET', new apigateway.LambdaIntegration(seats));
  const stateMachine = new StateMachine(stack, 'Saga', {
    stateMachineType: StateMachineType.EXPRESS,
    definitionBody: DefinitionBody.fromChainable(new Pass(stack, 'Done')),
  });
  const purchases = api.root.addResource('purchases').addResource('{purchaseId}');
  purchases.addMethod(
    'POST',
    apigateway.StepFunctionsIntegration.startExecution(stateMachine, {
      headers: true,
      requestContext: { stage: true },
    }),
  );
  const { Resources } = app.synth().getStackByName('Tickets').template as {
    Resources: Record<string, CfnResource>;
  };
  return provision(Resources);
}

describe('an API that the CDK synthesised', () => {
  let definition: RestApiDefinition;
  beforeAll(() => {
    definition = synthesize();
  });

  test('answers the preflight with exactly the headers that the CDK wrote', async () => {
    const url = await serve(definition);

    const response = await fetch(`${url}/v1/seats`, { method: 'OPTIONS' });

    expect(response.status).toBe(204);
    expect(
      Object.fromEntries([...response.headers].filter(([name]) => name.startsWith('access-control'))),
    ).toEqual({
      'access-control-allow-headers': 'Idempotency-Key',
      'access-control-allow-methods': 'OPTIONS,GET,PUT,POST,DELETE,PATCH,HEAD',
      'access-control-allow-origin': 'https://shop.example',
    });
    expect(response.headers.has('content-type')).toBe(false);
  });

  test("invokes the function by the ARN of the integration's Uri", async () => {
    const invokeFunction = jest.fn().mockResolvedValue({ body: '[]' });
    const url = await serve(definition, { invokeFunction });

    const response = await fetch(`${url}/v1/seats`);

    expect(await response.json()).toEqual([]);
    expect(invokeFunction).toHaveBeenCalledWith(
      expect.stringMatching(/^arn:aws:x:us-east-1:000000000000:Seats/),
      expect.anything(),
    );
  });

  test("has the CDK's own trouble with an apostrophe in a parameter: rendered as AWS would, not better", async () => {
    const callService = jest.fn().mockResolvedValue({ statusCode: 400, body: '{}' });
    const url = await serve(definition, { callService });

    await fetch(`${url}/v1/purchases/p-1?a=it%27s`, { method: 'POST', body: Buffer.from('{}') });

    const { input } = JSON.parse(callService.mock.calls[0][2]) as { input: string };
    expect(() => JSON.parse(input) as unknown).toThrow(SyntaxError);
  });

  test("renders the CDK's own Step Functions templates", async () => {
    const callService = jest
      .fn()
      .mockResolvedValue({ statusCode: 200, body: '{"status":"SUCCEEDED","output":"{\\"ok\\":true}"}' });
    const url = await serve(definition, { callService });

    const response = await fetch(`${url}/v1/purchases/p-1?a=1`, {
      method: 'POST',
      body: Buffer.from('{"seat":"A-1"}'),
    });

    const [service, action, body] = callService.mock.calls[0];
    const { input } = JSON.parse(body) as { input: string };
    expect([service, action]).toEqual(['states', 'StartSyncExecution']);
    expect(JSON.parse(input)).toEqual({
      body: { seat: 'A-1' },
      header: expect.objectContaining({ 'user-agent': 'node' }),
      querystring: { a: '1' },
      path: { purchaseId: 'p-1' },
      requestContext: { stage: 'v1' },
    });
    expect([response.status, await response.json()]).toEqual([200, { ok: true }]);
  });
});
