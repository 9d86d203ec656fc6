import { setTimeout as delay } from 'node:timers/promises';
import { STAGE } from '../../bin/local-run';
import { type ExecutionRecord } from '../../local/step-functions/execution-history';
import { eventually } from '../../harness/eventpro-client';
import { useLocalRun } from '../support/local-run';

const eventpro = useLocalRun();
beforeEach(() => eventpro.reset());

describe('credentials', () => {
  test('of a role that a template has a policy for open what the policy allows, and nothing else', async () => {
    const { body } = await eventpro.request<Record<string, string>>(
      'GET',
      '/local/credentials/RolesOrganiserPolicy',
    );
    const { region = '', accessKeyId = '', secretAccessKey = '' } = body;
    const signer = { region, credentials: { accessKeyId, secretAccessKey } };

    expect(await eventpro.signed('GET', '/api/events/demo/layout', undefined, signer)).toMatchObject({
      status: 200,
    });
    expect(await eventpro.signed('GET', '/api/events/demo/revocations', undefined, signer)).toMatchObject({
      status: 403,
    });
  });

  test('of nobody are answered with 404', async () => {
    expect(await eventpro.request('GET', '/local/credentials/Nobody')).toMatchObject({ status: 404 });
  });
});

describe('faults', () => {
  test('an armed fault is listed with what is left of it, until it is used up', async () => {
    const armed = await eventpro.setFault('ReserveSeat', { mode: 'timeout', times: 2 });
    await eventpro.setFault('SendConfirmation', { mode: 'fail-before', error: 'Broken' });
    const before = await eventpro.request('GET', '/local/faults');
    await eventpro.buy({ seats: ['A-1'] });
    const after = await eventpro.request('GET', '/local/faults');

    expect(armed).toMatchObject({ status: 200, body: { state: 'ReserveSeat', mode: 'timeout', times: 2 } });
    expect(before.body).toEqual({
      ReserveSeat: { mode: 'timeout', times: 2 },
      SendConfirmation: { mode: 'fail-before', error: 'Broken' },
    });
    expect(after.body).toEqual({ SendConfirmation: { mode: 'fail-before', error: 'Broken' } });
  });

  test('healing takes all of them away', async () => {
    await eventpro.setFault('ReserveSeat', { mode: 'fail-before' });
    await eventpro.setFault('RefundPayment', { mode: 'fail-before' });

    const healed = await eventpro.healFaults();

    expect(healed.status).toBe(204);
    expect((await eventpro.request('GET', '/local/faults')).body).toEqual({});
    expect((await eventpro.buy({ seats: ['A-1'] })).status).toBe(201);
  });

  test('a refusal speaks of the machines that have the state, once', async () => {
    const error = 'States.TaskFailed';

    const answer = await eventpro.setFault('ReleaseSeat', { mode: 'fail-before', error });

    expect(answer.body).toMatchObject({
      detail: 'No Task reports States.TaskFailed by itself. For States.Timeout, set the mode timeout',
    });
  });

  test.each([
    ['Nowhere', '{"mode":"timeout"}', 'Nowhere is no Task state. There are: '],
    ['WhatFailed', '{"mode":"timeout"}', 'WhatFailed is no Task state'],
    [
      'ReserveSeat',
      '{"mode":"explode"}',
      'explode is no fault mode. There are: fail-before, fail-after, timeout',
    ],
    ['ReserveSeat', '{}', 'undefined is no fault mode'],
    ['ReserveSeat', '', 'undefined is no fault mode'],
    ['ReserveSeat', '{"mode":"timeout","times":0}', 'times must be a positive integer, not 0'],
    ['ReserveSeat', '{"mode":"timeout","times":"2"}', 'times must be a positive integer, not 2'],
    ['ReserveSeat', '{"mode":"fail-before","error":7}', 'error must be the name of an error'],
    ['ReserveSeat', '{"mode":"fail-before","time":2}', 'A fault has no field time'],
    ['ReserveSeat', '{"mode":', 'The body must be a JSON object.'],
    ['ReserveSeat', '["timeout"]', 'The body must be a JSON object.'],
    ['ReserveSeat', 'null', 'The body must be a JSON object.'],
    ['%zz', '{"mode":"timeout"}', '%zz is no Task state'],
    [
      'ReserveSeat',
      '{"mode":"timeout","error":"CardDeclined"}',
      'reports States.Timeout, never CardDeclined',
    ],
    ['ReserveSeat', '{"mode":"fail-before","error":"States.Timeout"}', 'set the mode timeout'],
    ['EscalateRefundPayment', '{"mode":"fail-before","error":"Broken"}', 'fails with SQS.…'],
  ])('PUT /local/faults/%s %s is refused: %s', async (state, body, detail) => {
    const answer = await eventpro.request('PUT', `/local/faults/${state}`, { body });

    expect(answer).toMatchObject({
      status: 400,
      body: { status: 400, detail: expect.stringContaining(detail) },
    });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect((await eventpro.request('GET', '/local/faults')).body).toEqual({});
  });
});

