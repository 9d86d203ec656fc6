import { randomUUID } from 'node:crypto';
import { METRIC_NAMESPACE, type MetricName } from '../../lambda/shared/metrics';
import { referenceOf } from '../../lambda/shared/reference';
import { type FunctionLogLine } from '../../local/lambda/sandbox';
import { type FaultRun, startFaultRun } from '../../faults/fault-run';
import { eventually } from '../../harness/eventpro-client';
import { cloudAssembly } from '../support/cloud-assembly';

interface Line extends Record<string, unknown> {
  readonly _aws?: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly string[][];
      readonly Metrics: readonly { readonly Name: MetricName; readonly Unit: string }[];
    }[];
  };
}

const lines: (FunctionLogLine & { readonly entry: Line })[] = [];
let run: FaultRun;
beforeAll(async () => {
  run = await startFaultRun({
    assemblyDirectory: await cloudAssembly(),
    log: (line) => void lines.push({ ...line, entry: JSON.parse(line.text) as Line }),
  });
});
afterAll(() => run?.close());
beforeEach(async () => {
  await run.eventpro.reset();
  lines.length = 0;
});

/** `Purchases{outcome=CONFIRMED} 1`, for every value the functions have written but those of the channels. */
function measured(): string[] {
  return lines.flatMap(({ entry }) =>
    (entry._aws?.CloudWatchMetrics ?? []).flatMap(({ Dimensions: [names], Metrics }) => {
      const dimensions = names!
        .filter((name) => name !== 'service')
        .map((name) => `${name}=${String(entry[name])}`);
      return Metrics.filter(({ Name }) => !Name.startsWith('Notifications') && Name !== 'HoldAge').map(
        ({ Name }) => `${Name}{${dimensions.join(',')}} ${String(entry[Name])}`,
      );
    }),
  );
}

const names = ({ references = [] }: Line, purchaseId: string) =>
  (references as string[]).includes(referenceOf(purchaseId));
/** Neither of the channels, nor of what the new event of the reset sets in motion. */
const ofSteps = () => lines.filter(({ functionName }) => !/Deliver|ScheduleEventMessages/.test(functionName));

test('a purchase without trouble leaves one line in all, which tells who, how and how long', async () => {
  const { purchaseId, status } = await run.eventpro.buy({ seats: ['A-1'] });
  const { executionArn } = await run.eventpro.executionOf(purchaseId);

  expect(status).toBe(201);
  expect(ofSteps().map(({ entry }) => entry)).toEqual([
    {
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: METRIC_NAMESPACE,
            Dimensions: [['service', 'outcome']],
            Metrics: [
              { Name: 'Purchases', Unit: 'Count' },
              { Name: 'HoldAge', Unit: 'Seconds' },
            ],
          },
        ],
      },
      service: 'EventPro-dev',
      outcome: 'CONFIRMED',
      Purchases: 1,
      HoldAge: expect.any(Number),
      ...{ reference: referenceOf(purchaseId), executionId: executionArn },
      requestId: expect.any(String),
      xray_trace_id: expect.stringMatching(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/),
    },
  ]);
  expect(ofSteps()[0]!.text.length).toBeLessThan(700);
});

test('each channel counts what it delivered, and names the purchase', async () => {
  const { purchaseId } = await run.eventpro.buy({ seats: ['A-1'] });
  await run.eventpro.emailAbout(purchaseId);

  const line = await eventually(
    // Another's may come first: a message that a reset has left without its purchase.
    async () => lines.find(({ entry }) => entry.channel === 'email' && names(entry, purchaseId))?.entry,
    'a line of the e-mail channel',
  );

  expect(line).toMatchObject({
    NotificationsDelivered: 1,
    NotificationsFailed: 0,
    references: [referenceOf(purchaseId)],
  });
});

