import { randomUUID } from 'node:crypto';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { processPayment } from '../../../lambda/payment/process-payment';
import { type PaymentGateway } from '../../../lambda/payment/payment-gateway';
import { PaymentRefusal } from '../../../lambda/payment/payment-refusal';
import { refundPayment } from '../../../lambda/payment/refund-payment';
import { NotTaken } from '../../../lambda/purchase/purchase-repository';
import { resumePurchase } from '../../../lambda/seat/resume-purchase';
import { type Reservation } from '../../../lambda/seat/reservation';
import { releaseSeat } from '../../../lambda/seat/release-seat';
import { reserveSeat } from '../../../lambda/seat/reserve-seat';
import { SaleStands } from '../../../lambda/purchase/sale-stands';
import { AuthenticationAsked, NotDue } from '../../../lambda/shared/saga-errors';
import { useTables } from '../../support/tables';
import { Checkout, errorOf, LAYOUT, type Order, unlessRefused } from '../checkout';

jest.mock('../../../lambda/shared/measure', () => ({ measure: jest.fn() }));

const tables = useTables();
let checkout: Checkout;
/** What the bank says when it is asked, and what was asked of the gateway. */
let bank: Awaited<ReturnType<PaymentGateway['readAuthorisation']>> | PaymentRefusal;
let asked: string[];

beforeEach(async () => {
  checkout = await Checkout.open(tables);
  bank = 'authentication-required';
  asked = [];
});

const INTENT = 'pi_1';
const EXPIRED = { name: 'AuthenticationExpired' };
const IN_PROGRESS = { name: 'PurchaseInProgress' };
const GIVEN_UP = { StartOrResume: { Error: 'Abandoned' } };

const said = async () => {
  if (bank instanceof PaymentRefusal) throw bank;
  return Promise.resolve(bank);
};
const noted = (call: string) => async () => void asked.push(call);
const gateway = {
  createIntent: async () => {
    await noted('create')();
    return { paymentIntentId: INTENT };
  },
  authoriseIntent: async () => (await noted('authorise')(), said()),
  readAuthorisation: async () => (await noted('read')(), said()),
  captureIntent: noted('capture'),
  cancelIntent: noted('cancel'),
  undoIntent: async () => {
    await noted('undo')();
    return 'cancelled' as const;
  },
} as unknown as PaymentGateway;

const dependencies = () => ({ ...checkoutOf(), gateway: async () => gateway });
const checkoutOf = () => ({
  purchases: checkout.purchases,
  clock: checkout.clock,
  layouts: checkout.layouts,
  seats: checkout.seats,
  addresses: checkout.addresses,
  cancellations: checkout.cancellations,
  unpaidBound: checkout.unpaidBound,
});

function pay(order: Order, reservation: Reservation) {
  const { eventId, amount, currency, paymentMethod, paymentIntentId, viewer } = reservation;
  const { purchaseId, executionId } = order;
  return processPayment(
    { purchaseId, executionId, eventId, amount, currency, paymentMethod, paymentIntentId, viewer },
    dependencies(),
  );
}

/** A purchase that waits for its buyer, whom the bank wants. */
async function awaiting(seats = ['A-1']): Promise<Order> {
  const order = checkout.order(seats);
  expect(await pay(order, await checkout.reserve(order))).toBeInstanceOf(AuthenticationAsked);
  return order;
}

const another = (order: Order): Order => ({ ...order, executionId: `execution-${randomUUID()}` });
const resume = (order: Order) => resumePurchase(order, checkoutOf());
const abandon = ({ purchaseId, executionId }: Order) =>
  refundPayment({ purchaseId, executionId, failures: GIVEN_UP }, dependencies());
const recover = ({ purchaseId }: Order) => refundPayment({ purchaseId, failures: {} }, dependencies());
const find = async ({ purchaseId }: Order) => (await checkout.purchases.find(purchaseId))!;

/** Until when the buyer may answer is 300 seconds after the opening. */
const pass = (seconds: number) => checkout.clock.advance(seconds);

