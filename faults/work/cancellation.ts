import { type CancellationRequest } from '../../lambda/purchase/cancellation';
import { type Effect } from '../effects/effects';
import { type Fault } from '../fault';
import { CANCELLATION_INVARIANTS } from '../invariants/cancellation-invariants';
import { cancellationOperations } from './cancellation-operations';
import { DEATHS, KINDS, MORE_KINDS } from './fault-kinds';
import { type Beginning, buy, type KindOfWork, type Step, step } from './kind-of-work';
import { type Shop } from './shop';

const SCENARIOS = {
  'a cancellation': [],
  'a refund that fails for good': [{ effect: 'refund', mode: 'cut', instead: '502' }],
  'a release that fails for good': [{ effect: 'release', mode: 'cut' }],
  'a message that fails for good': [{ effect: 'publish cancellation', mode: 'cut' }],
} as const satisfies Record<string, readonly Fault[]>;

/** What it does, in this order: its refund is read twice, and the purchase is claimed by each compensation. */
const MONEY = ['agree cancellation', 'claim', 'read intent', 'refund', 'note refund'] as const;
const SEATS = ['release', 'settle cancelled'] as const;
const MESSAGE = ['publish cancellation', 'note cancellation told'] as const;
const EMAIL = ['lease cancellation e-mail', 'send cancellation e-mail', 'note cancellation e-mail'] as const;

const inIt = (...effects: readonly Effect[]): readonly Step[] =>
  effects.map((effect) => step(effect, 'a cancellation'));

/** Every channel that a buyer can want. */
const BUYER = {
  ...{ name: 'Ann Lee', email: 'ann@example.com', phone: '+15550100123' },
  pushEndpoint: 'arn:aws:sns:us-east-1:000000000000:endpoint/GCM/eventpro/ann',
};

/** Buys, and then does this. */
const sold =
  (then: (shop: Shop, purchaseId: string) => unknown, more: Pick<Beginning, 'isFree'> = {}) =>
  async (shop: Shop, plan: Beginning): Promise<string> => {
    const purchaseId = await buy(shop, { ...plan, buyer: BUYER, ...more });
    await then(shop, purchaseId);
    return purchaseId;
  };

const PART: CancellationRequest = { reason: 'ORGANISER', refund: { amount: 2_000 } };

const KIND = {
  role: 'cancellation',
  scenarios: SCENARIOS,
  faults: KINDS,
  deaths: [],
} as const satisfies Partial<KindOfWork>;

/** A sale is cancelled for all of its money. */
const WHOLE: KindOfWork = {
  ...KIND,
  name: 'cancellation',
  begin: sold((shop, purchaseId) => shop.cancel(purchaseId)),
  steps: [
    ...inIt(...MONEY, ...SEATS, ...MESSAGE),
    ...EMAIL.map((effect) => step(effect, 'a cancellation', { isBatched: true })),
  ],
  faults: [...KINDS, ...MORE_KINDS],
  deaths: DEATHS,
  cards: [
    {
      paymentMethod: 'pm_card_pendingRefund',
      outcome: 'a pending refund',
      steps: inIt('read intent', 'refund', 'note refund', 'settle cancelled'),
    },
  ],
  paths: [
    {
      scenario: 'a cancellation',
      states: [
        ...['ClaimCancellation', 'RefundPayment', 'ReleaseSeat'],
        ...['SendCancellation', 'PurchaseCancelled'],
      ],
    },
    {
      scenario: 'a refund that fails for good',
      states: ['EscalateRefundPayment', 'ReleaseSeat', 'OutcomeUnknown'],
    },
    { scenario: 'a release that fails for good', states: ['EscalateReleaseSeat', 'OutcomeUnknown'] },
    { scenario: 'a message that fails for good', states: ['LogNotificationError', 'PurchaseCancelled'] },
  ],
  pairs: [
    {
      steps: inIt(
        ...(['agree cancellation', 'claim', 'refund', 'note refund'] as const),
        ...(['release', 'settle cancelled', 'publish cancellation'] as const),
      ),
      scenariosOf: () => ['a cancellation'],
    },
  ],
  operations: cancellationOperations,
  invariants: CANCELLATION_INVARIANTS,
};

/** For a part of its money: against one that is given back twice there is only an idempotency key. */
const IN_PART: KindOfWork = {
  ...KIND,
  name: 'cancellation for a part',
  begin: sold((shop, purchaseId) => shop.cancel(purchaseId, PART)),
  steps: inIt('read intent', 'refund', 'note refund'),
  deaths: DEATHS,
};

/** Tickets that cost nothing have no payment. */
const OF_FREE_TICKETS: KindOfWork = {
  ...KIND,
  name: 'cancellation of free tickets',
  begin: sold((shop, purchaseId) => shop.cancel(purchaseId), { isFree: true }),
  steps: inIt('agree cancellation', 'claim', 'release', 'settle cancelled'),
};

