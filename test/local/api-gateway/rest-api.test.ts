import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { LocalClock } from '../../../local/core/clock';
import {
  ACTION_URI,
  closeServers,
  defineApi,
  FUNCTION_ARN,
  FUNCTION_URI,
  MOCK,
  OK,
  PROXY,
  serve,
} from './serve-rest-api';

afterEach(closeServers);

/** Answers with the route it was called on. */
const echo = (_arn: string, event: unknown) => {
  const { resource, pathParameters } = event as { resource: string; pathParameters: unknown };
  return Promise.resolve({ statusCode: 200, body: JSON.stringify({ resource, pathParameters }) });
};

describe('routing', () => {
  const api = () =>
    defineApi({
      'GET /events': { Integration: PROXY },
      'GET /events/{eventId}': { Integration: PROXY },
      'GET /events/next': { Integration: PROXY },
      'ANY /events/{eventId}/seats': { Integration: PROXY },
      'GET /files/{key+}': { Integration: PROXY },
      'GET /': { Integration: PROXY },
    });

  test.each([
    ['GET', '/events', '/events', null],
    ['GET', '/events/', '/events', null],
    ['GET', '//events', '/events', null],
    ['GET', '///events//', '/events', null],
    ['GET', '/events/next', '/events/next', null],
    ['GET', '/events/caf%C3%A9%2F1', '/events/{eventId}', { eventId: 'café/1' }],
    ['DELETE', '/events/next/seats', '/events/{eventId}/seats', { eventId: 'next' }],
    ['GET', '/files/a/b%20c', '/files/{key+}', { key: 'a/b c' }],
    ['GET', '', '/', null],
  ])('%s %s is served by %s', async (method, path, resource, pathParameters) => {
    const url = await serve(api(), { invokeFunction: echo });

    const response = await fetch(`${url}/v1${path}`, { method });

    expect(await response.json()).toEqual({ resource, pathParameters });
  });

  test('the time of an answer is that of the run, whatever the answer is', async () => {
    const clock = new LocalClock();
    jest.spyOn(clock, 'now').mockReturnValue(Date.UTC(2030, 0, 1, 12));
    const url = await serve(api(), { invokeFunction: echo, clock });

    const answers = await Promise.all(['/events', '/nowhere'].map((path) => fetch(`${url}/v1${path}`)));

    const times = answers.map(({ headers }) => headers.get('date'));
    expect(times).toEqual(Array(2).fill('Tue, 01 Jan 2030 12:00:00 GMT'));
  });

  test.each([
    ['GET', '/nowhere'],
    ['POST', '/events'],
    ['GET', '/files'],
    ['GET', '/events//seats'],
  ])('%s %s has no route: 403 Missing Authentication Token', async (method, path) => {
    const url = await serve(api(), { invokeFunction: echo });

    const response = await fetch(`${url}/v1${path}`, { method });

    expect(response.status).toBe(403);
    expect(response.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException');
    expect(response.headers.get('x-amzn-requestid')).toMatch(/^[\da-f-]{36}$/);
    expect(await response.text()).toBe('{"message":"Missing Authentication Token"}');
  });

  test('another stage is forbidden, and a base path takes the place of the stage', async () => {
    const byStage = await serve(api(), { invokeFunction: echo });
    const byBasePath = await serve(api(), { invokeFunction: echo, basePath: '/api' });

    const [otherStage, based] = await Promise.all([
      fetch(`${byStage}/v10/events`),
      fetch(`${byBasePath}/api/events`),
    ]);

    expect([otherStage.status, await otherStage.text()]).toEqual([403, '{"message":"Forbidden"}']);
    expect(based.status).toBe(200);
  });
});

describe('request validation', () => {
  const api = () => {
    const definition = defineApi({});
    definition.addModel('Purchase', {
      RestApiId: 'api1',
      ContentType: 'application/json',
      Schema: {
        $schema: 'http://json-schema.org/draft-04/schema#',
        type: 'object',
        required: ['eventId', 'seats'],
        additionalProperties: false,
        properties: {
          eventId: { type: 'string', minLength: 3 },
          seats: { type: 'array', minItems: 1, maxItems: 2, uniqueItems: true },
          amount: { type: 'number', minimum: 0, exclusiveMinimum: true },
          tier: { enum: ['A', 'B'] },
        },
      },
    });
    definition.addRequestValidator('v', {
      RestApiId: 'api1',
      ValidateRequestBody: true,
      ValidateRequestParameters: true,
    });
    definition.addGatewayResponse({
      ResponseType: 'BAD_REQUEST_BODY',
      RestApiId: 'api1',
      StatusCode: '422',
      ResponseTemplates: {
        'application/problem+json':
          '{"detail":$context.error.messageString,"why":"$context.error.validationErrorString","id":"$context.requestId","type":"$context.error.responseType","table":"$stageVariables.table"}',
      },
      ResponseParameters: {
        'gatewayresponse.header.X-Static': "'a b'",
        'gatewayresponse.header.X-Key': 'method.request.header.Idempotency-Key',
      },
    });
    definition.addMethod({
      HttpMethod: 'POST',
      ResourceId: definition.rootResourceId,
      RestApiId: 'api1',
      AuthorizationType: 'NONE',
      RequestValidatorId: 'v',
      RequestModels: { 'application/json': 'Purchase' },
      RequestParameters: {
        'method.request.header.Idempotency-Key': true,
        'method.request.querystring.page': true,
        'method.request.querystring.size': false,
      },
      Integration: { ...MOCK, PassthroughBehavior: 'NEVER' },
      MethodResponses: OK,
    });
    return definition;
  };
  const headers = { 'Idempotency-Key': 'k', 'Content-Type': 'application/json; charset=utf-8' };

  test('missing or blank parameters are named, and are checked before the body', async () => {
    const url = await serve(api());

    const response = await fetch(`${url}/v1?page=%20`, { method: 'POST', body: 'not json' });

    expect(response.status).toBe(400);
    expect(response.headers.get('x-amzn-errortype')).toBe('BadRequestException');
    expect(await response.json()).toEqual({
      message: 'Missing required request parameters: [Idempotency-Key, page]',
    });
  });

  test.each([
    ['{"seats":["A-1"]}', '[object has missing required properties (["eventId"])]'],
    ['', '[object has missing required properties (["eventId","seats"])]'],
    [
      '{"eventId":"e","seats":["A-1"],"y":1,"x":1}',
      '[object instance has properties which are not allowed by the schema: ["x","y"], string "e" is too short (length: 1, required minimum: 3)]',
    ],
    [
      '{"eventId":7,"seats":[]}',
      '[instance type (integer) does not match any allowed primitive type (allowed: ["string"]), array is too short: must have at least 1 elements but instance has 0 elements]',
    ],
    ['[]', '[instance type (array) does not match any allowed primitive type (allowed: ["object"])]'],
    [
      '{"eventId":"e-1","seats":["A","A"],"tier":"C"}',
      '[array must not contain duplicate elements, instance value ("C") not found in enum (possible values: ["A","B"])]',
    ],
  ])('the body %s is refused because %s', async (body, why) => {
    const url = await serve(api());

    const response = await fetch(`${url}/v1?page=1`, { method: 'POST', headers, body });
    const text = await response.text();

    expect(response.status).toBe(422);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('x-static')).toBe('a b');
    expect(response.headers.get('x-key')).toBe('k');
    expect(text).toContain(
      `{"detail":"Invalid request body","why":"${why}","id":"${response.headers.get('x-amzn-requestid')}","type":"BAD_REQUEST_BODY","table":"seats"}`,
    );
  });

  test('a body that is not JSON is an invalid request body', async () => {
    const url = await serve(api());

    const response = await fetch(`${url}/v1?page=1`, { method: 'POST', headers, body: '{"eventId":' });

    expect(response.status).toBe(422);
    expect(await response.text()).toMatch(/"detail":"Invalid request body","why":".+"/);
  });

  test('a valid body passes, in JSON by default', async () => {
    const url = await serve(api());
    const body = new TextEncoder().encode('{"eventId":"e-1","seats":["A-1"],"amount":0.5}');

    const response = await fetch(`${url}/v1?page=1`, {
      method: 'POST',
      headers: { 'Idempotency-Key': 'k' },
      body,
    });

    expect(response.status).toBe(200);
  });

  test.each(['text/xml', 'constructor', '__proto__'])(
    'the media type %s without model is not validated, but NEVER passes through: 415',
    async (mediaType) => {
      const url = await serve(api());

      const response = await fetch(`${url}/v1?page=1`, {
        method: 'POST',
        headers: { ...headers, 'Content-Type': mediaType },
        body: '<a/>',
      });

      expect([response.status, await response.json()]).toEqual([415, { message: 'Unsupported Media Type' }]);
    },
  );

  const nested = (levels: number) => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);

  test.each([
    ['as a field that is not allowed', nested(100_000)],
    ['as a value of an enum', `{"tier":${nested(100_000)}}`],
  ])('%s, what is nested a hundred thousand deep is an invalid request body', async (_, body) => {
    const url = await serve(api());

    const response = await fetch(`${url}/v1?page=1`, { method: 'POST', headers, body });

    expect(response.status).toBe(422);
    expect(await response.text()).toContain('"why":"The body is nested more than 1000 deep"');
  });

  test('what is nested as deep as that is checked', async () => {
    const url = await serve(api());
    const body = `{"tier":${nested(998)}}`;

    const response = await fetch(`${url}/v1?page=1`, { method: 'POST', headers, body });

    expect(await response.text()).toContain('not found in enum');
  });
});

