import { openApiDocument } from '../../lib/api/openapi';
import { methodsByPath, type RouteName, routeOf, ROUTES } from '../../lib/api/routes';
import { PROBLEMS } from '../../lambda/shared/problem';
import { type Answer } from '../../harness/eventpro-client';
import { expectDocumented } from '../support/documented-api';
import { synthesizedStage } from '../support/synthesized-stage';

const document = openApiDocument('https://api.example.com/v1') as {
  paths: Record<string, Record<string, { responses: Record<string, unknown>; security: unknown[] }>>;
};

describe.each(['dev', 'prod'] as const)('the API of %s', (stage) => {
  const { checkout } = synthesizedStage(stage);
  const resources = checkout.findResources('AWS::ApiGateway::Resource');
  const pathOf = (id: string | undefined): string => {
    const resource = id === undefined ? undefined : resources[id];
    return resource ? `${pathOf(resource.Properties.ParentId.Ref)}/${resource.Properties.PathPart}` : '';
  };
  const methods = Object.values(checkout.findResources('AWS::ApiGateway::Method')).map(({ Properties }) => ({
    method: Properties.HttpMethod as string,
    path: pathOf(Properties.ResourceId.Ref),
    signed: Properties.AuthorizationType === 'AWS_IAM',
  }));
  const served = methods.filter(({ method }) => method !== 'ANY' && method !== 'OPTIONS');

  test('has a method for every operation of the document, and no other', () => {
    const operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).flatMap((key) => (key === 'parameters' ? [] : [`${key.toUpperCase()} ${path}`])),
    );

    expect(served.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(operations.sort());
  });

  test('asks for a signature where the document says so', () => {
    for (const { method, path, signed } of served) {
      expect([path, document.paths[path]![method.toLowerCase()]!.security]).toEqual([
        path,
        signed ? [{ sigv4: [] }] : [],
      ]);
    }
  });

  test('refuses every other method of its paths', () => {
    const refusing = methods.filter(({ method }) => method === 'ANY').map(({ path }) => path);

    expect(refusing.sort()).toEqual([...methodsByPath().keys()].sort());
  });
});

test.each(Object.keys(ROUTES) as RouteName[])('%s describes each of its refusals', (name) => {
  const { method, path, problems } = routeOf(name);
  const { responses } = document.paths[path]![method.toLowerCase()]!;

  for (const problem of problems) {
    const { status, code } = PROBLEMS[problem];
    expect(JSON.stringify(responses[status])).toContain(`"${code}"`);
  }
});

describe('an answer that the document does not describe is seen:', () => {
  const answer = (status: number, body: unknown, headers: Record<string, string> = {}): Answer => ({
    status,
    headers: new Headers({ 'content-type': 'application/json', ...headers }),
    text: body === undefined ? '' : JSON.stringify(body),
    body,
  });
  const problem = (status: number, code: string, headers = {}) =>
    answer(
      status,
      {
        type: `urn:eventpro:problem:${code.toLowerCase().replaceAll('_', '-')}`,
        title: 't',
        status,
        detail: 'd',
        code,
      },
      { 'content-type': 'application/problem+json', ...headers },
    );

  test.each<[string, string, string, Answer, string | undefined]>([
    ['none', 'GET', '/events', answer(200, { events: [] }), undefined],
    ['a status', 'GET', '/events', answer(202, { events: [] }), 'does not have'],
    [
      'a field',
      'GET',
      '/events',
      answer(200, { events: [], more: 1 }),
      'must NOT have additional properties',
    ],
    ['no field', 'GET', '/events', answer(200, {}), "must have required property 'events'"],
    ['a media type', 'GET', '/ticket-keys', answer(200, { keys: [] }), 'not as application/jwk-set+json'],
    ['a code', 'GET', '/events/x/seats', problem(404, 'SEAT_NOT_FOUND'), 'allowed values'],
    [
      'a header that is missing',
      'POST',
      '/purchases',
      problem(503, 'TICKET_FAILED'),
      'without the header Retry-After',
    ],
    ['and with it', 'POST', '/purchases', problem(503, 'TICKET_FAILED', { 'retry-after': '2' }), undefined],
    ['a route', 'GET', '/nowhere', answer(200, {}), 'no operation'],
    ['a method', 'PATCH', '/events', problem(405, 'METHOD_NOT_ALLOWED'), 'without Allow'],
  ])('%s', (_, method, path, given, expected) => {
    const act = () => expectDocumented(method, path, given);

    if (expected === undefined) expect(act).not.toThrow();
    else expect(act).toThrow(expected);
  });
});