describe('the bank wants the buyer', () => {
  test('the purchase waits with its seats held, due when the time to answer is over', async () => {
    const order = await awaiting();

    const { createdAt, ...purchase } = await find(order);
    expect(purchase).toMatchObject({
      status: 'AWAITING_AUTHENTICATION',
      authenticateBy: createdAt + 300,
      dueAt: createdAt + 300,
      executionId: order.executionId,
    });
    expect(await checkout.seatStates()).toEqual(['A-1 HELD']);
    expect(asked).toEqual(['create', 'authorise']);
  });

  test('a step that runs once more, its answer lost, says the same and asks nobody', async () => {
    const order = checkout.order(['A-1']);
    const reservation = await checkout.reserve(order);
    await pay(order, reservation);
    asked = [];

    expect(await pay(order, reservation)).toBeInstanceOf(AuthenticationAsked);
    expect(asked).toEqual(['create']);
  });

  test.each([
    [210, AuthenticationAsked, []],
    [211, PaymentRefusal, ['cancel']],
  ])('%d seconds after the opening there is time to answer, or not', async (seconds, expected, cancelled) => {
    const order = checkout.order(['A-1']);
    const reservation = await checkout.reserve(order);
    pass(seconds);

    const answer = await pay(order, reservation);

    expect(answer).toBeInstanceOf(expected);
    if (answer instanceof PaymentRefusal) expect(answer.name).toBe('PaymentActionRequired');
    expect(asked).toEqual(['create', 'authorise', ...cancelled]);
  });

  test('the same request again is answered from the record, and after its time with that', async () => {
    const order = await awaiting();

    const again = await reserveSeat(another(order), checkoutOf());
    pass(300);
    const late = await reserveSeat(another(order), checkoutOf());

    expect(again).toMatchObject({ name: 'PurchaseAlreadyAnswered' });
    expect(JSON.parse((again as Error).message)).toMatchObject({
      status: 'AWAITING_AUTHENTICATION',
      authenticateBy: new Date(((await find(order)).createdAt + 300) * 1000).toISOString(),
    });
    expect(late).toMatchObject(EXPIRED);
  });
});

describe('the buyer comes back', () => {
  test('another execution takes the purchase up, with what the first one knew', async () => {
    const first = checkout.order(['A-1', 'C-2']);
    const reservation = await checkout.reserve(first);
    await pay(first, reservation);
    pass(120);
    const second = another(first);

    const resumed = await resume(second);

    expect(resumed).toEqual({
      ...reservation,
      ...{ paymentMethod: null, paymentIntentId: INTENT, viewer: null },
    });
    const { createdAt, ...purchase } = await find(first);
    expect(purchase).toMatchObject({
      status: 'PENDING',
      executionId: second.executionId,
      dueAt: createdAt + 120 + 360,
    });
  });

  test('the price is the one agreed to, whatever the seats cost since', async () => {
    const order = await awaiting();
    await checkout.replaceLayout({ ...LAYOUT, tiers: LAYOUT.tiers.map((tier) => ({ ...tier, price: 1 })) });
    pass(10);

    const resumed = (await resume(another(order))) as Reservation;

    expect([resumed.amount, resumed.seats[0]!.price]).toEqual([12_000, 12_000]);
  });

  test('a seat that the hall has lost is an error, which the saga undoes', async () => {
    const order = await awaiting();
    await checkout.replaceLayout({ ...LAYOUT, sections: LAYOUT.sections.slice(1) });
    pass(10);

    expect((await errorOf(resume(another(order)))).name).toBe('SeatNoLongerThere');
  });

  test.each([
    ['yes', 'authorised' as const, undefined, ['read', 'capture']],
    ['nothing yet', 'authentication-required' as const, 'AuthenticationAsked', ['read']],
    ['no', new PaymentRefusal('AuthenticationFailed'), 'AuthenticationFailed', ['read']],
    ['that there is no money', new PaymentRefusal('PaymentDeclined'), 'PaymentDeclined', ['read']],
  ])('the bank says %s: nothing is confirmed again', async (_, answer, name, calls) => {
    const order = await awaiting();
    const second = another(order);
    const resumed = (await resume(second)) as Reservation;
    bank = answer;
    asked = [];

    const paid = await pay(second, resumed);

    expect(paid instanceof Error ? paid.name : undefined).toBe(name);
    expect(asked).toEqual(calls);
  });

  test('who has not answered yet may until the time is over, and no longer', async () => {
    const order = await awaiting();
    const second = another(order);
    pass(298);
    expect(await pay(second, (await resume(second)) as Reservation)).toBeInstanceOf(AuthenticationAsked);
    expect(await find(order)).toMatchObject({ status: 'AWAITING_AUTHENTICATION' });
    const third = another(order);
    const resumed = (await resume(third)) as Reservation;
    pass(2);
    asked = [];

    expect(await pay(third, resumed)).toMatchObject(EXPIRED);
    expect(asked).toEqual(['read', 'cancel']);
  });

  test('of two at once one goes on; a repeat of that one goes on as well', async () => {
    const order = await awaiting();
    const runs = [another(order), another(order)];

    const answers = await Promise.all(runs.map(resume));

    const winner = runs[answers.findIndex((answer) => !(answer instanceof Error))]!;
    expect(answers.filter((answer) => answer instanceof Error)).toMatchObject([IN_PROGRESS]);
    expect((await find(order)).executionId).toBe(winner.executionId);
    expect(await resume(winner)).not.toBeInstanceOf(Error);
  });

  test.each<[string, (order: Order) => Promise<unknown>, object]>([
    ['after the time to answer', async () => pass(300), EXPIRED],
    ['when it was given up', abandon, { name: 'Abandoned' }],
    ['while another execution has it', (order) => resume(another(order)), IN_PROGRESS],
  ])('%s it is told so', async (_, happens, expected) => {
    const order = await awaiting();
    await happens(another(order));

    expect(await resume(another(order))).toMatchObject(expected);
  });

  test.each(['nope', '', '00000000-0000-4000-8000-000000000000', '$x'.repeat(2_000)])(
    'to a purchase that there is not: %.40s',
    async (purchaseId) => {
      const request = { purchaseId, executionId: 'e' };

      expect(await resume(request as Order)).toMatchObject({ name: 'PurchaseNotFound' });
      expect(await abandon(request as Order)).toMatchObject({ name: 'PurchaseNotFound' });
    },
  );
});