test.each([
  ['WHEN_NO_MATCH', 'text/plain', 200],
  [undefined, 'text/plain', 200],
  ['WHEN_NO_TEMPLATES', 'text/plain', 415],
  ['NEVER', 'text/plain', 415],
  ['NEVER', 'application/json', 200],
])('passthrough %s with %s answers %d', async (PassthroughBehavior, contentType, status) => {
  const Integration = {
    Type: 'AWS', IntegrationHttpMethod: 'POST', Uri: ACTION_URI, PassthroughBehavior,
    RequestTemplates: { 'application/json': 'rendered' }, IntegrationResponses: [{ StatusCode: '200' }],
  }; // prettier-ignore
  const bodies: string[] = [];
  const callService = (_service: string, _action: string, body: string) => {
    bodies.push(body);
    return Promise.resolve({ statusCode: 200, body: '{}' });
  };
  const url = await serve(defineApi({ 'POST /': { Integration, MethodResponses: OK } }), { callService });

  const response = await fetch(`${url}/v1`, {
    method: 'POST',
    headers: { 'Content-Type': contentType },
    body: 'as is',
  });

  expect(response.status).toBe(status);
  expect(bodies).toEqual(status === 415 ? [] : [contentType === 'text/plain' ? 'as is' : 'rendered']);
});

