import {
  type OpenIntent,
  type PaymentGateway,
  type PaymentState,
} from '../../../lambda/payment/payment-gateway';
import { type Dispute } from '../../../lambda/purchase/dispute';
import { type Purchase } from '../../../lambda/purchase/purchase';
import { RefundFailed } from '../../../lambda/shared/saga-errors';
import { OrderRepository } from '../../../lambda/order/order-repository';
import { type FollowDependencies, followPayment } from '../../../lambda/stripe-events/follow-payment';
import { useTables } from '../../support/tables';
import { Checkout, type Order } from '../checkout';

const PRICE = 12_000;
const DISPUTE: Dispute = {
  ...{ id: 'du_1', status: 'needs_response', reason: 'fraudulent', amount: PRICE, currency: 'EUR' },
  dueBy: 1_796_600_000,
};

const tables = useTables();
let checkout: Checkout;
let order: Order;
/** What Stripe says, and what was asked of us and of it. */
let payment: PaymentState | undefined;
let done: string[];
let told: Dispute[];
let dependencies: FollowDependencies;
let refuses: boolean;

beforeEach(async () => {
  checkout = await Checkout.open(tables);
  [done, told, refuses] = [[], [], false];
  const gateway: Partial<PaymentGateway> = {
    readPayment: () => Promise.resolve(payment),
    refundTo: ({ amount }) => give(`refund to ${amount}`, 'SUCCEEDED'),
    undoIntent: () => give('undo', 'refunded'),
  };
  dependencies = {
    purchases: checkout.purchases,
    orders: new OrderRepository(tables.client, tables.orderTable),
    gateway: () => Promise.resolve(gateway as PaymentGateway),
    cancellations: { startRefunded: (id) => Promise.resolve(void done.push(`cancel ${id}`)) },
    tellDispute: (_, dispute) => Promise.resolve(void told.push(dispute)),
    clock: checkout.clock,
  };
});

function give<Result>(what: string, result: Result): Promise<Result> {
  if (refuses) return Promise.reject(new RefundFailed('The bank has sent 3 refunds back'));
  done.push(what);
  return Promise.resolve(result);
}

/** The payment of the order, which was captured whole. */
async function paidBy(made: Order, changes: Partial<PaymentState> = {}): Promise<void> {
  order = made;
  const installation = await checkout.purchases.installation.id();
  payment = {
    ...{ purchaseId: order.purchaseId, paymentIntentId: 'pi_1', installation, live: false },
    ...{ captured: PRICE, refunded: 0, isPending: false, ...changes },
  };
}

const stripeSays = (changes: Partial<PaymentState>) => (payment = { ...payment!, ...changes });
const follow = () => followPayment({ paymentIntentId: 'pi_1', requestId: 'request' }, dependencies);
const record = async () => (await checkout.purchases.find(order.purchaseId))!;
const nameOf = (following: Promise<unknown>) =>
  following.then(
    (followed) => followed,
    (error: Error) => error.name,
  );

describe('a sale', () => {
  beforeEach(async () => paidBy(await checkout.confirmed(['A-1'])));

  test.each<[string, number, Partial<Purchase>, (id: string) => string[]]>([
    ['of which nothing was given back stands', 0, {}, () => []],
    ['of which a part was given back stands, and it is noted', 500, { refunded: 500 }, () => []],
    ['that was given back whole is cancelled', PRICE, {}, (id) => [`cancel ${id}`]],
  ])('%s', async (_, refunded, noted, expected) => {
    stripeSays({ refunded });

    const followed = await follow();

    expect(followed).toBe(refunded > 0 ? 'followed' : 'nothing');
    expect(await record()).toMatchObject({ status: 'CONFIRMED', ...noted });
    expect(done).toEqual(expected(order.purchaseId));
  });

  test('of which a refund came back: less is noted', async () => {
    stripeSays({ refunded: 500 });
    await follow();
    stripeSays({ refunded: 0 });

    expect(await follow()).toBe('followed');

    expect(await record()).toMatchObject({ refunded: 0 });
    expect(await follow()).toBe('nothing');
  });

  test('whoever has the older answer of Stripe does not overwrite the newer', async () => {
    stripeSays({ refunded: 500 });
    const { gateway, purchases } = dependencies;
    let reads = 0;
    const stale = { ...(await gateway()) };
    stale.readPayment = async () => {
      const answer = payment;
      // Between this answer and the write, another event is followed to its end.
      if (++reads === 2) {
        stripeSays({ refunded: 900 });
        await follow();
      }
      return answer;
    };

    await followPayment(
      { paymentIntentId: 'pi_1', requestId: 'request' },
      { ...dependencies, gateway: () => Promise.resolve(stale), purchases },
    );

    expect(await record()).toMatchObject({ refunded: 900 });
  });

  test('told ten times at once of a part: it is noted, and everybody has an answer', async () => {
    stripeSays({ refunded: 500 });

    const answers = await Promise.all(Array.from({ length: 10 }, () => nameOf(follow())));

    expect(answers.filter((answer) => !['followed', 'nothing'].includes(answer as string))).toEqual([]);
    expect(await record()).toMatchObject({ refunded: 500 });
  });
});

