import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type FunctionName } from '../../lib/functions';
import { roleOf } from '../../lib/workflow/role';
import { eventually } from '../../harness/eventpro-client';
import { AlteredAssembly, type Replacement } from '../../faults/altered-assembly';
import { Breakpoints } from '../../faults/breakpoints';
import { functionName } from '../../faults/fault-run';
import { type Harness, startHarness } from '../../faults/harness';
import { cloudAssembly } from '../support/cloud-assembly';
import { LAMBDA } from '../../local/lambda/plugin';
import { SQS } from '../../local/sqs/plugin';
import { STEP_FUNCTIONS } from '../../local/step-functions/plugin';

/**
 * A guard that can be taken away unnoticed is a hole in the harness, or a guard too many. So here each is taken away
 * alone, from outside, and the scenario that needs it must then leave a violation; with the guard it leaves none.
 */
interface Control {
  readonly guard: string;
  /** How the assembly loses the guard. */
  readonly remove: (assembly: AlteredAssembly) => Promise<void> | void;
  readonly scenario: (stage: Stage) => Promise<readonly string[] | void>;
  /** Part of the violation that must be reported. */
  readonly violation: RegExp;
  /** Without the audits, which would make good an hour later what the guard prevents. */
  readonly unaudited?: true;
}

/** Where a scenario plays. */
interface Stage extends Pick<Harness, 'buy' | 'client' | 'proxy' | 'run' | 'strayHold'> {
  readonly before: Breakpoints['before'];
  /** Two seats of its own. */
  readonly seats: readonly [string, string];
  /** Lets recovery try to settle the purchase now, however young it is. */
  readonly recover: (purchaseId: string) => Promise<unknown>;
  /** Invokes a function past the state machines. */
  readonly invoke: (name: FunctionName, payload: object) => Promise<unknown>;
}

const PURCHASES = 'lambda/purchase/purchase-repository.ts';
const SEATS = 'lambda/seat/seat-repository.ts';
const STRIPE = 'lambda/payment/stripe-gateway.ts';
const ORDER_OF_PAYMENT = [
  '  const attempt = await purchases.recordPaymentIntent(purchaseId, paymentIntentId);\n',
  '  await payments.confirmIntent({ purchaseId, paymentIntentId, paymentMethod, attempt });\n',
] as const;

/** The condition with a part that is always true: its names and values must stay in use, or DynamoDB refuses it. */
const always = (condition: string) => `(${condition} OR attribute_exists(purchaseId))`;

const LIVE_ONLY: Replacement = {
  file: PURCHASES,
  text: `'#status IN (:pending, :paid)',`,
  by: `'${always('#status IN (:pending, :paid)')}',`,
};

