import {
  CHECKOUT_STARTS,
  outcomeResponse,
  startRequest,
  startFailedResponse,
  startRefusedResponse,
} from '../../lib/api/purchase-templates';
import { viewerAddress } from '../../lib/api/viewer-address';
import { renderMappingTemplate } from '../../local/api-gateway/mapping-template';
import { type MethodRequestParameters } from '../../local/api-gateway/template-input';
import { type JavaMap } from '../../local/api-gateway/velocity/java-value';

const KEY = '9d586bbd-8301-4be1-807a-c28213f59f3b';
const BUY = CHECKOUT_STARTS['POST /purchases'];
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
      ['identity', new Map([['sourceIp', '192.0.2.1']])],
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
    const template = startRequest(BUY, 'arn', viewerAddress());
    const start = render(template, { seats: ['A-1'] }, parameters).rendered;
    const refused = render(startRefusedResponse(BUY), { __type: 'ThrottlingException' }, parameters).rendered;

    expect(JSON.parse(start.input!)).toEqual({
      ...{ purchaseId, requestId: 'r-1', viewer: '192.0.2.1' },
      request: { seats: ['A-1'] },
    });
    expect(refused).toMatchObject({ code: 'TOO_MANY_REQUESTS', purchaseId });
  });
});

describe('the viewer', () => {
  const SECRET = 'KnownToCloudFrontAndTheApi';
  const start = (...headers: [string, string][]) => {
    const template = startRequest(BUY, 'arn', viewerAddress(SECRET));
    const parameters = sent(['Idempotency-Key', KEY], ['X-Origin-Verify', SECRET], ...headers);
    return render(template, { seats: ['A-1'] }, parameters).rendered.input!;
  };

  test('is told by CloudFront, and the secret is not passed on', () => {
    const input = start(['X-Viewer-Address', '2001:db8::1']);

    expect(JSON.parse(input)).toMatchObject({ viewer: '2001:db8::1' });
    expect(input).not.toContain(SECRET);
  });

  test.each([`","request":{"seats":[]},"x":"`, '\\', '\\",', "'", '$viewer', '☃'])(
    'is one text in the input, whatever it is: %s',
    (address) => {
      expect(JSON.parse(start(['x-viewer-address', address]))).toEqual({
        ...{ purchaseId: KEY, requestId: 'r-1', viewer: address, request: { seats: ['A-1'] } },
      });
    },
  );

  test.each([
    'POST /purchases/{purchaseId}/authentication',
    'POST /purchases/{purchaseId}/abandonment',
  ] as const)(
    'is not told to %s, where nothing is counted: the secret is in no template without need',
    (name) => {
      const template = startRequest(CHECKOUT_STARTS[name], 'arn', viewerAddress(SECRET));

      expect(template).not.toContain('viewer');
      expect(template).not.toContain(SECRET);
    },
  );
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
    startRefusedResponse(BUY),
    { __type: type, message },
    sent(['Idempotency-Key', KEY]),
  );

  expect(rendered).toMatchObject({ status: expected, code, purchaseId: KEY });
  expect(status).toBe(expected);
  expect(JSON.stringify(rendered)).not.toContain('arn:');
});