describe('slow services', () => {
  test('a delay is listed, holds back the answer and not the deed, and ends with a reset', async () => {
    const armed = await eventpro.request('PUT', '/local/delays/ses', { body: '{"seconds":0.5}' });
    const listed = await eventpro.request('GET', '/local/delays');
    const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });
    const { receivedAt } = await eventpro.emailAbout(purchaseId);
    const sentAt = await eventually(async () => {
      const { body } = await eventpro.request<{ items: { item: { delivery_email?: { state: string } } }[] }>(
        'GET',
        `/local/records?mentions=${purchaseId}`,
      );
      return body.items.some(({ item }) => item.delivery_email?.state === 'SENT') ? Date.now() : undefined;
    }, 'a note of the delivery');
    await eventpro.reset();

    expect(armed).toMatchObject({ status: 200, body: { service: 'ses', seconds: 0.5 } });
    expect(listed.body).toEqual({ ses: { seconds: 0.5 } });
    expect(sentAt - Date.parse(receivedAt)).toBeGreaterThanOrEqual(450);
    expect((await eventpro.request('GET', '/local/delays')).body).toEqual({});
  });

  test('one or all are taken away', async () => {
    for (const service of ['ses', 'sns', 's3']) {
      await eventpro.request('PUT', `/local/delays/${service}`, { body: '{"seconds":1}' });
    }

    const one = await eventpro.request('DELETE', '/local/delays/ses');
    const left = await eventpro.request('GET', '/local/delays');
    const all = await eventpro.request('DELETE', '/local/delays');

    expect([one.status, all.status]).toEqual([204, 204]);
    expect(left.body).toEqual({ sns: { seconds: 1 }, s3: { seconds: 1 } });
    expect((await eventpro.request('GET', '/local/delays')).body).toEqual({});
  });

  test.each([
    [
      'mail',
      '{"seconds":1}',
      'mail is no service that can be slow. There are: events, firehose, lambda, pipes, s3,',
    ],
    ['ses', '{"seconds":0}', 'seconds must be a number above 0, up to 120.'],
    ['ses', '{"seconds":121}', 'seconds must be a number above 0, up to 120.'],
    ['ses', '{"seconds":"4"}', 'seconds must be a number above 0, up to 120.'],
    ['ses', '{}', 'seconds must be a number above 0, up to 120.'],
  ])('PUT /local/delays/%s %s is refused: %s', async (service, body, detail) => {
    const answer = await eventpro.request('PUT', `/local/delays/${service}`, { body });

    expect(answer).toMatchObject({
      status: 400,
      body: { status: 400, detail: expect.stringContaining(detail) },
    });
  });
});

