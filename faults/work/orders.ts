import { type Effect } from '../effects/effects';
import { type EffectFault } from '../fault';
import { brokenOrders } from '../invariants/order-invariants';
import { ASKING_CARD, ASKING_DECLINED_CARD } from './asking-cards';
import { DEATHS, KINDS, MORE_KINDS } from './fault-kinds';
import { type Beginning, type KindOfWork, type Step, step } from './kind-of-work';
import { orderOperations } from './order-operations';
import { type OrderPlan, type Shop } from './shop';

const SCENARIOS = {
  'an order': [],
  'an order that cannot be sold': [{ effect: 'sell order', mode: 'cut' }],
  'an order that cannot be paid for': [{ effect: 'confirm payment', mode: 'cut', instead: '502' }],
  'an order that cannot be reserved': [{ effect: 'reserve extras', mode: 'cut' }],
  'a refund that fails for good': [
    { effect: 'refund', mode: 'cut', instead: '502' },
    { effect: 'sell order', mode: 'cut' },
  ],
  'a restore that fails for good': [
    { effect: 'restore extras', mode: 'cut' },
    { effect: 'sell order', mode: 'cut' },
  ],
} as const satisfies Record<string, readonly EffectFault[]>;

type Scenario = keyof typeof SCENARIOS;

const inScenario = (scenario: Scenario, ...effects: readonly Effect[]): readonly Step[] =>
  effects.map((effect) => step(effect, scenario));
const returning = (...effects: readonly Effect[]): readonly Step[] =>
  effects.map((effect) => step(effect, 'an order', { from: 'return' }));

/** Orders, and then does this. */
const ordered =
  (then: (shop: Shop, orderId: string) => unknown = () => undefined, more: OrderPlan = {}) =>
  async (shop: Shop, { name, faults, paymentMethod }: Beginning): Promise<string> => {
    const { orderId } = await shop.order({ ...more, name, faults, ...(paymentMethod && { paymentMethod }) });
    await then(shop, orderId);
    return orderId;
  };

const asked = (then?: (shop: Shop, orderId: string) => unknown) =>
  ordered(then, { paymentMethod: ASKING_CARD });

/** The functions' part until the sale, and what its compensations do. */
const FORWARD: readonly Step[] = inScenario(
  'an order',
  ...(['open order', 'start order', 'take order', 'price order', 'reserve extras'] as const),
  ...(['create intent', 'store intent of order', 'confirm payment', 'capture payment'] as const),
);
const COMPENSATING: readonly Step[] = [
  ...inScenario('an order that cannot be sold', 'claim order', 'refund', 'restore extras', 'settle order'),
  ...inScenario('an order that cannot be paid for', 'cancel'),
];

const KIND = {
  role: 'order',
  scenarios: SCENARIOS,
  faults: KINDS,
  deaths: [],
} as const satisfies Partial<KindOfWork>;

/** What functions do for an order. */
const ORDER: KindOfWork = {
  ...KIND,
  name: 'order',
  begin: ordered(),
  steps: [...FORWARD, ...COMPENSATING, step('read intent', 'an order that cannot be sold')],
  faults: [...KINDS, ...MORE_KINDS],
  deaths: DEATHS,
  cards: [
    {
      paymentMethod: 'pm_card_chargeDeclined',
      outcome: 'a declined card',
      steps: inScenario('an order', 'confirm payment', 'claim order', 'restore extras', 'settle order'),
    },
    {
      paymentMethod: 'pm_card_pendingRefund',
      outcome: 'a pending refund',
      steps: inScenario('an order that cannot be sold', 'read intent', 'refund', 'settle order'),
    },
  ],
  // A Standard execution does not die between two states: somebody aborts it.
  paths: [
    {
      scenario: 'an order',
      states: [
        ...['ValidateOrder', 'CheckInventory', 'InventoryChoice', 'ProcessPayment', 'FulfillOrder'],
        ...['UpdateInventory', 'SendNotification', 'OrderConfirmed'],
      ],
    },
    {
      scenario: 'an order that cannot be sold',
      states: ['RefundPayment', 'RestoreInventory', 'NotifyFailure', 'OrderFailed'],
    },
    { scenario: 'an order that cannot be paid for', states: ['RefundPayment', 'RestoreInventory'] },
    { scenario: 'an order that cannot be reserved', states: ['RestoreInventory', 'NotifyFailure'] },
    {
      scenario: 'an order',
      states: ['RestoreInventory', 'NotifyFailure'],
      paymentMethod: 'pm_card_chargeDeclined',
    },
    {
      scenario: 'a refund that fails for good',
      states: ['EscalateRefundPayment', 'RestoreInventory', 'OrderUnsettled'],
    },
    { scenario: 'a restore that fails for good', states: ['EscalateRestoreInventory', 'OrderUnsettled'] },
  ],
  pairs: [
    {
      steps: inScenario(
        'an order',
        'sell order',
        'reserve extras',
        'store intent of order',
        'capture payment',
      ),
      others: inScenario('an order that cannot be sold', 'claim order', 'restore extras', 'settle order'),
      scenariosOf: (_, { step: { scenario } }) => [scenario],
    },
  ],
  operations: orderOperations,
  invariantsOfAll: [brokenOrders],
};

