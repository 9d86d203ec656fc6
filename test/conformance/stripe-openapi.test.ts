import { formValue, OpenApi, type Request } from '../../conformance/stripe/openapi';

const openApi = new OpenApi({
  info: { version: '2026-01-01.test' },
  paths: {
    '/v1/payments': {
      post: {
        requestBody: {
          content: {
            'application/x-www-form-urlencoded': {
              schema: {
                type: 'object',
                additionalProperties: false,
                required: ['amount'],
                properties: {
                  amount: { type: 'integer' },
                  kinds: { type: 'array', items: { type: 'string', enum: ['card', 'link'] } },
                  methods: { type: 'object', properties: { enabled: { type: 'boolean' } } },
                },
              },
            },
          },
        },
        responses: {
          '200': { content: { 'application/json': { schema: { $ref: '#/components/schemas/payment' } } } },
          default: { content: { 'application/json': { schema: { $ref: '#/components/schemas/error' } } } },
        },
      },
    },
    '/v1/payments/{id}': {
      get: {
        parameters: [
          { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
          { name: 'limit', in: 'query', schema: { type: 'integer' } },
        ],
        responses: {
          '200': { content: { 'application/json': { schema: { $ref: '#/components/schemas/payment' } } } },
        },
      },
    },
  },
  components: {
    schemas: {
      payment: {
        type: 'object',
        required: ['id', 'charge'],
        properties: {
          id: { type: 'string' },
          charge: { anyOf: [{ type: 'string' }, { $ref: '#/components/schemas/charge' }], nullable: true },
          description: { type: 'string' },
        },
      },
      charge: {
        type: 'object',
        required: ['paid'],
        properties: { object: { type: 'string' }, paid: { type: 'boolean' } },
      },
      error: { type: 'object', required: ['error'], properties: { error: { type: 'object' } } },
      event: {
        type: 'object',
        required: ['type'],
        properties: { type: { type: 'string' }, data: { type: 'object' } },
      },
    },
  },
});

const post = (body: string): Request => ({ method: 'POST', path: '/v1/payments', query: '', body });
const get = (query = ''): Request => ({ method: 'GET', path: '/v1/payments/pi_1', query, body: '' });

test('a form has lists and objects', () => {
  expect(formValue('a=1&b[c][d]=2&e[]=3&e[]=4&f[0][g]=5')).toEqual({
    ...{ a: '1', b: { c: { d: '2' } }, e: ['3', '4'], f: [{ g: '5' }] },
  });
});

test.each([
  ['amount=1&kinds[0]=card&methods[enabled]=true', []],
  ['kinds[0]=card', ["must have required property 'amount'"]],
  ['amount=much', ['/amount must be integer']],
  ['amount=1&kinds[0]=cash', ['/kinds/* must be equal to one of the allowed values: card, link']],
  ['amount=1&tip=1', ['must NOT have additional properties: tip']],
  ['amount=1&methods[all]=true', ['/methods must NOT have additional properties: all']],
])('the body %s has the problems %j', (body, problems) => {
  expect(openApi.problemsOfRequest(post(body))).toEqual(problems);
});

test('a path, a method and a parameter of the query that there are not', () => {
  expect(openApi.problemsOfRequest(get('limit=3'))).toEqual([]);
  expect(openApi.problemsOfRequest(get('limits=3'))).toEqual(['must NOT have additional properties: limits']);
  expect(openApi.problemsOfRequest({ ...get(), path: '/v1/payment' })).toEqual([
    'there is no GET /v1/payment',
  ]);
  expect(openApi.problemsOfRequest({ ...post(''), path: '/v1/payments/pi_1' })).toEqual([
    'there is no POST /v1/payments/pi_1',
  ]);
});

test.each([
  [{ id: 'pi_1', charge: 'ch_1' }, []],
  [{ id: 'pi_1', charge: null }, []],
  [{ id: 'pi_1', charge: { paid: true } }, []],
  [{ id: 'pi_1', charge: { paid: 'yes' } }, ['/charge/paid must be boolean']],
  [{ id: 'pi_1', charge: 'ch_1', description: null }, ['/description must be string']],
  [{ id: 'pi_1', charge: 'ch_1', mood: 'good' }, ['must NOT have additional properties: mood']],
  [{ charge: 'ch_1' }, ["must have required property 'id'"]],
])('the answer %j has the problems %j', (answer, problems) => {
  expect(openApi.problemsOfAnswer(get(), 200, answer)).toEqual(problems);
});

test('a status without a schema of its own has the one of all others, if there is one', () => {
  expect(openApi.problemsOfAnswer(post(''), 402, { error: {} })).toEqual([]);
  expect(openApi.problemsOfAnswer(post(''), 402, {})).toEqual(["must have required property 'error'"]);
  expect(openApi.problemsOfAnswer(get(), 402, {})).toEqual(['GET /v1/payments/{id} does not answer 402']);
});

test('an event is looked at together with what it tells of', () => {
  const event = (object: object) => ({ type: 'paid', data: { object } });

  expect(openApi.problemsOfEvent(event({ object: 'charge', paid: true }))).toEqual([]);
  expect(openApi.problemsOfEvent(event({ object: 'charge' }))).toEqual([
    "must have required property 'paid'",
  ]);
  expect(openApi.problemsOfEvent({})).toEqual(["must have required property 'type'"]);
});