const CONTROLS: readonly Control[] = [
  {
    guard: 'the condition of a hold',
    remove: source(['ReserveSeat'], {
      file: SEATS,
      text: `'attribute_not_exists(pk) OR (#status = :held AND expiresAt <= :now)'`,
      by: `'attribute_not_exists(pk) OR attribute_exists(pk) OR (#status = :held AND expiresAt <= :now)'`,
    }),
    scenario: async ({ buy, seats: [seat] }) => {
      await buy({ seats: [seat] });
      await buy({ seats: [seat] });
    },
    violation: /has owners/,
  },
  {
    guard: 'the expiry in the condition of a hold: it keeps the seat',
    remove: source(['ReserveSeat'], {
      file: SEATS,
      text: `(#status = :held AND expiresAt <= :now)'`,
      by: `(#status = :held AND (expiresAt <= :now OR attribute_exists(pk)))'`,
    }),
    scenario: async ({ buy, before, seats: [seat] }) => {
      const first = await heldBefore('GenerateTicket', { buy, before, seat });
      const { status } = await buy({ seats: [seat] });
      first.resume();
      const { status: firstStatus } = await first.answer;
      return [...told(409, status), ...told(201, firstStatus)];
    },
    violation: /told 503 instead of 201/,
  },
  {
    guard: 'the expiry in the condition of a hold: it frees the seat',
    remove: source(['ReserveSeat'], {
      file: SEATS,
      text: `(#status = :held AND expiresAt <= :now)'`,
      by: `(#status = :held AND expiresAt <= :now AND attribute_not_exists(pk))'`,
    }),
    scenario: async ({ buy, run, seats: [seat] }) => {
      await buy({
        seats: [seat],
        paymentMethod: 'pm_card_chargeDeclined',
        faults: [{ effect: 'release', mode: 'cut' }],
      });
      run.clock.advance(601);
      const { status } = await buy({ seats: [seat] });
      return told(201, status);
    },
    violation: /told 409 instead of 201/,
  },
  {
    guard: 'that a purchase is opened once',
    remove: source(['ReserveSeat'], {
      file: PURCHASES,
      text: `shardOf(purchase.purchaseId) },\n        ConditionExpression: 'attribute_not_exists(purchaseId)',`,
      by: `shardOf(purchase.purchaseId) },`,
    }),
    scenario: async ({ buy, seats: [seat, other] }) => {
      const { purchaseId: key } = await buy({ seats: [seat] });
      await buy({ key, seats: [other] });
    },
    violation: /and was sold/,
  },
  {
    guard: 'that a refusal is recorded under a new key only',
    remove: source(['ReserveSeat'], {
      file: PURCHASES,
      text: `REFUSED_KEPT_SECONDS },\n          ConditionExpression: 'attribute_not_exists(purchaseId)',`,
      by: `REFUSED_KEPT_SECONDS },`,
    }),
    scenario: async ({ buy, seats: [seat] }) => {
      const { purchaseId: key } = await buy({ seats: [seat] });
      await buy({ key, seats: ['ZZ-1'] });
    },
    violation: /is FAILED and \d+ of \d+ is kept/,
    unaudited: true,
  },
  {
    guard: 'that a key is closed when its reservation is undone',
    remove: source(['ReleaseSeat'], {
      file: 'lambda/seat/release-seat.ts',
      text: `if (claimed || !executionId || !request) return claimed;`,
      by: `if (claimed || purchaseId) return claimed;`,
    }),
    scenario: async ({ buy, seats: [seat] }) => {
      await buy({ seats: [seat], faults: [{ effect: 'hold', mode: 'late' }] });
    },
    violation: /was answered 503 .*RESERVATION_FAILED.* and then/s,
  },
  {
    guard: 'that an intent is stored on a living purchase only',
    remove: source(['ProcessPayment'], LIVE_ONLY),
    scenario: async ({ buy, client, invoke, seats: [seat] }) => {
      const { purchaseId } = await buy({
        seats: [seat],
        faults: [{ effect: 'create intent', mode: 'error', times: 4 }],
      });
      // An attempt that the state machine gave up long ago.
      await invoke('ProcessPayment', {
        ...{ purchaseId, amount: 12_000, currency: 'EUR', paymentMethod: 'pm_card_visa' },
      });
      const payments = await client.payments(purchaseId);
      return payments.filter(({ captured }) => captured > 0).map(() => 'a failed purchase was charged');
    },
    violation: /a failed purchase was charged/,
  },
  {
    guard: 'that a living purchase only becomes PAID',
    remove: source(['GenerateTicket'], LIVE_ONLY),
    scenario: async ({ buy, seats: [seat] }) => {
      await buy({ seats: [seat], faults: [{ effect: 'mark paid', mode: 'late' }] });
    },
    violation: /is still PAID/,
  },
  {
    guard: 'that a sale is confirmed on a PAID purchase only',
    remove: source(['GenerateTicket'], {
      file: PURCHASES,
      text: `ConditionExpression: '#status = :paid'`,
      by: `ConditionExpression: '${always('#status = :paid')}'`,
    }),
    scenario: async ({ buy, seats: [seat] }) => {
      await buy({
        seats: [seat],
        faults: [{ effect: 'confirm sale', mode: 'late' }, { killBefore: 'ReleaseSeat' }],
      });
    },
    violation: /is CONFIRMED and 0 of \d+ is kept/,
  },
  {
    guard: 'that a seat is sold to the owner of its hold',
    remove: source(['GenerateTicket'], {
      file: SEATS,
      text: `REMOVE expiresAt',\n        ConditionExpression: 'purchaseId = :purchaseId'`,
      by: `REMOVE expiresAt',\n        ConditionExpression: '${always('purchaseId = :purchaseId')}'`,
    }),
    scenario: async ({ buy, before, run, seats: [seat] }) => {
      const slow = await heldBefore('GenerateTicket', { buy, before, seat, recoveryDies: true });
      run.clock.advance(601);
      const quick = await heldBefore('GenerateTicket', { buy, before, seat });
      slow.resume();
      await slow.answer;
      quick.resume();
      await quick.answer;
    },
    violation: /is CONFIRMED, chose \S+ and was sold nothing/,
  },
  {
    guard: 'that a confirmed purchase is not claimed',
    remove: source(['RefundPayment', 'ReleaseSeat'], {
      file: PURCHASES,
      text: `'#status IN (:pending, :paid, :compensating)' +`,
      by: `'${always('#status IN (:pending, :paid, :compensating)')}' +`,
    }),
    scenario: async ({ buy, seats: [seat] }) => {
      // Recovery finds it CONFIRMED, and its message not sent.
      await buy({ seats: [seat], faults: [{ effect: 'publish', mode: 'cut', from: 'checkout' }] });
    },
    violation: /was answered 201 .* and then/s,
  },
  {
    guard: 'that an execution claims its own purchase only',
    remove: source(['RefundPayment', 'ReleaseSeat'], {
      file: PURCHASES,
      text: `' AND executionId = :executionId'`,
      by: `' AND ${always('executionId = :executionId')}'`,
    }),
    scenario: async ({ buy, before, client, seats: [seat] }) => {
      const { purchaseId: key, resume, answer } = await heldBefore('GenerateTicket', { buy, before, seat });
      await client.setFault('ReserveSeat', { mode: 'fail-before', times: 1 });
      await client.buy({ key, seats: [seat] });
      resume();
      await answer;
    },
    violation: /is FAILED and \d+ of \d+ is kept/,
    unaudited: true,
  },
  {
    guard: "that a release takes the purchase's own hold only",
    remove: source(['ReleaseSeat'], {
      file: SEATS,
      text: `seatKey(eventId, seat),\n          ConditionExpression: 'purchaseId = :purchaseId'`,
      by: `seatKey(eventId, seat),\n          ConditionExpression: '${always('purchaseId = :purchaseId')}'`,
    }),
    scenario: async ({ buy, before, recover, seats: [seat] }) => {
      const { purchaseId } = await buy({
        seats: [seat],
        faults: [
          { effect: 'store ticket', mode: 'cut' },
          { effect: 'settle', mode: 'cut' },
        ],
      });
      const next = await heldBefore('GenerateTicket', { buy, before, seat });
      await recover(purchaseId);
      next.resume();
      await next.answer;
    },
    violation: /a release touched another's hold/,
  },
  {
    guard: 'the idempotency key of the payment intent',
    remove: source(['ProcessPayment'], {
      file: STRIPE,
      text: '{ idempotencyKey: `${purchaseId}:create` }',
      by: '{}',
    }),
    scenario: async ({ buy, seats: [seat] }) => {
      await buy({ seats: [seat], faults: [{ effect: 'create intent', mode: 'answer-lost', times: 2 }] });
    },
    violation: /a payment intent could still be charged/,
    unaudited: true,
  },
  {
    guard: 'that each attempt to charge has a key of its own',
    remove: source(['ProcessPayment'], {
      file: STRIPE,
      text: '`${purchaseId}:confirm:${attempt}`',
      by: '`${purchaseId}:confirm`',
    }),
    // Stripe repeats what it has answered under a key, its own failures too.
    scenario: async ({ buy, run, seats: [seat] }) => {
      run.stripe.faults.set({
        ...{ operation: 'payment_intents.confirm', mode: 'fail-before', status: 500, times: 1 },
      });
      const { status } = await buy({ seats: [seat] });
      return told(201, status);
    },
    violation: /told 503 instead of 201/,
  },
  {
    guard: 'that an intent is cancelled before an attempt after a lost one is refused',
    remove: source(['ProcessPayment'], {
      file: STRIPE,
      text: 'if (needsBuyer || (isRefused && attempt > 1)) {',
      by: 'if (needsBuyer && isRefused) {',
    }),
    // The first confirm arrives when the buyer has been refused.
    scenario: async ({ buy, run, seats: [seat] }) => {
      run.stripe.faults.set({
        ...{ operation: 'payment_intents.confirm', mode: 'fail-before', status: 400, times: 1 },
        error: { code: 'payment_method_unexpected_state' },
      });
      const { status } = await buy({
        seats: [seat],
        faults: [{ effect: 'confirm payment', mode: 'late', times: 2 }],
      });
      return told(402, status);
    },
    violation: /is FAILED and \d+ of \d+ is kept/,
    unaudited: true,
  },
  {
    guard: 'that the intent is stored before it is confirmed',
    remove: source(['ProcessPayment'], {
      file: 'lambda/payment/process-payment.ts',
      text: ORDER_OF_PAYMENT.join(''),
      // The number of the attempt comes from storing it.
      by: ORDER_OF_PAYMENT.toReversed()
        .join('')
        .replace('paymentMethod, attempt }', 'paymentMethod, attempt: 1 }'),
    }),
    scenario: async ({ buy, seats: [seat] }) => {
      await buy({ seats: [seat], faults: [{ effect: 'confirm payment', mode: 'kill-after', times: 1 }] });
    },
    violation: /is FAILED and \d+ of \d+ is kept/,
    unaudited: true,
  },
  {
    guard: 'that the price comes from the seat map',
    remove: source(['ReserveSeat'], {
      file: 'lambda/seat/price-seats.ts',
      text: 'amount: seats.reduce((total, each) => total + each.price, 0)',
      by: 'amount: 100',
    }),
    scenario: async ({ buy, seats: [seat] }) => {
      await buy({ seats: [seat] });
    },
    violation: /captured − refunded is 100, neither 0 nor the price/,
  },
  {
    guard: 'that a delivery is made once',
    remove: source(['DeliverEmail'], {
      file: 'lambda/notification/delivery-log.ts',
      text: `(attribute_not_exists(#delivery) OR`,
      by: `(attribute_exists(purchaseId) OR attribute_not_exists(#delivery) OR`,
    }),
    scenario: async ({ buy, seats: [seat] }) => {
      await buy({ seats: [seat], faults: [{ effect: 'publish', mode: 'duplicate', times: 1 }] });
    },
    violation: /2 e-mails confirm it/,
  },
  {
    guard: 'that no more than two attempts are made which may have reached the buyer',
    remove: source(['DeliverEmail'], {
      file: 'lambda/notification/delivery-log.ts',
      text: `OR #attempts < :most)`,
      by: `OR #attempts < :most OR attribute_exists(purchaseId))`,
    }),
    scenario: async ({ buy, run, seats: [seat] }) => {
      await buy({ seats: [seat], faults: [{ effect: 'send e-mail', mode: 'kill-after' }] });
      const email = run.cloud
        .get(SQS)
        .list()
        .find(({ name }) => name.includes('EmailChannelQueue'))!;
      for (let receive = 1; receive <= 5; receive++) {
        await eventually(async () => email.counts().visible === 0 || undefined, 'a receive');
        await delay(300);
        run.clock.advance(email.attributes.visibilityTimeout + 1);
      }
    },
    violation: /[3-9] e-mails confirm it/,
  },
  {
    guard: 'that only a confirmed purchase is told of',
    remove: source(['DeliverEmail'], {
      file: 'lambda/notification/delivery-log.ts',
      text: `'#status = :confirmed AND`,
      by: `'${always('#status = :confirmed')} AND`,
    }),
    scenario: async ({ buy, run, seats: [seat] }) => {
      const { purchaseId } = await buy({ seats: [seat], faults: [{ effect: 'store ticket', mode: 'cut' }] });
      const email = run.cloud
        .get(SQS)
        .list()
        .find(({ name }) => name.includes('EmailChannelQueue'))!;
      const ticketUrl = `http://127.0.0.1/purchases/${purchaseId}/ticket`;
      email.send(JSON.stringify({ type: 'PurchaseConfirmed', purchaseId, ticketUrl }));
    },
    violation: /is not CONFIRMED and 1 e-mails say so/,
  },
  {
    guard: 'the reconciler',
    remove: (assembly) => assembly.disableSchedule('RecoveryReconcileSchedule'),
    scenario: async ({ buy, seats: [seat] }) => {
      await buy({ seats: [seat], faults: [{ killBefore: 'GenerateTicket' }] });
    },
    violation: /is still PENDING/,
  },
  {
    guard: 'the audit of payments',
    remove: source(['Audit'], {
      file: 'lambda/recovery/audit.ts',
      text: 'undoOrphanPayments(dependencies, run)',
      by: 'Promise.resolve({ counts: { looked: 0, undone: 0, failed: 0 }, state: () => ({}), lookedForGood: () => 0 })',
    }),
    scenario: async ({ buy, seats: [seat] }) => {
      await buy({ seats: [seat], faults: [{ effect: 'create intent', mode: 'kill-after', times: 1 }] });
    },
    violation: /a payment intent could still be charged/,
  },
  {
    guard: 'the audit of tickets',
    remove: source(['Audit'], {
      file: 'lambda/recovery/audit.ts',
      text: 'deleteOrphanTickets(dependencies, run)',
      by: 'Promise.resolve({ counts: { deleted: 0 }, state: () => ({}) })',
    }),
    scenario: async ({ buy, seats: [seat] }) => {
      await buy({ seats: [seat], faults: [{ effect: 'confirm sale', mode: 'error' }] });
    },
    violation: /its ticket was kept/,
  },
  {
    guard: 'the audit of holds',
    remove: source(['Audit'], {
      file: 'lambda/recovery/audit.ts',
      text: 'releaseOrphanHolds(dependencies, run)',
      by: 'Promise.resolve({ counts: { released: 0, soldWithoutSale: 0 }, state: () => ({}) })',
    }),
    scenario: async ({ strayHold, invoke, buy }) => {
      const order = await strayHold();
      await invoke('Audit', {});
      const { status } = await buy(order);
      return told(201, status);
    },
    violation: /told 409 instead of 201/,
  },
];