describe('the clock', () => {
  test('moves forward by the seconds it is told, and tells the time', async () => {
    const before = await now();

    const advanced = await eventpro.advanceClock(3_600);

    const moved = (Date.parse((advanced.body as { now: string }).now) - before) / 1000;
    expect(advanced.status).toBe(200);
    expect(moved).toBeGreaterThanOrEqual(3_600);
    expect(moved).toBeLessThan(3_660);
    expect(((await now()) - before) / 1000).toBeGreaterThanOrEqual(3_600);
  });

  test.each([
    ['{}'],
    ['{"advanceSeconds":-1}'],
    ['{"advanceSeconds":"600"}'],
    ['{"advanceSeconds":null}'],
    ['{"advanceSeconds":1e12}'],
    ['600'],
    ['{"advanceSeconds"'],
  ])('POST /local/clock %s is refused, and the clock stands', async (body) => {
    const before = await now();

    const answer = await eventpro.request('POST', '/local/clock', { body });

    expect(answer.status).toBe(400);
    expect((await now()) - before).toBeLessThan(60_000);
  });

  async function now(): Promise<number> {
    const { body } = await eventpro.request<{ now: string }>('GET', '/local/clock');
    return Date.parse(body.now);
  }
});

test('a reset forgets everything but the demo event', async () => {
  const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });
  await eventpro.emailAbout(purchaseId);
  const link = (await eventpro.ticket(purchaseId)).headers.get('location')!;
  await eventpro.setFault('ReserveSeat', { mode: 'fail-before' });
  await eventpro.advanceClock(86_400);

  const reset = await eventpro.reset();

  expect(reset.status).toBe(204);
  expect(await eventpro.executions()).toEqual([]);
  expect(await eventpro.payments()).toEqual([]);
  expect(await eventpro.inbox()).toEqual([]);
  expect((await eventpro.request('GET', `/api/purchases/${purchaseId}`)).status).toBe(404);
  expect((await fetch(link)).status).toBe(404);
  const seats = await eventpro.seats();
  expect(seats).toHaveLength(324);
  expect(seats.every(({ status }) => status === 'AVAILABLE')).toBe(true);
  const { body: clock } = await eventpro.request<{ now: string }>('GET', '/local/clock');
  expect(Math.abs(Date.parse(clock.now) - Date.now())).toBeLessThan(60_000);
  const again = await eventpro.buy({ key: purchaseId, seats: ['A-1'] });
  expect(again.status).toBe(201);
});

test('a reset leaves the id of the installation, which functions that stay loaded remember', async () => {
  const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });
  const [payment] = await eventpro.payments(purchaseId);
  const installation = payment!.metadata['installation']!;

  await eventpro.reset();

  const { text } = await eventpro.request('GET', `/local/records?mentions=${installation}`);
  expect(text).toContain('"INSTALLATION"');
});

test('a reset ends what is under way: nothing of it comes back, who asks meanwhile waits, and the next purchase is as good as any', async () => {
  const moments: Record<string, () => Promise<boolean>> = {
    A: async () => (await eventpro.executions()).length === 3,
    B: async () => (await eventpro.payments()).length > 0,
    C: async () => (await eventpro.payments()).some(({ captured }) => captured > 0),
  };
  const cutOff: Promise<unknown>[] = [];
  const askedMeanwhile: number[] = [];
  for (const [row, hasCome] of Object.entries(moments)) {
    cutOff.push(...[1, 2, 3].map((number) => eventpro.buy({ seats: [`${row}-${number}`] })));
    await eventually(async () => (await hasCome()) || undefined, 'the moment of the reset');
    const reset = eventpro.reset();
    await delay(20);
    askedMeanwhile.push((await eventpro.request('GET', '/api/events/demo/seats')).status);
    await reset;
  }
  await Promise.all(cutOff);
  await delay(1_200);

  const seats = await eventpro.seats();
  const left = [await eventpro.payments(), await eventpro.inbox(), await eventpro.executions()];
  const next = await eventpro.buy({ seats: ['A-1'] });

  expect(askedMeanwhile.filter((status) => status !== 200 && status !== 404)).toEqual([]);
  expect(seats.filter(({ status }) => status !== 'AVAILABLE')).toEqual([]);
  expect(left).toEqual([[], [], []]);
  expect(next.status).toBe(201);
});

