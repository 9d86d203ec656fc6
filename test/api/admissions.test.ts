import { referenceOf } from '../../lambda/shared/reference';
import { useLocalRun } from '../support/local-run';
import { expectProblem } from '../support/problem';
import { codesOf } from '../support/ticket-codes';

const eventpro = useLocalRun();
beforeEach(() => eventpro.reset());

async function sold(seats = ['A-1', 'A-2']) {
  const { purchaseId } = await eventpro.buy({ seats });
  return { purchaseId, codes: await codesOf(eventpro, purchaseId) };
}

describe('POST /admissions', () => {
  test('lets each seat of a purchase in once, and shows nothing that opens it', async () => {
    const { purchaseId, codes } = await sold();

    const answers = await Promise.all(codes.map((code) => eventpro.admit({ code, gate: 'North' })));

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers[1]!.body).toEqual({
      reference: referenceOf(purchaseId),
      ...{ eventId: 'demo', seatId: 'A-2', section: expect.any(String), tier: expect.any(String) },
      ...{ gate: 'North', admittedAt: expect.stringMatching(/Z$/) },
    });
    expect(answers.map(({ text }) => text).join()).not.toContain(purchaseId);
  });

  test('of fifty gates that scan one code, one lets in and the others say when and where', async () => {
    const { codes } = await sold(['A-1']);

    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, gate) => eventpro.admit({ code: codes[0]!, gate: `Gate ${gate}` })),
    );

    const [admitted, ...more] = answers.filter(({ status }) => status === 200);
    expect(more).toEqual([]);
    const { gate, admittedAt } = admitted!.body as { gate: string; admittedAt: string };
    for (const answer of answers.filter((each) => each !== admitted)) {
      expectProblem(answer, { status: 409, code: 'ALREADY_ADMITTED' });
      expect(answer.body).toMatchObject({ gate, admittedAt });
    }
  });

  test('tells a gate that sends its scan again what it was told; a minute later the ticket was shown twice', async () => {
    const { codes } = await sold(['A-1']);
    const scan = { code: codes[0]!, gate: 'North' };
    const first = await eventpro.admit(scan);

    const again = await eventpro.admit(scan);
    await eventpro.advanceClock(60);
    const later = await eventpro.admit(scan);

    expect([again.status, again.body]).toEqual([200, first.body]);
    expectProblem(later, { status: 409, code: 'ALREADY_ADMITTED' });
  });

  test('refuses a purchase that was cancelled, and one of the same seats that was sold again lets in', async () => {
    const before = await sold(['A-1']);
    await eventpro.cancel(before.purchaseId, { reason: 'BUYER_REQUEST' });
    const after = await sold(['A-1']);

    const old = await eventpro.admit({ code: before.codes[0]!, gate: 'North' });
    const present = await eventpro.admit({ code: after.codes[0]!, gate: 'North' });

    expectProblem(old, { status: 410, code: 'PURCHASE_CANCELLED' });
    expect(present.status).toBe(200);
  });

  test('refuses a ticket for another event', async () => {
    const { codes } = await sold(['A-1']);

    const answer = await eventpro.admit({ code: codes[0]!, gate: 'North', eventId: 'gala' });

    expectProblem(answer, { status: 409, code: 'OTHER_EVENT' });
  });

  test.each([
    ['no ticket', () => 'https://example.com/menu', 'NOT_A_TICKET'],
    ['changed', (code: string) => code.replace(/\.(..)/, '.$1A'), 'SIGNATURE_INVALID'],
  ])('refuses a code that is %s', async (_, change, reason) => {
    const { codes } = await sold(['A-1']);

    const answer = await eventpro.admit({ code: change(codes[0]!), gate: 'North' });

    expectProblem(answer, { status: 422, code: 'TICKET_NOT_VALID' });
    expect(answer.body).toMatchObject({ reason });
  });

  test.each([
    ['nothing', {}],
    ['no code', { eventId: 'demo', gate: 'North' }],
    ['no event', { code: 'x', gate: 'North' }],
    ['no gate', { code: 'x', eventId: 'demo' }],
    ['an empty gate', { code: 'x', eventId: 'demo', gate: '  ' }],
    ['a gate with a line break', { code: 'x', eventId: 'demo', gate: 'North\n1' }],
    ['a gate that is a number', { code: 'x', eventId: 'demo', gate: 1 }],
    ['another field', { code: 'x', eventId: 'demo', gate: 'North', seat: 'A-1' }],
    ['no JSON', 'code=x'],
  ])('refuses a request with %s', async (_, body) => {
    expectProblem(await eventpro.signed('POST', '/api/admissions', body), {
      ...{ status: 400, code: 'VALIDATION' },
    });
  });

  test('from whoever does not sign', async () => {
    expectProblem(await eventpro.request('POST', '/api/admissions', { body: '{}' }), {
      ...{ status: 403, code: 'FORBIDDEN' },
    });
  });
});