describe.each([
  { audits: 'and the audits', unaudited: undefined },
  { audits: 'and no audit', unaudited: true as const },
])('with every guard $audits', ({ unaudited }) => {
  test('no scenario leaves a violation', async () => {
    const controls = CONTROLS.filter((control) => control.unaudited === unaudited);

    const violations = await play(controls, { unaudited });

    expect(controls.length).toBeGreaterThan(0);
    expect(violations).toEqual([]);
  });
});

test.each(CONTROLS)('without $guard the harness sees what goes wrong', async (control) => {
  const violations = await play([control], { unaudited: control.unaudited, remove: control.remove });

  expect(violations.join('\n')).toMatch(control.violation);
});

/** Plays the scenarios one after the other, each on seats of its own, and tells the violations there are in the end. */
async function play(
  controls: readonly Control[],
  { unaudited, remove }: Pick<Control, 'unaudited'> & Partial<Pick<Control, 'remove'>>,
): Promise<string[]> {
  const breakpoints = new Breakpoints();
  let assemblyDirectory = '';
  const harness = await startHarness({
    assemblyDirectory: await cloudAssembly(),
    workersPerFunction: 2,
    warm: false,
    beforeState: breakpoints.beforeState,
    mutateAssembly: async (directory) => {
      assemblyDirectory = directory;
      const assembly = new AlteredAssembly(directory);
      assembly.disableTtl();
      if (unaudited) assembly.disableSchedule('RecoveryAuditSchedule');
      await remove?.(assembly);
    },
  });
  try {
    const seen: string[] = [];
    for (const [index, { scenario }] of controls.entries()) {
      const row = 'ABCDEF'[index % 6]!;
      const number = 1 + 2 * Math.floor(index / 6);
      const seats = [`${row}-${number}`, `${row}-${number + 1}`] as const;
      seen.push(...((await scenario(stageOf(harness, { breakpoints, assemblyDirectory, seats }))) ?? []));
    }
    await harness.settle();
    return [...seen, ...(await harness.violations())];
  } finally {
    await harness.close();
  }
}