describe('the buyer gives up', () => {
  test('the payment is cancelled, the seats are free, and the purchase says why', async () => {
    const order = await awaiting();
    const second = another(order);

    await unlessRefused(abandon(second));
    const released = await releaseSeat({ ...second, request: null, failures: GIVEN_UP }, checkoutOf());

    expect(asked.at(-1)).toBe('undo');
    expect(released).toMatchObject({
      released: 1,
      purchase: { status: 'FAILED', failure: { code: 'ABANDONED' } },
    });
    expect(await checkout.seatStates()).toEqual([]);
    expect(await abandon(another(order))).toMatchObject({ name: 'PurchaseAlreadyAnswered' });
  });

  test.each<[string, () => Promise<Order>, object]>([
    ['while it runs', () => checkout.pending(['A-1']), IN_PROGRESS],
    ['when it is paid', () => checkout.paid(['A-1']), IN_PROGRESS],
    ['when it is confirmed', () => checkout.confirmed(['A-1']), { name: 'AlreadyConfirmed' }],
  ])('not %s', async (_, made, expected) => {
    const order = await made();
    const before = await find(order);

    expect(await abandon(another(order))).toMatchObject(expected);
    expect(await find(order)).toEqual(before);
  });

  test('when the time to answer is over: it has expired, which has been said of it before', async () => {
    const order = await awaiting();
    const second = another(order);
    pass(300);

    await unlessRefused(abandon(second));
    const released = await releaseSeat({ ...second, request: null, failures: GIVEN_UP }, checkoutOf());

    expect(JSON.parse((released as Error).message)).toMatchObject({
      status: 'FAILED',
      failure: { code: 'AUTHENTICATION_EXPIRED' },
    });
    expect(await checkout.seatStates()).toEqual([]);
    expect(await reserveSeat(another(order), checkoutOf())).toMatchObject({
      name: 'PurchaseAlreadyAnswered',
    });
  });

  test('at the moment of coming back: one of the two has it', async () => {
    const order = await awaiting();

    const [resumed, abandoned] = await Promise.all([resume(another(order)), abandon(another(order))]);

    expect([resumed instanceof Error, abandoned instanceof Error].toSorted()).toEqual([false, true]);
  });
});