test.each<{ title: string; card?: string; faults?: Record<string, string>; expected: string[] }>([
  {
    title: 'a declined card',
    card: 'pm_card_chargeDeclined',
    expected: ['Compensations{step=ReleaseSeat,result=released} 1', 'Purchases{outcome=PAYMENT_DECLINED} 1'],
  },
  {
    title: 'a reservation that fails before it holds anything: its key is closed',
    faults: { ReserveSeat: 'fail-before' },
    expected: ['Purchases{outcome=RESERVATION_FAILED} 1'],
  },
  {
    title: 'a payment whose answer is lost',
    faults: { ProcessPayment: 'fail-after' },
    expected: [
      'Compensations{step=RefundPayment,result=refunded} 1',
      'UnknownPayments{result=refunded} 1',
      'Compensations{step=ReleaseSeat,result=released} 1',
      'Purchases{outcome=PAYMENT_UNAVAILABLE} 1',
    ],
  },
  {
    title: 'a ticket that cannot be made: the payment was known',
    faults: { GenerateTicket: 'fail-before' },
    expected: [
      'Compensations{step=RefundPayment,result=refunded} 1',
      'Compensations{step=ReleaseSeat,result=released} 1',
      'Purchases{outcome=TICKET_FAILED} 1',
    ],
  },
  {
    title: 'a refund that fails: the seats are free, and the purchase has no outcome yet',
    faults: { GenerateTicket: 'fail-before', RefundPayment: 'fail-before' },
    expected: ['Compensations{step=ReleaseSeat,result=released} 1'],
  },
])('$title', async ({ card, faults = {}, expected }) => {
  for (const [state, mode] of Object.entries(faults)) {
    await run.eventpro.setFault(state, { mode: mode as 'fail-before' });
  }

  await run.eventpro.buy({ seats: ['A-1'], paymentMethod: card ?? 'pm_card_visa' });
  await run.eventpro.healFaults();

  expect(measured()).toEqual(expected);
});

describe('a buyer whom the bank wants is counted when it asks, and when it is known how that went', () => {
  const UNDONE = 'Compensations{step=ReleaseSeat,result=released} 1';
  const CANCELLED = 'Compensations{step=RefundPayment,result=cancelled} 1';
  const DECLINES_AFTERWARDS = 'pm_card_threeDSecureRequiredChargeDeclined';

  test.each<{ end: string; card?: string; bank?: 'succeeded' | 'failed'; expected: string[] }>([
    { end: 'authenticated', bank: 'succeeded', expected: ['Purchases{outcome=CONFIRMED} 1'] },
    { end: 'failed', bank: 'failed', expected: [UNDONE, 'Purchases{outcome=AUTHENTICATION_FAILED} 1'] },
    {
      end: 'declined',
      card: DECLINES_AFTERWARDS,
      bank: 'succeeded',
      expected: [UNDONE, 'Purchases{outcome=PAYMENT_DECLINED} 1'],
    },
    { end: 'abandoned', expected: [CANCELLED, UNDONE, 'Purchases{outcome=ABANDONED} 1'] },
  ])('$end', async ({ end, card = 'pm_card_authenticationRequired', bank, expected }) => {
    const { eventpro } = run;
    const { purchaseId } = await eventpro.buy({ seats: ['A-1'], paymentMethod: card });
    const asked = measured();
    await eventpro.resume(purchaseId);
    const [payment] = await eventpro.payments(purchaseId);
    if (bank) await eventpro.answerBank(payment!.paymentIntentId, bank);
    lines.length = 0;

    await (bank ? eventpro.resume(purchaseId) : eventpro.abandon(purchaseId));

    expect(asked).toEqual(['Authentications{authentication=asked} 1']);
    const counted = measured().filter((each) => !each.startsWith('AuthenticationTime'));
    expect(counted.toSorted()).toEqual([...expected, `Authentications{authentication=${end}} 1`].toSorted());
    expect(measured()).toContainEqual(
      expect.stringMatching(new RegExp(`^AuthenticationTime\\{authentication=${end}\\} \\d+$`)),
    );
  });

  test('expired', async () => {
    const { eventpro } = run;
    const { purchaseId } = await eventpro.buy({
      seats: ['A-1'],
      paymentMethod: 'pm_card_authenticationRequired',
    });
    await eventpro.advanceClock(300);
    await run.invoke('Reconcile');

    await eventually(
      async () => measured().find((each) => each === 'Authentications{authentication=expired} 1'),
      'the count of an authentication that expired',
    );
    const time = measured().find((each) => each.startsWith('AuthenticationTime{authentication=expired}'));
    expect(Number(time!.split(' ')[1])).toBeGreaterThanOrEqual(300);
    expect((await eventpro.purchase(purchaseId)).failure?.code).toBe('AUTHENTICATION_EXPIRED');
  });
});

test('a seat that is taken is an outcome; a repeat of the same purchase is none, and neither is a fault', async () => {
  const { purchaseId: key } = await run.eventpro.buy({ seats: ['A-1'] });
  await run.eventpro.buy({ seats: ['A-1'] });
  await run.eventpro.buy({ seats: ['A-1'], key });
  await run.eventpro.buy({ seats: ['A-2'], key });

  expect(measured()).toEqual(['Purchases{outcome=CONFIRMED} 1', 'Purchases{outcome=SEAT_UNAVAILABLE} 1']);
  // The runtime's own line about what a handler threw has no `errorName`.
  expect(ofSteps().filter(({ entry }) => entry.level === 'ERROR' && entry.errorName)).toEqual([]);
});