test('a body over 10 MB is too large', async () => {
  const url = await serve(defineApi({ 'POST /': { Integration: PROXY } }));

  const response = await fetch(`${url}/v1`, { method: 'POST', body: Buffer.alloc(10_485_761) });

  expect([response.status, await response.json()]).toEqual([
    413,
    { message: 'HTTP content length exceeded 10485760 bytes.' },
  ]);
});

test('DEFAULT_4XX and DEFAULT_5XX stand in for types that are not set, with their own status if they have one', async () => {
  const definition = defineApi({ 'GET /': { Integration: PROXY } });
  const template = { 'application/json': '{"type":"$context.error.responseType"}' };
  definition.addGatewayResponse({
    RestApiId: 'api1',
    ResponseType: 'DEFAULT_4XX',
    ResponseTemplates: template,
  });
  definition.addGatewayResponse({
    RestApiId: 'api1',
    ResponseType: 'DEFAULT_5XX',
    ResponseTemplates: template,
    StatusCode: '500',
  });
  const url = await serve(definition, { invokeFunction: () => Promise.resolve('malformed') });

  const [missing, malformed] = await Promise.all([fetch(`${url}/v1/x`), fetch(`${url}/v1`)]);

  expect([missing.status, await missing.json()]).toEqual([403, { type: 'MISSING_AUTHENTICATION_TOKEN' }]);
  expect([malformed.status, await malformed.json()]).toEqual([500, { type: 'API_CONFIGURATION_ERROR' }]);
});