describe('executions', () => {
  test('are listed newest first, without their events', async () => {
    const first = await eventpro.buy({ seats: ['A-1'] });
    const second = await eventpro.buy({ seats: ['A-1'] });

    const executions = await eventpro.executions();

    expect(executions.map(({ input }) => (input as { purchaseId: string }).purchaseId)).toEqual([
      second.purchaseId,
      first.purchaseId,
    ]);
    expect(executions.map(({ status }) => status)).toEqual(['FAILED', 'SUCCEEDED']);
    expect(executions[1]).toEqual({
      executionArn: expect.stringMatching(/^arn:aws:states:us-east-1:000000000000:express:/),
      id: expect.any(String),
      name: expect.any(String),
      stateMachine: expect.stringContaining('Saga'),
      stateMachineArn: expect.stringMatching(/^arn:aws:states:us-east-1:000000000000:stateMachine:/),
      type: 'EXPRESS',
      tags: { 'eventpro:role': 'checkout', 'eventpro:stage': STAGE },
      status: 'SUCCEEDED',
      startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      stoppedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      input: {
        purchaseId: first.purchaseId,
        requestId: expect.any(String),
        viewer: '127.0.0.1',
        request: expect.any(Object),
      },
      output: first.body,
    });
  });

  test('are told in full by id or name: each state, each attempt, each retry and each catch, in order', async () => {
    await eventpro.setFault('ProcessPayment', {
      mode: 'fail-before',
      error: 'PaymentGatewayTimeout',
      times: 1,
    });
    await eventpro.setFault('GenerateTicket', { mode: 'fail-before', error: 'Broken' });
    await eventpro.buy({ seats: ['A-1'] });
    const [listed] = await eventpro.executions();

    const byId = await eventpro.execution(listed!.id);
    const byName = await eventpro.execution(listed!.name);

    expect(byName).toEqual(byId);
    expect(byId.events.map(({ id }) => id)).toEqual(byId.events.map((_, index) => index + 1));
    expect(byId.events.map(eventInShort)).toEqual([
      'ChoiceStateEntered StartOrResume',
      'ChoiceStateExited StartOrResume > ReserveSeat',
      'TaskStateEntered ReserveSeat',
      'TaskStateExited ReserveSeat > ProcessPayment',
      'TaskStateEntered ProcessPayment',
      'TaskFailed ProcessPayment PaymentGatewayTimeout attempt 1',
      'TaskRetryScheduled ProcessPayment PaymentGatewayTimeout attempt 1 retry 1',
      'TaskStateExited ProcessPayment > GenerateTicket',
      'TaskStateEntered GenerateTicket',
      'TaskFailed GenerateTicket Broken attempt 1',
      'CatchTaken GenerateTicket Broken > RefundPayment',
      'TaskStateEntered RefundPayment',
      'TaskStateExited RefundPayment > ReleaseSeat',
      'TaskStateEntered ReleaseSeat',
      'TaskStateExited ReleaseSeat > WhatFailed',
      'ChoiceStateEntered WhatFailed',
      'ChoiceStateExited WhatFailed > TicketFailed',
      'FailStateEntered TicketFailed',
      'ExecutionFailed TicketFailed',
    ]);
  });

  test('that are not there are answered with 404', async () => {
    for (const id of ['nowhere', '%zz']) {
      const answer = await eventpro.request('GET', `/local/executions/${id}`);
      expect(answer).toMatchObject({ status: 404, body: { detail: `There is no execution ${id}.` } });
    }
  });

  function eventInShort({
    type,
    state,
    error,
    attempt,
    retry,
    next,
  }: ExecutionRecord['events'][number]): string {
    return [
      ...[type, state, error],
      ...(attempt ? [`attempt ${attempt}`] : []),
      ...(retry ? [`retry ${retry.count}`] : []),
      ...(next ? [`> ${next}`] : []),
    ]
      .filter((part) => part !== undefined)
      .join(' ');
  }
});

