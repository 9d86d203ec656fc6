import { type Effect } from '../effects/effects';
import { type EffectFault } from '../fault';
import { CHECKOUT_INVARIANTS, seatsWithTwoOwners } from '../invariants/checkout-invariants';
import { DEATHS, KINDS, MORE_KINDS, UNHARMFUL } from './fault-kinds';
import { checkoutOperations } from './checkout-operations';
import { buy, type KindOfWork, type Single, type Step, step } from './kind-of-work';

const SCENARIOS = {
  'a sale': [],
  'a sale whose answer is lost': [{ effect: 'confirm sale', mode: 'answer-lost' }],
  'no ticket': [{ effect: 'store ticket', mode: 'cut' }],
  'no payment': [{ effect: 'confirm payment', mode: 'cut', instead: '502' }],
  'no hold': [{ effect: 'hold', mode: 'cut' }],
} as const satisfies Record<string, readonly EffectFault[]>;

type Scenario = keyof typeof SCENARIOS;

const inScenario = (scenario: Scenario, ...effects: readonly Effect[]): readonly Step[] =>
  effects.map((effect) => step(effect, scenario));

/** What the saga does. */
export const FORWARD: readonly Step[] = [
  ...inScenario('a sale', 'hold', 'create intent', 'store intent', 'confirm payment', 'capture payment'),
  ...inScenario('a sale', 'store ticket', 'mark paid', 'confirm sale', 'publish'),
];

/** What its compensations do. */
export const COMPENSATING: readonly Step[] = [
  ...inScenario('no ticket', 'claim', 'refund'),
  ...inScenario('no payment', 'cancel'),
  ...inScenario('no ticket', 'release', 'settle'),
  ...inScenario('no hold', 'close key'),
];

/** Which of the two it is depends on whether the payment was made. */
const UNDO_PAYMENT: Step = { name: 'refund or cancel', effects: ['refund', 'cancel'], scenario: 'no ticket' };

const named = (...names: readonly string[]): readonly Step[] =>
  [...FORWARD, ...COMPENSATING].filter(({ name }) => names.includes(name));

/** The sale of seats: `POST /purchases`, the saga and its compensations. */
export const CHECKOUT: KindOfWork = {
  name: 'checkout',
  role: 'checkout',
  begin: buy,
  scenarios: {
    ...SCENARIOS,
    'a refund that fails for good': [{ effect: 'refund', mode: 'cut' }, ...SCENARIOS['no ticket']],
    'a release that fails for good': [{ effect: 'release', mode: 'cut' }, ...SCENARIOS['no ticket']],
  },
  steps: [...FORWARD, ...COMPENSATING, step('read intent', 'no ticket')],
  faults: [...KINDS, ...MORE_KINDS],
  deaths: DEATHS,
  cards: [
    {
      paymentMethod: 'pm_card_chargeDeclined',
      outcome: 'a declined card',
      steps: inScenario('a sale', 'confirm payment', 'claim', 'release', 'settle'),
    },
    {
      paymentMethod: 'pm_card_pendingRefund',
      outcome: 'a pending refund',
      steps: inScenario('no ticket', 'claim', 'read intent', 'refund', 'release', 'settle'),
    },
  ],
  paths: [
    {
      scenario: 'a sale',
      states: ['ReserveSeat', 'ProcessPayment', 'GenerateTicket', 'SendConfirmation', 'PurchaseConfirmed'],
    },
    {
      scenario: 'a sale whose answer is lost',
      states: ['RefundPayment', 'SendConfirmation', 'PurchaseConfirmed'],
    },
    {
      scenario: 'a sale',
      states: ['ReleaseSeat', 'WhatFailed', 'PaymentFailed'],
      paymentMethod: 'pm_card_chargeDeclined',
    },
    { scenario: 'no payment', states: ['RefundPayment', 'ReleaseSeat', 'WhatFailed', 'PaymentFailed'] },
    { scenario: 'no ticket', states: ['RefundPayment', 'ReleaseSeat', 'WhatFailed', 'TicketFailed'] },
    { scenario: 'no hold', states: ['ReleaseSeat', 'WhatFailed', 'ReservationFailed'] },
    { scenario: 'a refund that fails for good', states: ['EscalateRefundPayment', 'ReleaseSeat'] },
    { scenario: 'a release that fails for good', states: ['EscalateReleaseSeat', 'OutcomeUnknown'] },
  ],
  pairs: [
    { steps: [...FORWARD, ...named('claim', 'release', 'settle'), UNDO_PAYMENT], scenariosOf },
    // A key is closed where there is no purchase: nothing else can go wrong with it but these.
    { steps: named('close key'), others: named('hold', 'claim'), scenariosOf: () => ['no hold'] },
  ],
  operations: checkoutOperations,
  invariants: CHECKOUT_INVARIANTS,
  invariantsOfAll: [seatsWithTwoOwners],
};

/** Where the saga can reach both: a compensation needs a failure, unless the other single is one already. */
function scenariosOf(one: Single, other: Single): readonly Scenario[] {
  const both = [one, other];
  const has = (...names: string[]) => both.some(({ step: { name } }) => names.includes(name));
  const compensates = ({ step: each }: Single) => !FORWARD.includes(each);
  if (!both.some(compensates)) return ['a sale'];
  if (has('publish')) return ['a sale whose answer is lost'];
  if (both.some(({ step: { name }, kind }) => name === 'confirm sale' && !UNHARMFUL.has(kind.mode)))
    return ['a sale'];
  if (!has(UNDO_PAYMENT.name)) return ['no ticket'];
  if (both.every(compensates)) return ['no ticket', 'no payment'];
  return has('create intent', 'store intent', 'confirm payment') ? ['no payment'] : ['no ticket'];
}