describe('a role', () => {
  const signerOf = (accessKeyId: string) => ({
    region: 'us-east-1',
    credentials: { accessKeyId, secretAccessKey: 'local' },
  });
  const GATE = signerOf('RolesGatePolicy');
  const ORGANISER = signerOf('RolesOrganiserPolicy');

  test.each([
    ['gate', GATE, 'POST', '/api/admissions', {}, 400],
    ['gate', GATE, 'POST', '/api/ticket-checks', { code: 'x' }, 200],
    ['gate', GATE, 'GET', '/api/events/demo/revocations', undefined, 200],
    ['gate', GATE, 'PUT', '/api/events/demo', {}, 403],
    ['gate', GATE, 'POST', '/api/purchases/x/cancellation', { reason: 'FRAUD' }, 403],
    ['organiser', ORGANISER, 'PUT', '/api/events/demo', {}, 400],
    ['organiser', ORGANISER, 'POST', '/api/purchases/x/cancellation', { reason: 'FRAUD' }, 404],
    ['organiser', ORGANISER, 'POST', '/api/admissions', {}, 403],
    ['organiser', ORGANISER, 'POST', '/api/ticket-checks', { code: 'x' }, 403],
    ['organiser', ORGANISER, 'GET', '/api/events/demo/revocations', undefined, 403],
    ['stranger', signerOf('RolesNobody'), 'POST', '/api/admissions', {}, 403],
  ] as const)('%s: case %# is answered by its policy', async (_, signer, method, path, body, status) => {
    const answer = await eventpro.signed(method, path, body, signer);

    expect(answer.status).toBe(status);
    if (status === 403) expectProblem(answer, { status, code: 'FORBIDDEN' });
  });

  test('is refused with the secret of another', async () => {
    const forged = { ...GATE, credentials: { ...GATE.credentials, secretAccessKey: 'other' } };

    expect((await eventpro.signed('POST', '/api/admissions', {}, forged)).status).toBe(403);
  });
});

describe('whoever is inside', () => {
  test.each(['BUYER_REQUEST', 'ORGANISER'])('cannot have the purchase cancelled: %s', async (reason) => {
    const { purchaseId, codes } = await sold();
    await eventpro.admit({ code: codes[0]!, gate: 'North' });

    const answer = await eventpro.cancel(purchaseId, { reason });

    expectProblem(answer, { status: 409, code: 'NOT_CANCELLABLE', purchaseId });
    expect(await eventpro.purchase(purchaseId)).toMatchObject({ status: 'CONFIRMED' });
    expect((await eventpro.payments(purchaseId)).map(({ refunded }) => refunded)).toEqual([0]);
  });

  test.each(['DISPUTE', 'FRAUD'])(
    'is no hindrance to %s, after which the other seat is refused',
    async (reason) => {
      const { purchaseId, codes } = await sold();
      await eventpro.admit({ code: codes[0]!, gate: 'North' });

      const answer = await eventpro.cancel(purchaseId, { reason });

      expect([answer.status, answer.body.status]).toEqual([200, 'CANCELLED']);
      for (const code of codes) {
        expectProblem(await eventpro.admit({ code, gate: 'South' }), {
          ...{ status: 410, code: 'PURCHASE_CANCELLED' },
        });
      }
    },
  );

  test('or cancelled, never both, however close they come', async () => {
    for (let attempt = 0; attempt < 8; attempt++) {
      const { purchaseId, codes } = await sold([`B-${attempt + 1}`]);

      const [admitted, cancelled] = await Promise.all([
        eventpro.admit({ code: codes[0]!, gate: 'North' }),
        eventpro.cancel(purchaseId, { reason: 'BUYER_REQUEST' }),
      ]);

      expect([admitted.status, cancelled.status]).toEqual(admitted.status === 200 ? [200, 409] : [410, 200]);
      const [payment] = await eventpro.payments(purchaseId);
      expect(payment!.refunded).toBe(admitted.status === 200 ? 0 : payment!.amount);
    }
  });
});

describe('GET /events/{eventId}/revocations', () => {
  const revocations = (query = '', eventId = 'demo') =>
    eventpro.signed<{ asOf: string; revocations: { reference: string }[]; nextCursor?: string }>(
      'GET',
      `/api/events/${eventId}/revocations${query}`,
    );

  test('names what was cancelled, by what a ticket’s code says and no purchase id', async () => {
    const { purchaseId } = await sold();
    await sold(['B-1']);
    await eventpro.cancel(purchaseId, { reason: 'ORGANISER' });

    const { status, body, text } = await revocations();

    expect(status).toBe(200);
    expect(body.revocations).toEqual([
      { reference: referenceOf(purchaseId), revokedAt: expect.stringMatching(/Z$/) },
    ]);
    expect(text).not.toContain(purchaseId);
  });

  test('names one that is still being cancelled', async () => {
    const { purchaseId } = await sold();
    await eventpro.setFault('RefundPayment', { mode: 'fail-before' });
    await eventpro.cancel(purchaseId, { reason: 'ORGANISER' });
    await eventpro.healFaults();

    expect((await eventpro.purchase(purchaseId)).status).toBe('CANCELLING');
    expect((await revocations()).body.revocations).toMatchObject([{ reference: referenceOf(purchaseId) }]);
  });

  test('goes on from a cursor, and from a time', async () => {
    for (const seat of ['A-1', 'A-2', 'A-3']) {
      const { purchaseId } = await sold([seat]);
      await eventpro.cancel(purchaseId, { reason: 'ORGANISER' });
      await eventpro.advanceClock(3_600);
    }

    const first = await revocations('?limit=2');
    const rest = await revocations(`?cursor=${first.body.nextCursor}`);
    const { asOf } = rest.body;

    expect([first.body.revocations.length, rest.body.revocations.length]).toEqual([2, 1]);
    expect(rest.body.nextCursor).toBeUndefined();
    expect((await revocations(`?since=${asOf}`)).body.revocations).toEqual([]);
  });

  test('is refused for an event that there is not, and to whoever does not sign', async () => {
    expectProblem(await revocations('', 'gala'), { status: 404, code: 'EVENT_NOT_FOUND' });
    expectProblem(await revocations('?limit=0'), { status: 400, code: 'VALIDATION' });
    expectProblem(await eventpro.request('GET', '/api/events/demo/revocations'), {
      ...{ status: 403, code: 'FORBIDDEN' },
    });
  });
});