describe('nobody comes', () => {
  test('recovery leaves the purchase alone until it is due, whatever it read in the index', async () => {
    const order = await awaiting();
    pass(299);
    const early = await recover(order);
    const released = await releaseSeat({ purchaseId: order.purchaseId, failures: {} }, checkoutOf());
    const before = await find(order);
    pass(1);
    await unlessRefused(recover(order));

    expect(early).toBeInstanceOf(NotDue);
    expect(released).toBeInstanceOf(NotDue);
    expect(before.status).toBe('AWAITING_AUTHENTICATION');
    expect(await find(order)).toMatchObject({
      status: 'COMPENSATING',
      failure: { code: 'AUTHENTICATION_EXPIRED' },
    });
  });

  test('a purchase that was taken up since is due later: a stale index does no harm', async () => {
    const order = await awaiting();
    pass(290);
    await resume(another(order));
    pass(200);

    expect(await recover(order)).toBeInstanceOf(NotDue);
    expect((await find(order)).status).toBe('PENDING');
    pass(160);
    await unlessRefused(recover(order));
    expect((await find(order)).failure?.code).toBe('CHECKOUT_INTERRUPTED');
  });

  test('a purchase of an older version is due six minutes after it was opened', async () => {
    const order = await checkout.pending(['A-1']);
    await tables.client.send(
      new UpdateCommand({
        TableName: tables.purchaseTable,
        Key: { purchaseId: order.purchaseId },
        UpdateExpression: 'REMOVE dueAt, dueShard SET unsettledShard = :shard',
        ExpressionAttributeValues: { ':shard': '3' },
      }),
    );
    const due = async () => {
      const found: unknown[] = [];
      for await (const each of checkout.purchases.due(checkout.clock.nowSeconds())) {
        if (each.purchaseId === order.purchaseId) found.push(each);
      }
      return found;
    };
    pass(359);
    expect([await recover(order), await due()]).toEqual([expect.any(NotDue), []]);
    pass(1);

    const { createdAt, purchaseId } = await find(order);
    expect(await due()).toEqual([{ purchaseId, dueAt: createdAt + 360 }]);
    await unlessRefused(recover(order));
    expect((await find(order)).status).toBe('COMPENSATING');
    await releaseSeat({ purchaseId, failures: {} }, checkoutOf());
    expect(await find(order)).not.toHaveProperty('unsettledShard');
  });
});

describe('the execution before', () => {
  test('cannot claim what another has taken up, nor let it wait again', async () => {
    const first = await awaiting();
    await resume(another(first));
    const failure = { code: 'PAYMENT_UNAVAILABLE', detail: '' } as const;

    const claimed = await checkout.purchases.claim(first.purchaseId, failure, first);
    const asks = await errorOf(
      checkout.purchases.awaitAuthentication(await find(first), first.executionId, 0),
    );

    expect(claimed).toBeInstanceOf(NotTaken);
    expect(asks.name).toBe('SaleNotPossible');
    expect((await find(first)).status).toBe('PENDING');
  });

  test('can claim its own while that waits: a step of it failed after the bank had asked', async () => {
    const order = await awaiting();
    const failure = { code: 'PAYMENT_UNAVAILABLE', detail: '' } as const;

    const claimed = await checkout.purchases.claim(order.purchaseId, failure, order);

    expect(claimed).toMatchObject({ status: 'COMPENSATING', failure });
  });

  test('a resumed one that cannot go on undoes its own, and says what the record says when it has none', async () => {
    const order = await awaiting();
    const failures = { ResumePurchase: { Error: 'States.Timeout' } };
    const idle = await releaseSeat({ ...another(order), request: null, failures }, checkoutOf());
    const taken = another(order);
    await resume(taken);

    const released = await releaseSeat({ ...taken, request: null, failures }, checkoutOf());

    expect(idle).toMatchObject({ name: 'PurchaseAlreadyAnswered' });
    expect(released).toMatchObject({ released: 1, purchase: { failure: { code: 'PAYMENT_UNAVAILABLE' } } });
  });
});

