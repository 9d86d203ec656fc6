import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { purchaseHash, referenceOf } from '../../lambda/shared/reference';
import { PROBLEMS } from '../../lambda/shared/problem';
import { INBOX } from '../../local/inbox/plugin';
import { S3 } from '../../local/s3/plugin';
import { SECRETS_MANAGER } from '../../local/secrets-manager/plugin';
import { type Queue } from '../../local/sqs/queue';
import { type ExecutionRecord } from '../../local/step-functions/execution-history';
import { eventually, type Order, orderBody } from '../../harness/eventpro-client';
import { expectProblem } from '../support/problem';
import { STAGE } from '../../bin/local-run';
import { type FaultRun, startFaultRun } from '../../faults/fault-run';
import { cloudAssembly } from '../support/cloud-assembly';
import { STEP_FUNCTIONS } from '../../local/step-functions/plugin';

/** `HOSTILE_BODIES=20000 npx jest privacy` looks harder. */
const HOSTILE_BODIES = Number(process.env.HOSTILE_BODIES ?? 300);

const lines: string[] = [];
let run: FaultRun;
beforeAll(async () => {
  run = await startFaultRun({
    assemblyDirectory: await cloudAssembly(),
    log: ({ text }) => void lines.push(text),
  });
});
afterAll(() => run?.close());