/** Two who cancel it at once do not agree on the amount. */
const TWICE: KindOfWork = {
  ...KIND,
  name: 'two cancellations at once',
  begin: sold((shop, purchaseId) =>
    Promise.all([PART, { ...PART, refund: { amount: 3_000 } }].map((part) => shop.cancel(purchaseId, part))),
  ),
  steps: inIt('agree cancellation', 'claim', 'refund', 'release', 'settle cancelled'),
};

/** Somebody gives a part back in Stripe's dashboard meanwhile. */
const BESIDE_A_HAND: KindOfWork = {
  ...KIND,
  name: 'cancellation beside a refund by hand',
  begin: sold(async (shop, purchaseId) => {
    const cancelled = shop.cancel(purchaseId, PART);
    shop.refundByHand(purchaseId, 500);
    await cancelled;
    shop.refundByHand(purchaseId, 500);
  }),
  steps: inIt('agree cancellation', 'read intent', 'refund', 'note refund'),
};

/** Somebody else wants the seat, and takes it as soon as it is free, while the cancellation still runs or is repeated. */
const SOLD_AGAIN: KindOfWork = {
  ...KIND,
  name: 'cancellation of a seat that is sold again',
  async begin(shop, { name, faults }) {
    const { purchaseId, body } = await shop.buy({ name, faults });
    const { eventId, seats } = body as { readonly eventId: string; readonly seats: readonly string[] };
    let isOver = false;
    const cancelled = Promise.resolve(shop.cancel(purchaseId)).finally(() => (isOver = true));
    for (let attempts = 0, sells = false; !sells && attempts < 20; attempts++) {
      const isLast = isOver;
      sells = (await shop.buy({ name: `the next buyer's, after ${name}`, eventId, seats })).status === 201;
      if (isLast) break;
    }
    await cancelled;
    return purchaseId;
  },
  steps: inIt('release', 'settle cancelled'),
  deaths: DEATHS.filter(({ mode }) => mode.startsWith('kill')),
};

/** Somebody wants to come in meanwhile: either the door is faster, and the purchase stays, or it lets nobody in. */
const AT_THE_DOOR: KindOfWork = {
  ...KIND,
  name: 'cancellation while somebody comes in',
  begin: sold((shop, purchaseId) => Promise.all([shop.cancel(purchaseId), shop.admit(purchaseId, 'North')])),
  steps: [
    {
      name: 'admit or agree',
      effects: ['admit', 'agree cancellation'],
      scenario: 'a cancellation',
      isEither: true,
    },
  ],
};

/** How a cancellation dies, and what recovery then has to do. */
const ABANDONED: Readonly<Record<string, { readonly before: string; readonly effects: readonly Effect[] }>> =
  {
    'a cancellation that dies with the money': {
      before: 'RefundPayment',
      effects: ['claim', 'read intent', 'refund', 'note refund', ...SEATS],
    },
    'a cancellation that dies with the seats': {
      before: 'ReleaseSeat',
      effects: ['read intent', 'release', 'settle cancelled'],
    },
    'a cancellation that dies with the message': { before: 'SendCancellation', effects: [...MESSAGE] },
  };

/** What it has left, recovery brings to its end. */
const RECOVERED: KindOfWork = {
  name: 'recovery of a cancellation',
  role: 'recovery',
  begin: sold((shop, purchaseId) => shop.cancel(purchaseId, PART)),
  scenarios: Object.fromEntries(
    Object.entries(ABANDONED).map(([scenario, { before }]) => [
      scenario,
      [{ killBefore: before, role: 'cancellation' }],
    ]),
  ),
  steps: Object.entries(ABANDONED).flatMap(([scenario, { effects }]) =>
    effects.map((effect) => step(effect, scenario, { from: 'cancelled' })),
  ),
  faults: KINDS,
  deaths: DEATHS.filter(({ mode }) => mode.startsWith('kill')),
  paths: [
    {
      scenario: 'a cancellation that dies with the money',
      states: ['RefundPayment', 'ReleaseSeat', 'SendCancellation', 'SaleCancelled'],
    },
    { scenario: 'a cancellation that dies with the message', states: ['SendCancellation', 'SaleCancelled'] },
  ],
};

/** A sale is cancelled: the saga's own compensations after the pivot, alone and against others. */
export const CANCELLATIONS: readonly KindOfWork[] = [
  ...[WHOLE, IN_PART, OF_FREE_TICKETS, TWICE],
  ...[BESIDE_A_HAND, SOLD_AGAIN, AT_THE_DOOR, RECOVERED],
];
