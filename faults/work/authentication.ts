import { type Effect } from '../effects/effects';
import { type EffectFault } from '../fault';
import { ASKING_CARD, ASKING_DECLINED_CARD } from './asking-cards';
import { authenticationOperations } from './authentication-operations';
import { DEATHS, KINDS, MORE_KINDS } from './fault-kinds';
import { type Beginning, buy, type KindOfWork, type Step, step } from './kind-of-work';
import { type Shop } from './shop';

const SCENARIOS = {
  asked: [],
  'no ticket': [{ effect: 'store ticket', mode: 'cut' }],
  'no payment': [{ effect: 'capture payment', mode: 'cut', instead: '502' }],
  'not taken up': [{ effect: 'take up again', mode: 'cut' }],
  'taken up, and every answer lost': [{ effect: 'take up again', mode: 'answer-lost' }],
  'a cancellation that fails for good': [{ effect: 'cancel', mode: 'cut', instead: '502' }],
} as const satisfies Record<string, readonly EffectFault[]>;

/** What is done once the buyer has come back, or given up. */
const returning = (scenario: keyof typeof SCENARIOS, ...effects: readonly Effect[]): readonly Step[] =>
  effects.map((effect) => step(effect, scenario, { from: 'return' }));

/** Buys with a card whose bank asks, and then does this. */
const asked =
  (then: (shop: Shop, purchaseId: string) => unknown) =>
  async (shop: Shop, { paymentMethod = ASKING_CARD, ...plan }: Beginning): Promise<string> => {
    const purchaseId = await buy(shop, { ...plan, paymentMethod });
    await then(shop, purchaseId);
    return purchaseId;
  };

const KIND = { role: 'checkout', scenarios: SCENARIOS, deaths: DEATHS } as const;

/** The buyer tells the bank yes, and the browser never returns: recovery undoes the purchase when it is due. */
const NEVER_BACK: KindOfWork = {
  ...KIND,
  name: 'authentication without a return',
  begin: asked((shop, purchaseId) => shop.answerBank(purchaseId, 'succeeded')),
  steps: (
    [
      'confirm payment',
      'await authentication',
      'claim',
      'read intent',
      'cancel',
      'release',
      'settle',
    ] as const
  ).map((effect) => step(effect, 'asked')),
  faults: [...KINDS, ...MORE_KINDS],
  paths: [{ scenario: 'asked', states: ['AuthenticationRequired'] }],
};

/** The buyer tells the bank yes and comes back: a second execution takes the purchase up and finishes it. */
const BACK: KindOfWork = {
  ...KIND,
  name: 'authentication',
  begin: asked((shop, purchaseId) => {
    shop.answerBank(purchaseId, 'succeeded');
    return shop.comeBack(purchaseId);
  }),
  steps: [
    ...returning('asked', 'take up again', 'store intent', 'read intent', 'capture payment', 'store ticket'),
    ...returning('asked', 'mark paid', 'confirm sale', 'publish'),
    ...returning('no ticket', 'claim', 'refund', 'release', 'settle'),
    ...returning('no payment', 'cancel'),
  ],
  faults: KINDS,
  cards: [
    {
      paymentMethod: ASKING_DECLINED_CARD,
      outcome: 'a card that is declined after the bank’s yes',
      steps: returning('asked', 'read intent', 'cancel', 'claim', 'release', 'settle'),
    },
  ],
  paths: [
    {
      scenario: 'asked',
      from: 'return',
      states: ['ResumePurchase', 'ProcessPayment', 'GenerateTicket', 'SendConfirmation', 'PurchaseConfirmed'],
    },
    {
      scenario: 'no ticket',
      from: 'return',
      states: ['RefundPayment', 'ReleaseSeat', 'WhatFailed', 'TicketFailed'],
    },
    {
      scenario: 'not taken up',
      from: 'return',
      states: ['RefundPayment', 'ReleaseSeat', 'ReservationFailed'],
    },
    {
      scenario: 'taken up, and every answer lost',
      from: 'return',
      states: ['RefundPayment', 'ReleaseSeat', 'WhatFailed', 'ResumeFailed'],
    },
  ],
  pairs: [
    {
      steps: [
        step('await authentication', 'asked'),
        ...returning('asked', 'take up again', 'read intent', 'capture payment', 'confirm sale'),
      ],
      others: returning('no ticket', 'claim', 'settle'),
      scenariosOf: (_, { step: { scenario } }) => [scenario],
    },
  ],
  operations: authenticationOperations,
};

/** The buyer tells the bank no, and comes back. */
const REFUSED: KindOfWork = {
  ...KIND,
  name: 'refused authentication',
  begin: asked((shop, purchaseId) => {
    shop.answerBank(purchaseId, 'failed');
    return shop.comeBack(purchaseId);
  }),
  steps: returning('asked', 'take up again', 'read intent', 'cancel', 'claim', 'release', 'settle'),
  faults: KINDS,
  deaths: [],
  paths: [{ scenario: 'asked', from: 'return', states: ['ReleaseSeat', 'WhatFailed', 'PaymentFailed'] }],
};

/** The buyer gives up while the bank asks. */
const GIVEN_UP: KindOfWork = {
  ...KIND,
  name: 'abandonment',
  begin: asked((shop, purchaseId) => shop.giveUp(purchaseId)),
  steps: returning('asked', 'give up', 'read intent', 'cancel', 'claim', 'release', 'settle'),
  faults: KINDS,
  paths: [
    { scenario: 'asked', from: 'return', states: ['RefundPayment', 'ReleaseSeat', 'PurchaseAbandoned'] },
    {
      scenario: 'a cancellation that fails for good',
      from: 'return',
      states: ['EscalateRefundPayment', 'ReleaseSeat'],
    },
  ],
};

/** The bank wants the buyer: what becomes of the purchase is up to both. */
export const AUTHENTICATIONS: readonly KindOfWork[] = [NEVER_BACK, BACK, REFUSED, GIVEN_UP];