describe('what the logs hold', () => {
  /** Recognisable wherever they turn up, also in a part of them. */
  const buyer = {
    name: 'Quillon Xanthos-Marrow',
    email: 'quillon.xanthos@privacy.example',
    phone: '+4915799887766',
    pushEndpoint: 'arn:aws:sns:us-east-1:123456789012:endpoint/GCM/eventpro/quillon-device',
  };
  const SECRETS = [
    ...['Quillon', 'Xanthos', 'Marrow', 'quillon', 'privacy.example', '4915799887766', 'quillon-device'],
    ...['pm_card', 'sk_test_local'],
  ];

  /** Every purchase of the run: whoever knows its id may read it, and fetch its ticket. */
  const purchaseIds = new Set<string>();

  /**
   * What a stage writes of an execution: `includeExecutionData: false` leaves out inputs and outputs alone. The ARN, which
   * the name is a part of, stands in each line.
   */
  function executionLog(): string[] {
    const logged = ({ executionArn, events }: ExecutionRecord) =>
      events.map(({ input: _input, output: _output, ...event }) =>
        JSON.stringify({ executionArn, ...event }),
      );
    return run.cloud.get(STEP_FUNCTIONS).history.list().flatMap(logged);
  }

  function leaks(text: readonly string[]): string[] {
    const searched = [...SECRETS, ...purchaseIds].map((secret) => secret.toLowerCase());
    return text.filter((line) => searched.some((secret) => line.toLowerCase().includes(secret)));
  }

  test.each<{ title: string; paymentMethod?: string; faults?: string[]; body?: object; status: number }>([
    { title: 'a purchase that is confirmed', status: 201 },
    { title: 'a declined card', paymentMethod: 'pm_card_chargeDeclined', status: 402 },
    {
      title: 'a card that asks for 3-D Secure',
      paymentMethod: 'pm_card_authenticationRequired',
      status: 202,
    },
    { title: 'a payment method that Stripe does not know', paymentMethod: 'pm_card_nobodys', status: 402 },
    { title: 'a reservation whose answer is lost', faults: ['ReserveSeat'], status: 503 },
    { title: 'a payment whose answer is lost', faults: ['ProcessPayment'], status: 503 },
    { title: 'a ticket that cannot be made', faults: ['GenerateTicket'], status: 503 },
    { title: 'a refund that fails', faults: ['GenerateTicket', 'RefundPayment'], status: 503 },
    { title: 'a release that fails', faults: ['ProcessPayment', 'ReleaseSeat'], status: 504 },
    { title: 'a confirmation that fails', faults: ['SendConfirmation'], status: 201 },
    { title: 'a seat that does not exist', body: { seats: ['ZZ-99'] }, status: 404 },
    { title: 'a name of blanks', body: { buyer: { ...buyer, name: '   ' } }, status: 400 },
    {
      title: 'a buyer with a field that nobody asked for',
      body: { buyer: { ...buyer, card: 'Quillon' } },
      status: 400,
    },
  ])('$title leaves nothing of the buyer, the card, the key or the id there', async (row) => {
    const { eventpro } = run;
    await eventpro.reset();
    lines.length = 0;
    for (const state of row.faults ?? []) await eventpro.setFault(state, { mode: 'fail-before' });
    const body = { buyer, seats: ['A-1'], paymentMethod: row.paymentMethod ?? 'pm_card_visa', ...row.body };

    const { status, purchaseId } = await eventpro.buy(body);
    purchaseIds.add(purchaseId);
    await eventpro.healFaults();
    await askAgain(body, purchaseId);
    if (status === 201) await eventpro.advanceClock(400);
    if (status === 201) await allChannelsTold();
    else await recovered();

    const written = [...lines, ...executionLog()];
    expect(status).toBe(row.status);
    if (row.status !== 400) expect(written.join()).toContain(referenceOf(purchaseId));
    expect(leaks(written)).toEqual([]);
    expect(leaks(await readByPeople())).toEqual([]);
  });

  test.each<{ title: string; paymentMethod?: string; faults?: string[]; status: string }>([
    { title: 'that is confirmed', status: 'CONFIRMED' },
    { title: 'with a declined card', paymentMethod: 'pm_card_chargeDeclined', status: 'FAILED' },
    {
      title: 'whose bank waits for the buyer in vain',
      paymentMethod: 'pm_card_authenticationRequired',
      status: 'FAILED',
    },
    { title: 'whose reservation is lost', faults: ['CheckInventory'], status: 'FAILED' },
    { title: 'whose pivot fails', faults: ['UpdateInventory'], status: 'FAILED' },
    { title: 'whose refund fails', faults: ['UpdateInventory', 'RefundPayment'], status: 'FAILED' },
    {
      title: 'whose extras are not given back',
      faults: ['UpdateInventory', 'RestoreInventory'],
      status: 'FAILED',
    },
    { title: 'of which nobody can be told', faults: ['SendNotification'], status: 'CONFIRMED' },
  ])('an order $title leaves nothing of the buyer, the card, the key or the id there', async (row) => {
    const { eventpro } = run;
    await eventpro.reset();
    await eventpro.signed('PUT', '/api/events/demo/extras', {
      extras: [{ extraId: 'programme', name: 'Programme', price: 500, stock: 3 }],
    });
    lines.length = 0;
    for (const state of row.faults ?? []) await eventpro.setFault(state, { mode: 'fail-before' });
    const orderId = randomUUID();
    purchaseIds.add(orderId);
    const order = (path = '') => `/api/orders/${orderId.toUpperCase()}${path}`;
    const post = (key: string, quantity = 1) =>
      eventpro.request('POST', '/api/orders', {
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify({
          ...{ eventId: 'demo', items: [{ extraId: 'programme', quantity }] },
          ...{
            buyer: { name: buyer.name, email: buyer.email },
            paymentMethod: row.paymentMethod ?? 'pm_card_visa',
          },
        }),
      });
    const statusOf = async () =>
      (await eventpro.request<{ status: string }>('GET', `/api/orders/${orderId}`)).body.status;

    expect((await post(orderId)).status).toBe(202);
    await post(orderId.toUpperCase(), 2);
    await eventually(async () => {
      const [execution] = await eventpro.executions();
      const isWaiting = (await statusOf()) === 'AWAITING_AUTHENTICATION';
      return isWaiting || (execution && execution.status !== 'RUNNING') || undefined;
    }, 'an execution that has ended, or waits');
    await eventpro.request('GET', order());
    await eventpro.request('GET', order('/authentication'));
    await eventpro.healFaults();
    await eventpro.advanceClock(601);
    await recovered();
    await eventually(
      async () => (await statusOf()) === row.status || undefined,
      `an order that is ${row.status}`,
    );

    const written = [...lines, ...executionLog()];
    // An order that goes well is in no line but those of its execution.
    expect(written.join()).toContain(purchaseHash(orderId));
    expect(leaks(written)).toEqual([]);
    expect(leaks(await readByPeople())).toEqual([]);
  });

  test('a payment that Stripe refuses for a reason of ours leaves its codes there, and none of its words', async () => {
    const { eventpro, stripe } = run;
    await eventpro.reset();
    lines.length = 0;
    const message = `No such key for ${buyer.name}, ${buyer.email}, pm_card_visa: sk_test_local`;
    stripe.faults.set({
      ...{ operation: 'payment_intents.confirm', mode: 'fail-before', status: 403 },
      error: { code: 'testmode_charges_only', message },
    });

    const { status } = await eventpro.buy({ buyer, seats: ['A-1'] });
    stripe.faults.clear();
    await recovered();

    const written = [...lines, ...executionLog()];
    expect(status).toBe(502);
    expect(written.join()).toContain('testmode_charges_only');
    expect(leaks(written)).toEqual([]);
  });

  /** What people see of a purchase without looking into it: the names of objects, and the messages of the escalations. */
  async function readByPeople(): Promise<string[]> {
    const s3 = run.cloud.get(S3);
    const named = await Promise.all([...purchaseIds].map((id) => s3.objectsMentioning(id)));
    const escalations = await run.queue('EscalationsQueue').receive({ maxMessages: 10 });
    return [...named.flat().map(({ key }) => key), ...escalations.map(({ body }) => body)];
  }

  /** What else comes with the id: the same purchase again, another one under its key, and a look at it and its ticket. */
  async function askAgain(body: Order, key: string): Promise<void> {
    await run.eventpro.buy({ ...body, key: key.toUpperCase() });
    await run.eventpro.buy({ ...body, key, seats: ['B-1'] });
    await run.eventpro.purchase(key.toUpperCase());
    await run.eventpro.ticket(key);
  }

  test('an idempotency key that is no id is not logged', async () => {
    lines.length = 0;

    const { status } = await run.eventpro.post(orderBody({ buyer, seats: ['A-1'] }), {
      'idempotency-key': buyer.email,
    });

    expect(status).toBe(400);
    expect(lines.filter((line) => line.includes('ReserveSeat refused'))).toHaveLength(1);
    expect(leaks([...lines, ...executionLog()])).toEqual([]);
  });

  test('the negative control: the same scan finds what an input in the log would give away', async () => {
    await run.eventpro.reset();
    await run.eventpro.buy({ buyer, seats: ['A-1'] });

    const inputs = run.cloud
      .get(STEP_FUNCTIONS)
      .history.list()
      .map(({ input }) => JSON.stringify(input));

    expect(leaks(inputs)).toHaveLength(1);
    expect(leaks(['{"message":"Charged pm_card_visa"}', '{"message":"Charged"}'])).toHaveLength(1);
  });

  test('the negative control: the same scan finds an id, in capital letters too, and takes no reference for one', async () => {
    const { purchaseId } = await run.eventpro.buy({ seats: ['A-2'] });
    purchaseIds.add(purchaseId);
    const line = (id: string) => JSON.stringify({ message: 'Charged', purchaseId: id });

    expect(leaks([line(purchaseId), line(purchaseId.toUpperCase())])).toHaveLength(2);
    expect(leaks([line(referenceOf(purchaseId)), line(purchaseHash(purchaseId))])).toEqual([]);
  });

  async function allChannelsTold(): Promise<void> {
    const inbox = run.cloud.get(INBOX);
    await eventually(async () => {
      const channels = new Set(inbox.list().map(({ channel }) => channel));
      return channels.size === 3 || undefined;
    }, 'a message on each channel');
  }

  /** Recovery has had a go at what the saga left, and its logs are there to be read. */
  async function recovered(): Promise<void> {
    await run.eventpro.advanceClock(400);
    await run.invoke('Reconcile');
    await eventually(async () => {
      const running = run.cloud
        .get(STEP_FUNCTIONS)
        .history.list()
        .some(({ status }) => status === 'RUNNING');
      return running ? undefined : true;
    }, 'an end of all executions');
    // The audit is due then.
    await run.eventpro.advanceClock(7_200);
    const audits = () => lines.filter((line) => /"message":"Audit(ed| failed)"/.test(line)).length;
    await eventually(async () => audits() >= 3 || undefined, 'the three audits');
  }
});