test('an attempt that fails for a reason of ours is counted, and its log line carries every id', async () => {
  // Two: the SDK repeats a request whose connection was cut once.
  run.stripe.faults.set({ operation: 'payment_intents.confirm', mode: 'fail-before', times: 2 });

  const { purchaseId, status } = await run.eventpro.buy({ seats: ['A-1'] });

  expect(status).toBe(201);
  expect(measured()).toEqual(['StepFaults{step=ProcessPayment} 1', 'Purchases{outcome=CONFIRMED} 1']);
  expect(ofSteps()[0]!.entry).toMatchObject({
    level: 'ERROR',
    step: 'ProcessPayment',
    errorName: 'PaymentGatewayTimeout',
    service: 'EventPro-dev',
    reference: referenceOf(purchaseId),
    executionId: expect.stringContaining(':express:'),
    requestId: expect.any(String),
    xray_trace_id: expect.stringMatching(/^1-/),
  });
});

test('a payment that our fault makes impossible has its own outcome, is not tried again, and its log line names the reason', async () => {
  run.stripe.faults.set({
    ...{ operation: 'payment_intents.confirm', mode: 'fail-before', status: 403 },
    error: { code: 'testmode_charges_only', message: 'Ann Lee cannot pay' },
  });

  const { status, body } = await run.eventpro.buy({ seats: ['A-1'] });
  run.stripe.faults.clear();

  expect(status).toBe(502);
  expect(body).toMatchObject({ code: 'PAYMENT_NOT_POSSIBLE' });
  expect(measured()).toEqual([
    'StepFaults{step=ProcessPayment} 1',
    'Compensations{step=RefundPayment,result=cancelled} 1',
    'Compensations{step=ReleaseSeat,result=released} 1',
    'Purchases{outcome=PAYMENT_NOT_POSSIBLE} 1',
  ]);
  expect(ofSteps()[0]!.entry).toMatchObject({
    level: 'ERROR',
    errorName: 'PaymentNotPossible',
    stripeError: 'StripePermissionError',
    stripeCode: 'testmode_charges_only',
    stripeRequest: expect.stringMatching(/^req_/),
  });
});

test('a key that Stripe refuses leaves the purchase to be settled: what it does not let us undo is not undone', async () => {
  run.stripe.faults.set({ operation: 'payment_intents.capture', mode: 'fail-after' });
  run.stripe.faults.set({ operation: 'payment_intents.retrieve', mode: 'fail-before', status: 401 });

  const { purchaseId, status } = await run.eventpro.buy({ seats: ['A-1'] });
  const { status: before } = await run.eventpro.purchase(purchaseId);
  const escalated = (await run.eventpro.executionOf(purchaseId)).events.map(({ state }) => state);
  run.stripe.faults.clear();
  await run.eventpro.advanceClock(400);
  await run.invoke('Reconcile');
  const settled = await eventually(async () => {
    const purchase = await run.eventpro.purchase(purchaseId);
    return purchase.status === 'FAILED' ? purchase : undefined;
  }, 'a settled purchase');

  expect([status, before]).toEqual([502, 'COMPENSATING']);
  expect(escalated).toContain('EscalateRefundPayment');
  expect(settled.failure?.code).toBe('PAYMENT_NOT_POSSIBLE');
  expect(await run.eventpro.payments(purchaseId)).toMatchObject([{ captured: 12_000, refunded: 12_000 }]);
});

test('the reconciler tells the backlog, and a purchase whose execution died is counted once recovery has settled it', async () => {
  await run.invoke('Reconcile');
  const idle = measured();
  const key = randomUUID();
  const breakpoint = run.breakpoints.before('GenerateTicket', key);
  void breakpoint.reached.then((execution) => execution.abort()).then(breakpoint.resume);
  await run.eventpro.buy({ seats: ['A-1'], key });
  lines.length = 0;
  await run.eventpro.advanceClock(400);

  await run.invoke('Reconcile');
  await eventually(async () => measured().find((line) => line.startsWith('Purchases')), 'the outcome');

  expect(idle).toEqual([
    ...['UnsettledOrders{} 0', 'LongestOverdueOrder{} 0'],
    ...['UnsettledPurchases{} 0', 'LongestOverdue{} 0'],
  ]);
  expect(measured()).toContain('UnsettledPurchases{} 1');
  expect(measured()).toContain('Purchases{outcome=CHECKOUT_INTERRUPTED} 1');
  expect(measured()).toContain('Compensations{step=RefundPayment,result=refunded} 1');
});

test('every audit tells its findings, the empty ones too', async () => {
  await run.invoke('Audit');

  // In any order: the audits run side by side.
  expect(measured().toSorted()).toEqual([
    ...['hold', 'payment', 'soldSeat', 'ticket', 'unfollowed'].map(
      (finding) => `AuditFindings{finding=${finding}} 0`,
    ),
    'PurchasesWithoutRecord{} 0',
  ]);
});