describe('AWS_IAM', () => {
  const api = () =>
    defineApi({ 'PUT /events/{eventId}': { Integration: PROXY, AuthorizationType: 'AWS_IAM' } });
  const invokeFunction = (_arn: string, event: unknown) => {
    const { identity } = (event as { requestContext: { identity: unknown } }).requestContext;
    return Promise.resolve({ body: JSON.stringify(identity) });
  };

  async function signed(url: string, secretAccessKey: string, accessKeyId = 'local'): Promise<Response> {
    const { hostname, port, host } = new URL(url);
    const signer = new SignatureV4({
      service: 'execute-api',
      region: 'us-east-1',
      credentials: { accessKeyId, secretAccessKey },
      sha256: Sha256,
    });
    const body = '{"name":"Café"}';
    const path = '/v1/events/caf%C3%A9';
    const { headers } = await signer.sign({
      method: 'PUT',
      protocol: 'http:',
      hostname,
      port: Number(port),
      path,
      query: { dry: 'run' },
      headers: { host },
      body,
    });
    return fetch(`${url}${path}?dry=run`, { method: 'PUT', headers, body });
  }

  test('a signed request passes, and the integration sees who signed', async () => {
    const url = await serve(api(), { invokeFunction });

    const response = await signed(url, 'local');

    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      accessKey: 'local',
      userArn: 'arn:aws:iam::000000000000:root',
    });
  });

  test('an unsigned request has no authentication token', async () => {
    const url = await serve(api());

    const response = await fetch(`${url}/v1/events/e-1`, { method: 'PUT' });

    expect([response.status, await response.json()]).toEqual([
      403,
      { message: 'Missing Authentication Token' },
    ]);
  });

  test.each([
    ['wrong', 'local'],
    ['local', 'stranger'],
  ])('a request signed with secret %s of key %s has an invalid signature', async (secret, key) => {
    const url = await serve(api());

    const response = await signed(url, secret, key);

    expect(response.status).toBe(403);
    expect(response.headers.get('x-amzn-errortype')).toBe('InvalidSignatureException');
  });

  test('a check that denies access is answered ACCESS_DENIED', async () => {
    const verifySignature = () => ({ ok: false, code: 'AccessDenied', message: 'not you' }) as const;
    const url = await serve(api(), { verifySignature });

    const response = await signed(url, 'local');

    expect(response.headers.get('x-amzn-errortype')).toBe('AccessDeniedException');
    expect(await response.json()).toEqual({ message: 'not you' });
  });
});