/** What its workflow writes and publishes without a function. */
const DIRECT: KindOfWork = {
  ...KIND,
  name: 'order, without functions',
  begin: ordered(),
  steps: inScenario('an order', 'sell order', 'publish order'),
  faults: [...KINDS, ...MORE_KINDS],
  deaths: DEATHS.filter(({ mode }) => mode.startsWith('abort')),
};

/** There is not enough of what is ordered. */
const SHORT: KindOfWork = {
  ...KIND,
  name: 'order of what is sold out',
  begin: ordered(undefined, {
    items: [
      { extraId: 'programme', quantity: 1 },
      { extraId: 'sold-out', quantity: 1 },
    ],
  }),
  steps: inScenario('an order', 'reserve extras', 'refuse order', 'publish order'),
  paths: [{ scenario: 'an order', states: ['InventoryChoice', 'NotifyFailure'] }],
};

/** What costs nothing needs no payment. */
const FREE: KindOfWork = {
  ...KIND,
  name: 'order of what is free',
  begin: ordered(undefined, { items: [{ extraId: 'map', quantity: 1 }] }),
  steps: inScenario('an order', 'reserve extras', 'sell order'),
};

/** The bank wants the buyer, who says yes and comes back, in two tabs. */
const BACK: KindOfWork = {
  ...KIND,
  name: 'authentication of an order',
  begin: asked(async (shop, orderId) => {
    shop.answerBank(orderId, 'succeeded');
    await Promise.all([shop.comeBackWithOrder(orderId), shop.comeBackWithOrder(orderId)]);
  }),
  steps: [
    ...inScenario('an order', 'let order wait'),
    ...returning('wake order', 'read intent', 'store intent of order', 'capture payment'),
    ...returning('sell order'),
  ],
  faults: [...KINDS, ...MORE_KINDS],
  deaths: DEATHS.filter(({ mode }) => mode.startsWith('kill')),
  cards: [
    {
      paymentMethod: ASKING_DECLINED_CARD,
      outcome: 'a card that is declined after the bank’s yes',
      steps: returning('read intent', 'cancel', 'claim order', 'restore extras', 'settle order'),
    },
  ],
  paths: [{ scenario: 'an order', states: ['AwaitAuthentication'] }],
};

/** The buyer says no, and comes back. */
const REFUSED: KindOfWork = {
  ...KIND,
  name: 'refused authentication of an order',
  begin: asked((shop, orderId) => {
    shop.answerBank(orderId, 'failed');
    return shop.comeBackWithOrder(orderId);
  }),
  steps: returning('wake order', 'cancel', 'claim order', 'restore extras', 'settle order'),
};

/** The buyer says yes to the bank, and is not heard of again: the token's time runs out, and nothing is taken. */
const NEVER_BACK: KindOfWork = {
  ...KIND,
  name: 'authentication of an order without a return',
  begin: asked((shop, orderId) => shop.answerBank(orderId, 'succeeded')),
  steps: inScenario('an order', 'let order wait', 'cancel', 'claim order', 'restore extras', 'settle order'),
};

/** All the money is given back in Stripe's dashboard: the order is cancelled, and its extras sell again. */
const REFUNDED: KindOfWork = {
  ...KIND,
  name: 'order that is refunded by hand',
  begin: ordered(async (shop, orderId) => {
    shop.refundOrderByHand(orderId);
    await shop.letStripeTell(orderId);
  }),
  steps: inScenario('an order', 'note refund of order'),
};

/** The buyer is told of the end by a queue, and a function behind it. */
const TOLD: KindOfWork = {
  ...KIND,
  name: 'message about an order',
  begin: ordered(),
  steps: (['lease order e-mail', 'send order e-mail', 'note order e-mail'] as const).map((effect) =>
    step(effect, 'an order', { isBatched: true }),
  ),
  faults: [...KINDS, ...MORE_KINDS],
};

/** How an order's execution is aborted, and what the next one then has to do. */
const ABANDONED: Readonly<Record<string, { readonly before: string; readonly effects: readonly Effect[] }>> =
  {
    'an order that is left with its extras': {
      before: 'ProcessPayment',
      effects: ['take order', 'claim order', 'restore extras', 'settle order'],
    },
    'an order that is left paid': {
      before: 'FulfillOrder',
      effects: ['take order', 'claim order', 'read intent', 'refund', 'restore extras', 'settle order'],
    },
  };

/** What it has left, an execution that the reconciler starts undoes. */
const RECOVERED: KindOfWork = {
  ...KIND,
  name: 'recovery of an order',
  begin: ordered(),
  scenarios: Object.fromEntries(
    Object.entries(ABANDONED).map(([scenario, { before }]) => [
      scenario,
      [{ killBefore: before, role: 'order' }],
    ]),
  ),
  steps: Object.entries(ABANDONED).flatMap(([scenario, { effects }]) =>
    effects.map((effect) => step(effect, scenario, { from: 'recovery' })),
  ),
  deaths: DEATHS.filter(({ mode }) => mode.startsWith('kill')),
  paths: [{ scenario: 'an order that is left paid', states: ['RefundPayment', 'RestoreInventory'] }],
};

/** An order of extras: the Standard workflow, what follows it and what comes back to it. */
export const ORDERS: readonly KindOfWork[] = [
  ...[ORDER, DIRECT, SHORT, FREE, BACK, REFUSED, NEVER_BACK, REFUNDED, TOLD, RECOVERED],
];