function stageOf(
  harness: Harness,
  {
    breakpoints,
    assemblyDirectory,
    seats,
  }: {
    readonly breakpoints: Breakpoints;
    readonly assemblyDirectory: string;
    readonly seats: Stage['seats'];
  },
): Stage {
  const { client, proxy, run } = harness;
  const functions = run.cloud.get(LAMBDA);
  const { stateMachines } = run.cloud.get(STEP_FUNCTIONS);
  const recovery = stateMachines.find((machine) => roleOf(machine) === 'recovery')!;
  return {
    ...{ client, proxy, run, seats },
    buy: (order) => harness.buy(order),
    strayHold: () => harness.strayHold(),
    before: (...where) => breakpoints.before(...where),
    recover: (purchaseId) =>
      recovery.start({ purchaseId, failures: {} }, { name: `${purchaseId}-now` }).finished,
    invoke: (name, payload) => functions.invoke(functionName(assemblyDirectory, name), payload),
  };
}

/** A purchase that holds its seat and stands in front of a state. */
async function heldBefore(
  state: string,
  {
    buy,
    before,
    seat,
    recoveryDies = false,
  }: Pick<Stage, 'buy' | 'before'> & { readonly seat: string; readonly recoveryDies?: boolean },
) {
  const purchaseId = randomUUID();
  const { reached, resume } = before(state, purchaseId);
  const faults = recoveryDies ? [{ killBefore: 'RefundPayment', role: 'recovery' }] : [];
  const answer = buy({ key: purchaseId, seats: [seat], faults });
  await reached;
  return { purchaseId, resume, answer };
}

function told(expected: number, status: number): string[] {
  return status === expected ? [] : [`a buyer was told ${status} instead of ${expected}`];
}

function source(functions: readonly FunctionName[], replacement: Replacement): Control['remove'] {
  return (assembly) => assembly.replaceSource(functions, replacement);
}