describe('what the saga answered', () => {
  const parameters = sent(['Idempotency-Key', KEY]);
  const failed = (error: string, cause?: unknown) => ({
    status: 'FAILED',
    error,
    ...(cause !== undefined && { cause: typeof cause === 'string' ? cause : JSON.stringify(cause) }),
  });
  const settled = (answer: object) =>
    failed('ReservationFailed', {
      errorType: 'PurchaseAlreadyAnswered',
      errorMessage: JSON.stringify(answer),
    });

  test.each<[string, object, number, string]>([
    [
      'a card that is declined',
      failed('PaymentFailed', { errorType: 'PaymentDeclined', errorMessage: 'No.' }),
      402,
      'PAYMENT_DECLINED',
    ],
    [
      'a refusal without words',
      failed('ReservationFailed', { errorType: 'SeatUnavailable' }),
      409,
      'SEAT_UNAVAILABLE',
    ],
    ['a step that timed out, of which there is no cause', failed('TicketFailed', ''), 503, 'TICKET_FAILED'],
    ['a cause that is no JSON', failed('PaymentFailed', 'Lambda is busy'), 503, 'PAYMENT_UNAVAILABLE'],
    ['no cause at all', failed('ReservationFailed'), 503, 'RESERVATION_FAILED'],
    [
      'a refusal that is none of this end',
      failed('TicketFailed', { errorType: 'PaymentDeclined' }),
      503,
      'TICKET_FAILED',
    ],
    [
      'a refusal that only a newer version knows',
      failed('ReservationFailed', { errorType: 'SeatHaunted' }),
      503,
      'RESERVATION_FAILED',
    ],
    ['an end that only a newer version knows', failed('SeatHaunted'), 504, 'OUTCOME_UNKNOWN'],
    ['a path that leads nowhere', failed('States.Runtime', 'JsonPath …'), 504, 'OUTCOME_UNKNOWN'],
    ['a time-out', { status: 'TIMED_OUT' }, 504, 'OUTCOME_UNKNOWN'],
    ['nothing', {}, 504, 'OUTCOME_UNKNOWN'],
    [
      'a purchase that failed before',
      settled({ status: 'FAILED', failure: { code: 'TICKET_FAILED', detail: 'x' } }),
      503,
      'TICKET_FAILED',
    ],
    [
      'one without words',
      settled({ status: 'FAILED', failure: { code: 'SEAT_UNAVAILABLE' } }),
      409,
      'SEAT_UNAVAILABLE',
    ],
    [
      'one with a code of a newer version',
      settled({ status: 'FAILED', failure: { code: 'HALL_FLOODED', detail: 'x' } }),
      409,
      'HALL_FLOODED',
    ],
    [
      'one with a code of a newer version and no words',
      settled({ status: 'FAILED', failure: { code: 'HALL_FLOODED' } }),
      409,
      'HALL_FLOODED',
    ],
    [
      'one with a code that is none',
      settled({ status: 'FAILED', failure: { code: '"}$x', detail: 'x' } }),
      409,
      'PURCHASE_FAILED',
    ],
    [
      'one with a code that is no text',
      settled({ status: 'FAILED', failure: { code: null, detail: 7 } }),
      409,
      'PURCHASE_FAILED',
    ],
    ['one without a failure', settled({ status: 'FAILED' }), 409, 'PURCHASE_FAILED'],
    ['a status that only a newer version knows', settled({ status: 'MOVED' }), 504, 'OUTCOME_UNKNOWN'],
    ['a settled purchase without a status', settled({}), 504, 'OUTCOME_UNKNOWN'],
  ])('is a problem that is valid JSON: %s', (_, execution, expected, code) => {
    const { rendered, status } = render(outcomeResponse(BUY), execution, parameters);

    expect(status).toBe(expected);
    expect(rendered).toEqual({
      type: `urn:eventpro:problem:${code.toLowerCase().replaceAll('_', '-')}`,
      title: expect.stringMatching(/\w{3}/),
      status: expected,
      detail: expect.stringMatching(/\w/),
      code,
      purchaseId: KEY,
    });
    expect(JSON.stringify(rendered)).not.toContain('$');
  });

  test('keeps the recorded words, of a newer version too', () => {
    const detail = 'The "hall" is\nflooded\\, it\'s over $5 #if(true)';
    const failure = { code: 'HALL_FLOODED', detail };

    const { rendered } = render(outcomeResponse(BUY), settled({ status: 'FAILED', failure }), parameters);

    expect(rendered.detail).toBe(detail);
  });

  test.each<[string, object]>([
    [
      'a purchase that has just been confirmed',
      { status: 'SUCCEEDED', output: JSON.stringify({ purchaseId: KEY, status: 'CONFIRMED' }) },
    ],
    ['one that was confirmed before', settled({ status: 'CONFIRMED' })],
  ])('is 201 for %s', (_, execution) => {
    const { rendered, status } = render(outcomeResponse(BUY), execution, parameters);

    expect(status).toBe(201);
    expect(rendered).toEqual({ purchaseId: KEY, status: 'CONFIRMED' });
  });

  test('is a problem when Step Functions failed inside', () => {
    const { rendered, status } = render(startFailedResponse(BUY), {}, parameters);

    expect([status, rendered.code, rendered.purchaseId]).toEqual([504, 'OUTCOME_UNKNOWN', KEY]);
  });
});