test('the inbox shows what buyers received, newest first: by e-mail, and by text and push where they asked for it', async () => {
  const pushEndpoint = 'arn:aws:sns:us-east-1:000000000000:endpoint/GCM/eventpro/1';
  const buyer = { name: 'Bob', email: 'bob@example.com', phone: '+4915112345678', pushEndpoint };
  const first = await eventpro.buy({ seats: ['A-1'] });
  await eventpro.emailAbout(first.purchaseId);
  const second = await eventpro.buy({ seats: ['A-2'], buyer });

  const messages = await eventually(async () => {
    // The buyer's app is told by itself as well, in JSON: before the others or after them.
    const received = (await eventpro.inbox()).filter(({ text = '' }) => !text.startsWith('{'));
    return received.length === 4 ? received : undefined;
  }, 'four messages');

  const ticketUrl = `${eventpro.url}/api/purchases/${second.purchaseId}/ticket`;
  const page = `${eventpro.url}/#/purchases/${second.purchaseId}`;
  expect(messages.at(-1)).toMatchObject({ channel: 'email', to: 'ann@example.com' });
  const toBob = messages.slice(0, 3).sort((a, b) => a.channel.localeCompare(b.channel));
  expect(toBob.map(({ channel, to }) => [channel, to])).toEqual([
    ['email', 'bob@example.com'],
    ['push', pushEndpoint],
    ['sms', '+4915112345678'],
  ]);
  expect(toBob[0]).toEqual({
    id: expect.any(String),
    channel: 'email',
    to: 'bob@example.com',
    from: 'tickets@example.com',
    subject: 'Your tickets for The Late Quartet',
    text: expect.stringContaining(`Your ticket: ${ticketUrl}\nYour purchase: ${page}\n`),
    html: expect.stringMatching(new RegExp(`${ticketUrl}[^]*${page}`)),
    headers: {},
    receivedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    messageId: expect.any(String),
  });
  expect(toBob[2]!.text).toContain(`Ticket: ${page}`);
});

test('the payments show what was taken and given back, and by which requests', async () => {
  const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });

  const payments = await eventpro.payments();

  expect(payments).toEqual([
    {
      paymentIntentId: expect.stringMatching(/^pi_/),
      status: 'succeeded',
      amount: 12_000,
      currency: 'eur',
      captured: 12_000,
      refunded: 0,
      metadata: {
        purchaseId,
        stage: STAGE,
        kind: 'purchase',
        installation: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
      paymentMethod: 'pm_card_visa',
      idempotencyKeys: [
        `payment_intents.create ${purchaseId}:create`,
        `payment_intents.confirm ${purchaseId}:confirm:1`,
        expect.stringMatching(/^payment_intents\.capture /),
      ],
      charges: [expect.objectContaining({ status: 'succeeded', amountCaptured: 12_000, amountRefunded: 0 })],
      refunds: [],
      disputes: [],
      created: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    },
  ]);
});

test.each([
  ['GET', '/local/nowhere'],
  ['GET', '/local/'],
  ['POST', '/local/inbox'],
  ['DELETE', '/local/executions'],
  ['PUT', '/local/faults'],
])('%s %s is not there, and the answer lists what is', async (method, path) => {
  const { status, body } = await eventpro.request<{ detail: string }>(method, path);

  expect(status).toBe(404);
  expect(body.detail).toContain(`There is no ${method} ${path}. There are: `);
  expect(body.detail).toContain(' GET /local/executions,');
});

describe('a page from elsewhere', () => {
  const own = () => new URL(eventpro.url).origin;

  test.each<[Record<string, string>]>([
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
  ])('with %j drives nothing', async (headers) => {
    await eventpro.request('PUT', '/local/faults/ReserveSeat', { body: '{"mode":"fail-before"}' });

    const refused = await eventpro.request('DELETE', '/local/faults', { headers });

    expect([refused.status, refused.headers.get('content-type')]).toEqual([403, 'application/problem+json']);
    const { body } = await eventpro.request<Record<string, object>>('GET', '/local/faults', { headers });
    expect(Object.keys(body)).toContain('ReserveSeat');
  });

  test('is told from the console, and from a person who typed the address', async () => {
    const { status } = await eventpro.request('DELETE', '/local/faults', {
      headers: { 'sec-fetch-site': 'same-origin', origin: own() },
    });
    const typed = await eventpro.request('DELETE', '/local/faults', {
      headers: { 'sec-fetch-site': 'none' },
    });

    expect([status, typed.status]).toEqual([204, 204]);
  });
});