describe('AWS_PROXY', () => {
  const api = (properties = {}) =>
    defineApi({ 'POST /events/{eventId}': { Integration: { ...PROXY, ...properties } } });

  test('the function gets the proxy event', async () => {
    const invokeFunction = jest.fn().mockResolvedValue({ statusCode: 201, body: 'made' });
    const url = await serve(api(), { invokeFunction });

    await fetch(`${url}/v1/events/a%20b?x=1&x=2&y=`, {
      method: 'POST',
      headers: { 'X-Test': 'a', 'Content-Type': 'text/plain' },
      body: 'héllo',
    });

    expect(invokeFunction).toHaveBeenCalledWith(FUNCTION_ARN, {
      resource: '/events/{eventId}',
      path: '/events/a%20b',
      httpMethod: 'POST',
      headers: expect.objectContaining({
        // As the client wrote them.
        'X-Test': 'a',
        'Content-Type': 'text/plain',
        'X-Forwarded-Proto': 'http',
      }),
      multiValueHeaders: expect.objectContaining({ 'X-Test': ['a'] }),
      queryStringParameters: { x: '2', y: '' },
      multiValueQueryStringParameters: { x: ['1', '2'], y: [''] },
      pathParameters: { eventId: 'a b' },
      stageVariables: { table: 'seats' },
      requestContext: expect.objectContaining({
        accountId: '000000000000',
        apiId: 'api1',
        httpMethod: 'POST',
        identity: expect.objectContaining({ sourceIp: '127.0.0.1', userArn: null }),
        path: '/v1/events/a%20b',
        protocol: 'HTTP/1.1',
        requestTime: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        requestTimeEpoch: expect.any(Number),
        resourcePath: '/events/{eventId}',
        stage: 'v1',
      }),
      body: 'héllo',
      isBase64Encoded: false,
    });
  });

  test('status, headers and body of the function are passed on', async () => {
    const payload = {
      statusCode: '302',
      headers: { Location: '/t', Date: 'x' },
      multiValueHeaders: { Vary: ['a', 'b'] },
      body: null,
    };
    const url = await serve(api(), { invokeFunction: () => Promise.resolve(payload) });

    const response = await fetch(`${url}/v1/events/1`, { method: 'POST', redirect: 'manual' });

    expect(response.status).toBe(302);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      location: '/t',
      vary: 'a, b',
      'x-amzn-remapped-date': 'x',
      'content-type': 'application/json',
    });
    expect(await response.text()).toBe('');
  });

  test.each([
    ['a function error', { errorMessage: 'boom', errorType: 'Error' }],
    ['a bare string', 'ok'],
    ['nothing', undefined],
    ['a body that is no string', { statusCode: 200, body: { a: 1 } }],
    ['a status that is none', { statusCode: 'ok' }],
    ['a header that is an object', { headers: { a: {} } }],
    ['multi-value headers that are no lists', { multiValueHeaders: { a: 'b' } }],
    ['an unknown field', { statusCode: 200, cookies: [] }],
  ])('%s is a malformed proxy response: 502, and the log says why', async (_name, payload) => {
    const executionLog = jest.fn();
    const url = await serve(api(), { invokeFunction: () => Promise.resolve(payload), executionLog });

    const response = await fetch(`${url}/v1/events/1`, { method: 'POST' });

    expect([response.status, await response.json()]).toEqual([502, { message: 'Internal server error' }]);
    expect(executionLog).toHaveBeenCalledWith(expect.stringContaining('Malformed Lambda proxy response'));
  });

  test('a function that cannot be invoked is an integration failure', async () => {
    const url = await serve(api(), { invokeFunction: () => Promise.reject(new Error('no such function')) });

    const response = await fetch(`${url}/v1/events/1`, { method: 'POST' });

    expect([response.status, await response.json()]).toEqual([502, { message: 'Internal server error' }]);
  });

  test('the caller gets 504 at the timeout while the function runs on', async () => {
    const finished = jest.fn();
    let finish = () => {};
    const invokeFunction = () =>
      new Promise((resolve) => (finish = () => resolve({ statusCode: 200 }))).then(finished);
    const url = await serve(api({ TimeoutInMillis: 50 }), { invokeFunction });

    const response = await fetch(`${url}/v1/events/1`, { method: 'POST' });
    finish();
    await new Promise(setImmediate);

    expect([response.status, await response.json()]).toEqual([
      504,
      { message: 'Endpoint request timed out' },
    ]);
    expect(finished).toHaveBeenCalledTimes(1);
  });

  test('a function that fails after the timeout disturbs nobody', async () => {
    let fail = () => {};
    const invokeFunction = () => new Promise((_resolve, reject) => (fail = () => reject(new Error('late'))));
    const url = await serve(api({ TimeoutInMillis: 50 }), { invokeFunction });

    const response = await fetch(`${url}/v1/events/1`, { method: 'POST' });
    fail();
    await new Promise(setImmediate);

    expect(response.status).toBe(504);
  });
});