describe('a message that no consumer can work on', () => {
  const CHANNELS = [
    { channel: 'email', id: 'EmailChannel' },
    { channel: 'sms', id: 'SmsChannel' },
    { channel: 'push', id: 'PushChannel' },
  ];
  const confirmation = (change: object) =>
    JSON.stringify({
      type: 'PurchaseConfirmed',
      purchaseId: randomUUID(),
      ticketUrl: 'https://tickets.example/1',
      ...change,
    });
  const POISON = [
    { poison: 'that is not JSON', body: 'not { JSON', errorName: 'SyntaxError' },
    { poison: 'of another shape', body: confirmation({ type: 'Other' }), errorName: 'ValidationFailed' },
    { poison: 'about a purchase nobody made', body: confirmation({}), errorName: 'PurchaseNotConfirmed' },
  ];

  test.each(CHANNELS.flatMap((channel) => POISON.map((poison) => ({ ...channel, ...poison }))))(
    '$poison: $channel gives it up after the five receives of its policy, once, and the log says why',
    async ({ id, body, errorName }) => {
      const queue = run.queue(`${id}Queue`);
      const deadLetters = run.queue(`${id}DeadLetterQueue`);
      const { maxReceiveCount } = queue.attributes.redrivePolicy!;
      const letters = deadLetters.counts().visible;
      lines.length = 0;

      const { id: messageId } = queue.send(body);
      const receives = await receivesUntilGivenUp(queue, messageId);

      expect(maxReceiveCount).toBe(5);
      expect(receives).toBe(maxReceiveCount);
      expect(queue.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
      expect(deadLetters.counts().visible).toBe(letters + 1);
      expect(refusals(messageId)).toEqual(Array(maxReceiveCount).fill(errorName));
    },
  );

  test('a good message in the same batch is delivered all the same', async () => {
    await run.eventpro.reset();
    const { purchaseId } = await run.eventpro.buy({ seats: ['A-1'] });
    await run.eventpro.emailAbout(purchaseId);
    const queue = run.queue('EmailChannelQueue');
    lines.length = 0;

    queue.send('not { JSON');
    const good = queue.send(confirmation({ purchaseId }));

    await eventually(async () => logged(good.id, 'Delivered before')[0], 'the delivery of the good message');
    expect(await run.eventpro.emailsAbout(purchaseId)).toHaveLength(1);
  });

  /** Ends the visibility timeout after each receive, until the queue has given the message up. */
  async function receivesUntilGivenUp(queue: Queue, messageId: string): Promise<number> {
    for (let receives = 1; ; receives++) {
      await eventually(async () => refusals(messageId)[receives - 1], `receive ${receives}`);
      // The consumer's answer must have reached the queue before its message becomes visible again.
      await delay(5);
      run.clock.advance(queue.attributes.visibilityTimeout + 1);
      const gone = await eventually(async () => {
        const { visible, inFlight } = queue.counts();
        if (visible + inFlight === 0) return 'given up';
        return refusals(messageId).length > receives ? 'received' : undefined;
      }, 'another receive, or none');
      if (gone === 'given up') return receives;
    }
  }

  function refusals(messageId: string): string[] {
    return logged(messageId, 'Not delivered').map(({ errorName }) => errorName!);
  }
});

describe('a hostile body', () => {
  const NASTY = [
    '@@', '$foo', '$!{foo.bar()}', '$input.params()', '#if(true)', '#end', '#set($a=1)', '##', '#[[', ']]#', '\\', '\\\\',
    "'", "\\'", '"', '\\"', '","executionId":"x', '</script>', '\u2028', '\u2029', '\u0001', '\u001f', '\u007f', '😀',
    'é', 'e\u0301', '\ufeff', '\\u0041', '__proto__', '\r\n', '\t', '{}', '${', '*#', 'O’Brien', "O'Brien",
  ]; // prettier-ignore
  const text = fc.oneof(
    fc.constantFrom(...NASTY),
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.array(fc.constantFrom(...NASTY), { maxLength: 5 }).map((parts) => parts.join('')),
  );
  const anything = fc.oneof(text, fc.integer(), fc.constant(null), fc.array(text, { maxLength: 3 }));
  /** Near to valid: the schema takes many of them, so the mapping template has to carry them. */
  const order = fc.record({
    eventId: fc.oneof({ weight: 9, arbitrary: fc.constant('nowhere') }, anything),
    seats: fc.oneof({ weight: 9, arbitrary: fc.constant(['A-1']) }, anything),
    buyer: fc.record(
      {
        name: fc.oneof({ weight: 9, arbitrary: text }, anything),
        email: fc.oneof({ weight: 9, arbitrary: fc.constant("o'brien@example.com") }, anything),
      },
      { requiredKeys: ['name', 'email'] },
    ),
    paymentMethod: fc.oneof({ weight: 9, arbitrary: fc.constant('pm_card_visa') }, anything),
  });
  const body = fc.oneof(
    { weight: 8, arbitrary: order },
    {
      weight: 1,
      arbitrary: fc.tuple(order, text, anything).map(([o, key, value]) => ({ ...o, [key]: value })),
    },
    { weight: 1, arbitrary: fc.jsonValue() },
  );

  test(`is refused, or reaches the execution exactly as it was sent: ${HOSTILE_BODIES} of them`, async () => {
    await run.eventpro.reset();
    let [refused, carried] = [0, 0];

    await fc.assert(
      fc.asyncProperty(body, fc.boolean(), async (value, indented) => {
        const key = randomUUID();
        const sent = JSON.stringify(value, null, indented ? 2 : 0);

        const answer = await run.eventpro.post(sent, { 'idempotency-key': key });

        const execution = run.cloud.get(STEP_FUNCTIONS).history.list()[0];
        const input = execution?.input as { purchaseId: string; request: unknown } | undefined;
        if (input?.purchaseId === key) {
          carried++;
          expect(JSON.stringify(input.request)).toBe(JSON.stringify(JSON.parse(sent)));
          expect(Object.keys(input).sort()).toEqual(['purchaseId', 'request', 'requestId', 'viewer']);
          expect([400, 404]).toContain(answer.status);
        } else {
          refused++;
          expect(answer.status).toBe(400);
        }
        expect(answer.headers.get('content-type')).toBe('application/problem+json');
        expect(answer.text).not.toMatch(/errorType|Exception|arn:|\bat .+:\d+/);
      }),
      { numRuns: HOSTILE_BODIES },
    );

    expect(refused).toBeGreaterThan(HOSTILE_BODIES / 20);
    expect(carried).toBeGreaterThan(HOSTILE_BODIES / 5);
  }, 600_000);

  test.each([
    ['no body', ''],
    ['half a body', orderBody({ seats: ['A-1'] }).slice(0, 40)],
    ['a body that is a number', '7'],
    [
      'a body with a second purchase id',
      `{"purchaseId":"${randomUUID()}",${orderBody({ seats: ['A-1'] }).slice(1)}`,
    ],
  ])('%s is a clean 400', async (_, sent) => {
    const answer = await run.eventpro.post(sent);

    expectProblem(answer, { status: 400, code: 'VALIDATION' });
  });
});

describe('an error that nobody expected', () => {
  test('leaves its name in the log, and nothing of what it brought along', async () => {
    await run.eventpro.reset();
    const secret = run.cloud.outputs.get(`${STAGE}-Checkout`)!.StripeSecretArn as string;
    run.cloud.get(SECRETS_MANAGER).putSecret(secret, secret, 'sk_revoked_quillon');
    // The containers have the key before.
    await run.eventpro.advanceClock(400);
    lines.length = 0;

    const { purchaseId, status } = await run.eventpro.buy({ seats: ['A-1'] });

    const logged = lines.map((line) => JSON.parse(line) as { errorName?: string; message: unknown });
    expect(status).toBe(502);
    expect(logged).toContainEqual(
      expect.objectContaining({
        reference: referenceOf(purchaseId),
        level: 'ERROR',
        errorName: 'PaymentNotPossible',
        stripeError: 'StripeAuthenticationError',
      }),
    );
    // The runtime's line, which has whatever the error has. Stripe's own ends its message with the end of the key.
    expect(logged.find(({ message }) => typeof message === 'object')?.message).toEqual({
      errorType: expect.any(String),
      errorMessage: PROBLEMS.PaymentNotPossible.detail,
      stackTrace: [`PaymentNotPossible: ${PROBLEMS.PaymentNotPossible.detail}`],
      name: 'PaymentNotPossible',
    });
    expect(lines.join()).not.toContain('llon');
  });
});

/** The structured log lines with this message about the SQS message. */
function logged(messageId: string, message: string): { errorName?: string }[] {
  return lines
    .filter((line) => line.includes(messageId))
    .map((line) => JSON.parse(line) as { message: string; errorName?: string })
    .filter((entry) => entry.message === message);
}