describe('seats that nobody has paid for', () => {
  const A = ['A-1', 'A-2', 'A-3', 'A-4', 'A-5', 'A-6', 'A-7', 'A-8'];
  const B = ['B-1', 'B-2', 'B-3', 'B-4', 'B-5', 'B-6', 'B-7', 'B-8'];
  const C = ['C-1'];

  async function counted({ unpaidKey }: { readonly unpaidKey?: string }): Promise<unknown> {
    const { Item } = await tables.client.send(
      new GetCommand({
        TableName: tables.purchaseTable,
        Key: { purchaseId: unpaidKey },
        ConsistentRead: true,
      }),
    );
    return Item?.['total'];
  }

  test('count until they are paid for', async () => {
    const order = another(await awaiting(A));
    const waiting = await find(order);
    const before = await counted(waiting);
    const reservation = await unlessRefused(resume(order));
    bank = 'authorised';

    await pay(order, reservation);

    expect(before).toBe(8);
    expect(await counted(waiting)).toBe(0);
  });

  test('count once, however often the bank asks', async () => {
    const order = another(await awaiting(A));

    expect(await pay(order, await unlessRefused(resume(order)))).toBeInstanceOf(AuthenticationAsked);

    expect(await counted(await find(order))).toBe(8);
  });

  test.each([
    ['given up', abandon, (order: Order) => ({ ...order, request: null, failures: GIVEN_UP })],
    ['not answered in time', recover, ({ purchaseId }: Order) => ({ purchaseId, failures: {} })],
  ])('count until they are free again: %s', async (situation, undo, inputOf) => {
    const order = another(await awaiting(A));
    const waiting = await find(order);
    if (situation !== 'given up') pass(301);
    await undo(order);

    await releaseSeat(inputOf(order), checkoutOf());

    expect(await counted(waiting)).toBe(0);
    expect(await find(order)).toMatchObject({ status: 'FAILED' });
  });

  test('are undone at once over the bound: the payment is cancelled, and the purchase says why', async () => {
    await awaiting(A);
    await awaiting(B);
    const order = checkout.order(C);
    const reservation = await checkout.reserve(order);
    asked = [];

    const refusal = (await pay(order, reservation)) as Error;
    const failures = { ProcessPayment: { Error: refusal.name } };
    await releaseSeat({ ...order, failures }, checkoutOf());

    expect(refusal.name).toBe('TooManyUnpaidSeats');
    expect(asked).toEqual(['create', 'authorise', 'cancel']);
    expect(await find(order)).toMatchObject({ status: 'FAILED', failure: { code: 'TOO_MANY_UNPAID_SEATS' } });
    expect(await checkout.seatStates()).not.toContain('C-1 HELD');
  });

  test('of another address are counted for themselves', async () => {
    await awaiting(A);
    await awaiting(B);
    const order = { ...checkout.order(C), viewer: '192.0.2.2' };

    expect(await pay(order, await checkout.reserve(order))).toBeInstanceOf(AuthenticationAsked);
  });

  test('of an ordinary sale are not counted: it costs no write', async () => {
    bank = 'authorised';
    const order = checkout.order(A);
    const reservation = await checkout.reserve(order);
    // What a sandbox knows already.
    await checkout.purchases.installation.id();
    await checkout.cancellations.isCancelled(checkout.eventId);
    const send = jest.spyOn(tables.client, 'send');

    await pay(order, reservation);

    // The intent's id.
    expect(send).toHaveBeenCalledTimes(1);
    expect(await find(order)).not.toHaveProperty('unpaidKey');
    send.mockRestore();
  });

  test('that cannot be taken off keep neither a payment nor a release from ending well', async () => {
    const [paid, given] = [another(await awaiting(A)), another(await awaiting(B))];
    const reservation = await unlessRefused(resume(paid));
    await abandon(given);
    bank = 'authorised';
    const client = tables.client as unknown as { send: (command: object) => Promise<unknown> };
    const send = client.send.bind(client);
    const failing = jest.spyOn(client, 'send').mockImplementation(async (command) => {
      const { input } = command as { input: { Key?: { purchaseId?: string } } };
      if (input.Key?.purchaseId?.startsWith('UNPAID#')) throw new Error('down');
      return send(command);
    });

    const payment = await pay(paid, reservation);
    const release = await releaseSeat({ ...given, request: null, failures: GIVEN_UP }, checkoutOf());
    failing.mockRestore();

    expect(payment).toEqual({ paymentIntentId: INTENT });
    expect(release).toMatchObject({ released: 8, purchase: { status: 'FAILED' } });
  });
});

test('settling has a condition: what nobody has claimed is not settled', async () => {
  const order = await checkout.confirmed(['A-1']);

  expect((await errorOf(checkout.purchases.settleFailed(order.purchaseId))).name).toBe(
    'ConditionalCheckFailedException',
  );
  expect(
    await checkout.purchases.claim(order.purchaseId, { code: 'ABANDONED', detail: '' }, order),
  ).toBeInstanceOf(SaleStands);
});