describe('AWS', () => {
  const IntegrationResponses = [
    {
      StatusCode: '200',
      SelectionPattern: '200',
      ResponseTemplates: {
        'application/json':
          '#set($status = $input.path(\'$.status\'))#if($status != "SUCCEEDED")#set($context.responseOverride.status = 409)#set($context.responseOverride.header["Content-Type"] = "application/problem+json")#end{"got": $input.json(\'$.output\')}',
      },
      ResponseParameters: {
        'method.response.header.X-Static': "'s'",
        'method.response.header.X-Trace': 'integration.response.header.X-Trace',
        'method.response.header.X-Status': 'integration.response.body.status',
        'method.response.header.X-None': 'integration.response.header.X-None',
      },
    },
    {
      StatusCode: '429',
      SelectionPattern: '4\\d\\d',
      ResponseTemplates: { 'application/json': '{"busy":true}' },
    },
  ];
  const declared = {
    'method.response.header.X-Static': true,
    'method.response.header.X-Trace': true,
    'method.response.header.X-Status': true,
    'method.response.header.X-None': true,
  };
  const api = (properties = {}) =>
    defineApi({
      'POST /purchases': {
        Integration: {
          Type: 'AWS',
          IntegrationHttpMethod: 'POST',
          Uri: ACTION_URI,
          Credentials: 'arn:aws:iam::000000000000:role/api',
          PassthroughBehavior: 'NEVER',
          RequestParameters: { 'integration.request.header.Content-Type': "'application/x-amz-json-1.0'" },
          RequestTemplates: {
            'application/json': '{"name":"$input.params(\'Idempotency-Key\')","input":$input.json(\'$\')}',
          },
          IntegrationResponses,
          ...properties,
        },
        MethodResponses: [{ StatusCode: '200', ResponseParameters: declared }, { StatusCode: '429' }],
      },
    });
  const post = (url: string, body = '{"a":"it\'s"}') =>
    fetch(`${url}/v1/purchases`, {
      method: 'POST',
      headers: { 'Idempotency-Key': 'k-1' },
      body: Buffer.from(body),
    });

  test('the rendered request template is the body of the call, and the answer is mapped back', async () => {
    const callService = jest.fn().mockResolvedValue({
      statusCode: 200,
      body: '{"status":"SUCCEEDED","output":{"n":1.0}}',
      headers: { 'x-trace': 't' },
    });
    const url = await serve(api(), { callService });

    const response = await post(url);

    expect(callService).toHaveBeenCalledWith(
      'states',
      'StartSyncExecution',
      '{"name":"k-1","input":{"a":"it\'s"}}',
    );
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('{"got": {"n":1.0}}');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/json',
      'x-static': 's',
      'x-trace': 't',
      'x-status': 'SUCCEEDED',
    });
    expect(response.headers.has('x-none')).toBe(false);
  });

  test('the template overrides status and content type', async () => {
    const url = await serve(api(), {
      callService: () => Promise.resolve({ statusCode: 200, body: '{"status":"FAILED"}' }),
    });

    const response = await post(url);

    expect(response.status).toBe(409);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toEqual({ got: '' });
  });

  test('an integration response is selected by the status of the answer', async () => {
    const url = await serve(api(), { callService: () => Promise.resolve({ statusCode: 400, body: '{}' }) });

    const response = await post(url);

    expect([response.status, await response.json()]).toEqual([429, { busy: true }]);
  });

  test.each([
    ['no integration response matches', { statusCode: 500, body: '{}' }, 'No match for output mapping'],
    ['the answer is not JSON', { statusCode: 200, body: 'oops' }, 'Unable to transform response'],
  ])('if %s, the API is misconfigured: 500, and the log says why', async (_name, answer, logged) => {
    const executionLog = jest.fn();
    const url = await serve(api(), { callService: () => Promise.resolve(answer), executionLog });

    const response = await post(url);

    expect([response.status, await response.json()]).toEqual([500, { message: 'Internal server error' }]);
    expect(executionLog).toHaveBeenCalledWith(expect.stringContaining(logged));
  });

  test('a request that is not JSON, but read as JSON by the template, is a bad request', async () => {
    const url = await serve(api());

    const response = await post(url, '{"a":');

    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      message: 'Could not parse request body into json: Unexpected end-of-input',
    });
  });

  test('a service that gives no answer is an integration failure: 504', async () => {
    const url = await serve(api(), { callService: () => Promise.reject(new Error('connection refused')) });

    const response = await post(url);

    expect(response.status).toBe(504);
    expect(response.headers.get('x-amzn-errortype')).toBe('InternalServerErrorException');
  });

  test('an unknown function in a template is refused by name, not rendered', async () => {
    const url = await serve(api({ RequestTemplates: { 'application/json': '$util.toJson($input.body)' } }));

    const response = await post(url);

    expect([response.status, await response.text()]).toEqual([501, expect.stringContaining('$util.toJson')]);
  });

  test('request overrides that would be lost are refused by name', async () => {
    const template = '#set($context.requestOverride.header["X-Amz-Target"] = "a"){}';
    const url = await serve(api({ RequestTemplates: { 'application/json': template } }));

    const response = await post(url);

    expect(await response.text()).toContain('$context.requestOverride.header.X-Amz-Target');
  });

  test.each([
    [{ ok: 1 }, 200, '{"ok":1}'],
    [{ errorMessage: 'NotFound: seat', errorType: 'E' }, 429, 'seat missing'],
    [{ errorMessage: 'Other\nNotFound: seat' }, 200, '{"errorMessage":"Other\\nNotFound: seat"}'],
  ])('a Lambda that returns %j is mapped by its whole error message', async (payload, status, body) => {
    const definition = api({
      Uri: FUNCTION_URI,
      IntegrationResponses: [
        { StatusCode: '200' },
        {
          StatusCode: '429',
          SelectionPattern: 'NotFound:.*',
          ResponseTemplates: { 'application/json': 'seat missing' },
        },
      ],
    });
    const invokeFunction = jest.fn().mockResolvedValue(payload);
    const url = await serve(definition, { invokeFunction });

    const response = await post(url);

    expect(invokeFunction).toHaveBeenCalledWith(FUNCTION_ARN, { name: 'k-1', input: { a: "it's" } });
    expect([response.status, await response.text()]).toEqual([status, body]);
  });
});