describe('a dispute', () => {
  beforeEach(async () => paidBy(await checkout.confirmed(['A-1']), { dispute: DISPUTE }));

  test('told ten times at once is told to people once; the others come again', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => nameOf(follow())));

    expect(told).toEqual([DISPUTE]);
    expect(answers.filter((answer) => answer === 'followed')).toHaveLength(1);
    expect(await follow()).toBe('nothing');
    const { dispute, status } = await record();
    expect([dispute, status]).toEqual([DISPUTE, 'CONFIRMED']);
    expect(done).toEqual([]);
  });

  test('of which nobody could be told is told by whoever comes a minute later', async () => {
    const silent = { ...dependencies, tellDispute: () => Promise.reject(new Error('no topic')) };
    const failed = await nameOf(followPayment({ paymentIntentId: 'pi_1', requestId: 'r' }, silent));
    const early = await nameOf(follow());
    checkout.clock.advance(61);

    const later = await follow();

    expect([failed, early, later]).toEqual(['Error', 'PurchaseInProgress', 'followed']);
    expect(told).toEqual([DISPUTE]);
  });

  test.each(['under_review', 'won', 'lost', 'warning_closed'])(
    'that has become %s is told again',
    async (status) => {
      await follow();
      stripeSays({ dispute: { ...DISPUTE, status } });

      await follow();
      await follow();

      expect(told.map((each) => each.status)).toEqual(['needs_response', status]);
      expect(await record()).toMatchObject({ dispute: { status } });
    },
  );

  test('and another one after it', async () => {
    await follow();
    stripeSays({ dispute: { ...DISPUTE, id: 'du_2' } });

    await follow();

    expect(await record()).toMatchObject({ dispute: { id: 'du_2' } });
  });
});

describe('a purchase that a run still has', () => {
  test.each([
    ['PENDING', () => checkout.pending(['A-1'])],
    ['PAID', () => checkout.paid(['A-1'])],
  ])('%s: a refund is told again later; that there is none, is as it should be', async (_, make) => {
    await paidBy(await make());
    await checkout.purchases.recordPaymentIntent(order.purchaseId, 'pi_1');

    expect(await follow()).toBe('nothing');
    stripeSays({ refunded: PRICE });
    expect(await nameOf(follow())).toBe('PurchaseInProgress');
    expect(done).toEqual([]);
  });

  test.each([
    ['COMPENSATING', async (made: Order) => checkout.claim(made)],
    ['CANCELLING', async (made: Order) => checkout.cancelling(made)],
  ])('%s: the run reads the payment itself', async (status, bring) => {
    await paidBy(status === 'CANCELLING' ? await checkout.confirmed(['A-1']) : await checkout.paid(['A-1']));
    await bring(order);
    stripeSays({ refunded: PRICE });

    expect(await follow()).toBe('nothing');
    expect(await record()).toMatchObject({ status });
  });
});

describe('a purchase that has failed', () => {
  beforeEach(async () => {
    await paidBy(await checkout.paid(['A-1']));
    await checkout.claim(order);
    await checkout.purchases.settleFailed(order.purchaseId);
  });

  test('and whose refund came back is undone again', async () => {
    expect(await follow()).toBe('followed');
    expect(done).toEqual(['undo']);
  });

  test.each([
    ['needs_response', []],
    ['lost', []],
    ['won', ['undo']],
    ['warning_needs_response', ['undo']],
  ])('is not paid back beside the bank: %s', async (status, expected) => {
    stripeSays({ dispute: { ...DISPUTE, status } });

    await follow();

    expect(done).toEqual(expected);
  });

  test('and has nothing left is as it should be', async () => {
    stripeSays({ refunded: PRICE });

    expect(await follow()).toBe('nothing');
  });
});

describe('a cancelled purchase', () => {
  const refund = async () => (await record()).cancellation!.refund;

  beforeEach(async () => {
    await paidBy(await checkout.confirmed(['A-1']));
    await checkout.cancelling(order, 9_000);
    await checkout.purchases.settleCancelled(order.purchaseId);
  });

  test('whose refund has arrived says so, and one that is on its way', async () => {
    stripeSays({ refunded: 9_000, isPending: true });
    expect([await follow(), await refund()]).toEqual(['nothing', { amount: 9_000, status: 'PENDING' }]);

    stripeSays({ isPending: false });
    expect([await follow(), await refund()]).toEqual(['followed', { amount: 9_000, status: 'SUCCEEDED' }]);
  });

  test('whose refund came back is given it again, up to what was agreed', async () => {
    stripeSays({ refunded: 4_000 });

    expect(await follow()).toBe('followed');

    expect([done, await refund()]).toEqual([['refund to 9000'], { amount: 9_000, status: 'SUCCEEDED' }]);
  });

  test('whose bank takes no more says that it has failed', async () => {
    refuses = true;

    await follow();

    expect(await refund()).toEqual({ amount: 9_000, status: 'FAILED' });
  });

  test('that was given more by hand since says how much', async () => {
    stripeSays({ refunded: 10_000 });

    await follow();

    expect([done, await refund()]).toEqual([[], { amount: 10_000, status: 'SUCCEEDED' }]);
  });
});

describe('a payment that is none of our business', () => {
  beforeEach(async () => paidBy(await checkout.confirmed(['A-1']), { refunded: PRICE }));

  test('there is not', async () => {
    payment = undefined;
    expect(await follow()).toBe('foreign');
  });

  test('is in the other mode', async () => {
    const said = { paymentIntentId: 'pi_1', live: true, requestId: 'request' };
    expect(await followPayment(said, dependencies)).toBe('foreign');
  });

  test.each<[string, Pick<OpenIntent, 'installation'>, string]>([
    ['is another installation’s', { installation: 'another' }, 'foreign'],
    ['does not say whose it is', { installation: undefined }, 'foreign'],
    ['is ours, and its purchase has no record', {}, 'unknown'],
  ])('%s', async (_, fields, expected) => {
    stripeSays({ ...fields, paymentIntentId: 'pi_2' });

    expect(await follow()).toBe(expected);
  });

  afterEach(async () => {
    expect(done).toEqual([]);
    expect(await record()).not.toHaveProperty('refunded');
  });
});
