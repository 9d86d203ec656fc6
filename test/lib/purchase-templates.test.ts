import { startPurchaseRequest, startRefusedResponse } from '../../lib/api/purchase-templates';
import { renderMappingTemplate } from '../../local/api-gateway/mapping-template';
import { type MethodRequestParameters } from '../../local/api-gateway/template-input';
import { type JavaMap } from '../../local/api-gateway/velocity/java-value';

const KEY = '9d586bbd-8301-4be1-807a-c28213f59f3b';
const OTHER = '00000000-0000-4000-8000-000000000000';

const sent = (...headers: [name: string, value: string][]): MethodRequestParameters => ({
  path: {},
  querystring: {},
  header: Object.fromEntries(headers.map(([, value], index) => [`header-${index}`, value])),
  headerNames: Object.fromEntries(headers.map(([name], index) => [`header-${index}`, name])),
});

function render(template: string, body: object, parameters: MethodRequestParameters) {
  const responseOverride: JavaMap = new Map([['header', new Map()]]);
  const rendered = renderMappingTemplate(template, {
    body: JSON.stringify(body),
    parameters,
    context: new Map<string, string | JavaMap>([
      ['responseOverride', responseOverride],
      ['requestId', 'r-1'],
    ]),
    stageVariables: {},
  });
  return { rendered: JSON.parse(rendered) as Record<string, string>, status: responseOverride.get('status') };
}

describe('the purchase id', () => {
  test.each<[string, MethodRequestParameters, string]>([
    ['under its usual name', sent(['Idempotency-Key', KEY]), KEY],
    ['in small letters, as HTTP/2 has it', sent(['host', 'x'], ['idempotency-key', KEY]), KEY],
    ['in capital letters', sent(['IDEMPOTENCY-KEY', KEY.toUpperCase()], ['accept', '*/*']), KEY],
    ['in any letters', sent(['iDEMPOTENCY-kEY', KEY]), KEY],
    ['beside names that resemble it', sent(['X-Idempotency-Key', OTHER], ['Idempotency-Key', KEY]), KEY],
    [
      'with another in query string and path',
      {
        ...sent(['idempotency-key', KEY]),
        querystring: { 'Idempotency-Key': OTHER },
        path: { 'Idempotency-Key': OTHER },
      },
      KEY,
    ],
    ['nowhere but in the query string', { ...sent(), querystring: { 'Idempotency-Key': OTHER } }, ''],
    ['empty', sent(['Idempotency-Key', '']), ''],
    // No UUID, so it is refused: which of the two is meant, nobody can know.
    ['twice, in two spellings', sent(['Idempotency-Key', KEY], ['idempotency-key', OTHER]), KEY + OTHER],
    [
      'as what could be a template',
      sent(['idempotency-key', '$context.requestId#set($x = 1)']),
      '$context.requestid#set($x = 1)',
    ],
  ])('is that of the header: %s', (_, parameters, purchaseId) => {
    const start = render(startPurchaseRequest('arn'), { seats: ['A-1'] }, parameters).rendered;
    const refused = render(startRefusedResponse(), { __type: 'ThrottlingException' }, parameters).rendered;

    expect(JSON.parse(start.input!)).toEqual({ purchaseId, requestId: 'r-1', request: { seats: ['A-1'] } });
    expect(refused).toMatchObject({ code: 'TOO_MANY_REQUESTS', purchaseId });
  });
});

test.each([
  ['com.amazonaws.swf.service.v2.model#InvalidExecutionInput', 400, 'VALIDATION'],
  ['com.amazon.coral.availability#ThrottlingException', 429, 'TOO_MANY_REQUESTS'],
  // Of our own doing: nothing was started, and a 5xx is what alarms and canaries watch.
  ['com.amazonaws.swf.base.model#AccessDeniedException', 503, 'RESERVATION_FAILED'],
  ['com.amazonaws.swf.service.v2.model#StateMachineDoesNotExist', 503, 'RESERVATION_FAILED'],
  ['', 503, 'RESERVATION_FAILED'],
])('a saga that is not started because of %s is answered %d', (type, expected, code) => {
  const message = 'arn:aws:states:us-east-1:123456789012:stateMachine:Saga';

  const { rendered, status } = render(
    startRefusedResponse(),
    { __type: type, message },
    sent(['Idempotency-Key', KEY]),
  );

  expect(rendered).toMatchObject({ status: expected, code, purchaseId: KEY });
  expect(status).toBe(expected);
  expect(JSON.stringify(rendered)).not.toContain('arn:');
});