test('an error that nobody expected is a misconfiguration to the caller, and the log says why', async () => {
  const definition = defineApi({ 'PUT /': { Integration: PROXY, AuthorizationType: 'AWS_IAM' } });
  const executionLog = jest.fn();
  const verifySignature = () => Promise.reject(new TypeError('a bug in /home/me'));
  const url = await serve(definition, { verifySignature, executionLog });

  const response = await fetch(`${url}/v1`, { method: 'PUT' });

  expect([response.status, await response.json()]).toEqual([500, { message: 'Internal server error' }]);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(executionLog).toHaveBeenCalledWith(expect.stringContaining('a bug in /home/me'));
});

test('a mock without a status in its template is misconfigured', async () => {
  const Integration = { ...MOCK, RequestTemplates: { 'application/json': '{}' } };
  const url = await serve(defineApi({ 'GET /': { Integration, MethodResponses: OK } }));

  const response = await fetch(`${url}/v1`);

  expect(response.status).toBe(500);
});

test('no CORS header appears that the API does not set', async () => {
  const url = await serve(defineApi({ 'OPTIONS /': { Integration: MOCK, MethodResponses: OK } }));

  const response = await fetch(`${url}/v1`, { method: 'OPTIONS', headers: { Origin: 'https://a.example' } });

  expect(response.status).toBe(200);
  expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
});
