import { type Effect } from './effect';
import { type EffectFault, type FaultMode } from './effect-proxy';
import { type Fault } from './harness';

/** One purchase, and what goes wrong in it. */
export interface FaultPlan {
  readonly name: string;
  /** Row and column of the matrix that `npm run faults` prints. */
  readonly row: string;
  readonly column: string;
  readonly faults: readonly Fault[];
  /** Effects and states, of which the purchase must meet each for the plan to prove anything. */
  readonly meets: readonly string[];
  /** @default 'pm_card_visa', which pays */
  readonly paymentMethod?: string;
}

/** A way in which an effect goes wrong. */
export interface Kind {
  readonly name: string;
  readonly mode: FaultMode;
  /** Requests that are hit: all that the SDK makes of one call, one of them, or every one until the faults are healed. */
  readonly hits: 'one call' | 'one request' | 'every request';
}

/** The six kinds of which every pair is run. */
export const KINDS: readonly Kind[] = [
  { name: 'fails before the effect', mode: 'cut', hits: 'one call' },
  { name: 'is done, the answer lost', mode: 'answer-lost', hits: 'one call' },
  { name: 'times out, arrives late', mode: 'late', hits: 'one call' },
  { name: 'is delivered twice', mode: 'duplicate', hits: 'one request' },
  { name: 'is slow', mode: 'slow', hits: 'one request' },
  { name: 'fails for good', mode: 'cut', hits: 'every request' },
];

/** Other ways to meet the same, and what the services refuse by themselves. */
export const MORE_KINDS: readonly Kind[] = [
  { name: 'fails once', mode: 'cut', hits: 'one request' },
  { name: 'times out, undone', mode: 'timeout', hits: 'one call' },
  { name: 'times out, done', mode: 'timeout-done', hits: 'one call' },
  { name: 'is done, every answer lost', mode: 'answer-lost', hits: 'every request' },
  { name: 'is delivered twice, always', mode: 'duplicate', hits: 'every request' },
  { name: 'is never answered', mode: 'silence', hits: 'one request' },
  { name: 'meets a conflict', mode: 'conflict', hits: 'one request' },
  { name: 'meets conflicts for good', mode: 'conflict', hits: 'every request' },
  { name: 'is throttled', mode: 'throttled', hits: 'one request' },
  { name: 'is throttled for good', mode: 'throttled', hits: 'every request' },
  { name: 'is forbidden', mode: 'forbidden', hits: 'one request' },
  { name: 'is forbidden for good', mode: 'forbidden', hits: 'every request' },
];

/** The function dies, its execution does, or both. */
export const DEATHS: readonly Kind[] = (['kill', 'abort', 'crash'] as const).flatMap((what) =>
  (['before', 'after'] as const).map((when) => ({
    name: `${{ kill: 'function killed', abort: 'execution killed', crash: 'both killed' }[what]} ${when}`,
    mode: `${what}-${when}` as const,
    hits: 'one request' as const,
  })),
);

/** What makes the saga reach an effect: a compensation needs something to compensate. */
export const SCENARIOS = {
  'a sale': [],
  'a sale whose answer is lost': [{ effect: 'confirm sale', mode: 'answer-lost' }],
  'no ticket': [{ effect: 'store ticket', mode: 'cut' }],
  'no payment': [{ effect: 'confirm payment', mode: 'cut', instead: '502' }],
  'no hold': [{ effect: 'hold', mode: 'cut' }],
} as const satisfies Record<string, readonly EffectFault[]>;

export type Scenario = keyof typeof SCENARIOS;

/** A column of effects with the scenario that reaches them. */
interface Step {
  readonly name: string;
  readonly effects: readonly Effect[];
  readonly scenario: Scenario;
}

const step = (effect: Effect, scenario: Scenario): Step => ({ name: effect, effects: [effect], scenario });

/** What the saga does. */
export const FORWARD: readonly Step[] = (
  [
    ...(['hold', 'create intent', 'store intent', 'confirm payment'] as const),
    ...(['store ticket', 'mark paid', 'confirm sale', 'publish'] as const),
  ] satisfies readonly Effect[]
).map((effect) => step(effect, 'a sale'));

/** What its compensations do. */
export const COMPENSATING: readonly Step[] = [
  step('claim', 'no ticket'),
  step('refund', 'no ticket'),
  step('cancel', 'no payment'),
  step('release', 'no ticket'),
  step('settle', 'no ticket'),
  step('close key', 'no hold'),
];

/** What is no effect of the saga itself, and may go wrong all the same. */
const BESIDE: readonly Step[] = [
  step('read intent', 'no ticket'),
  step('lease delivery', 'a sale'),
  step('send e-mail', 'a sale'),
  step('note delivery', 'a sale'),
];

/** A step and how it goes wrong. */
interface Single {
  readonly step: Step;
  readonly kind: Kind;
}

const STRIPE: ReadonlySet<Effect> = new Set<Effect>([
  ...(['create intent', 'confirm payment', 'read intent', 'refund', 'cancel'] as const),
]);

/**
 * @param instead Stripe's SDK repeats a request half a second after its connection broke, AWS's after some
 * milliseconds; neither repeats what Stripe answers with an error. So the many pairs let Stripe's gateway answer.
 */
function faultsOf({ step: { effects }, kind }: Single, instead: EffectFault['instead']): EffectFault[] {
  return effects.map((effect) => {
    const stripe = STRIPE.has(effect);
    const requestsOfACall = !stripe ? 3 : instead === '502' ? 1 : 2;
    const times = { 'one request': 1, 'one call': requestsOfACall, 'every request': undefined }[kind.hits];
    return { effect, mode: kind.mode, times, ...(stripe && { instead }) };
  });
}

function singles(steps: readonly Step[], kinds: readonly Kind[]): FaultPlan[] {
  return steps.flatMap((step) =>
    kinds.flatMap((kind) =>
      (kind.hits === 'every request' && kind.mode === 'cut'
        ? ([undefined, '502'] as const)
        : [undefined]
      ).map((instead) => ({
        name: `${step.name} ${kind.name}${instead ? ', by a gateway that says so' : ''}, in ${step.scenario}`,
        ...{ row: step.name, column: kind.name, meets: step.effects },
        // The scenario's own fault comes last: it takes what the others leave of the same effect.
        faults: [...faultsOf({ step, kind }, instead), ...SCENARIOS[step.scenario]],
      })),
    ),
  );
}

/** What a card does, and the effects that then count. */
const CARDS: readonly (readonly [
  card: string,
  outcome: string,
  effects: readonly Effect[],
  scenario: Scenario,
])[] = [
  ['pm_card_chargeDeclined', 'a declined card', ['confirm payment', 'claim', 'release', 'settle'], 'a sale'],
  [
    'pm_card_authenticationRequired',
    'a card that asks for 3-D Secure',
    ['confirm payment', 'cancel', 'claim', 'release', 'settle'],
    'a sale',
  ],
  [
    'pm_card_pendingRefund',
    'a pending refund',
    ['claim', 'read intent', 'refund', 'release', 'settle'],
    'no ticket',
  ],
];

/** Every effect × every kind, in the scenario that reaches it; and what counts when the card does not simply pay. */
export function singlePlans(): FaultPlan[] {
  return [
    ...singles([...FORWARD, ...COMPENSATING, ...BESIDE], [...KINDS, ...MORE_KINDS]).filter(
      // The channel's function would wait for eight seconds, twice: `slow-services.test.ts` does.
      ({ row, column }) => !(row === 'send e-mail' && column === 'is never answered'),
    ),
    ...CARDS.flatMap(([paymentMethod, outcome, effects, scenario]) =>
      singles(
        effects.map((effect) => step(effect, scenario)),
        KINDS,
      ).map((plan) => ({
        ...plan,
        name: `${plan.name}, with ${outcome}`,
        paymentMethod,
      })),
    ),
  ];
}

/** One effect of the issue's list: which of the two it is depends on whether the payment was made. */
const UNDO_PAYMENT: Step = { name: 'refund or cancel', effects: ['refund', 'cancel'], scenario: 'no ticket' };

/** Every pair is made of these. */
const PAIRED: readonly Step[] = [
  ...FORWARD,
  ...COMPENSATING.filter(({ name }) => name === 'claim' || name === 'release' || name === 'settle'),
  UNDO_PAYMENT,
];

/** A key is closed where there is no purchase: nothing else can go wrong with it but these. */
const BESIDE_CLOSING: readonly Step[] = [...FORWARD, ...COMPENSATING].filter(
  ({ name }) => name === 'hold' || name === 'claim',
);
const CLOSE_KEY = COMPENSATING.find(({ name }) => name === 'close key')!;

/** Every pair of an effect's kinds, in the scenarios that reach both. Two of one effect hit it one after the other. */
export function pairPlans(): FaultPlan[] {
  const all = PAIRED.flatMap((step) => KINDS.map((kind) => ({ step, kind })));
  const closing = KINDS.map((kind) => ({ step: CLOSE_KEY, kind }));
  const besideClosing = BESIDE_CLOSING.flatMap((step) => KINDS.map((kind) => ({ step, kind })));
  return [
    ...all.flatMap((one, index) => all.slice(index + 1).flatMap((other) => pair(one, other))),
    ...closing.flatMap((one, index) =>
      [...closing.slice(index + 1), ...besideClosing].map((other) => pairIn('no hold', one, other)),
    ),
  ];
}

function pair(one: Single, other: Single): FaultPlan[] {
  return scenariosOf(one, other).map((scenario) => pairIn(scenario, one, other));
}

function pairIn(scenario: Scenario, one: Single, other: Single): FaultPlan {
  const words = [one, other].map(({ step, kind }) => `${step.name} ${kind.name}`);
  return {
    name: `${words.join(' + ')}, in ${scenario}`,
    ...{ row: one.step.name, column: other.step.name, meets: [] },
    faults: [...faultsOf(one, '502'), ...faultsOf(other, '502'), ...SCENARIOS[scenario]],
  };
}

const UNHARMFUL: ReadonlySet<FaultMode> = new Set<FaultMode>(['duplicate', 'slow']);

/** Where the saga can reach both: a compensation needs a failure, unless the other single is one already. */
function scenariosOf(one: Single, other: Single): Scenario[] {
  const both = [one, other];
  const has = (...names: string[]) => both.some(({ step }) => names.includes(step.name));
  const compensates = ({ step }: Single) => !FORWARD.includes(step);
  if (!both.some(compensates)) return ['a sale'];
  if (has('publish')) return ['a sale whose answer is lost'];
  if (both.some(({ step, kind }) => step.name === 'confirm sale' && !UNHARMFUL.has(kind.mode)))
    return ['a sale'];
  if (!has(UNDO_PAYMENT.name)) return ['no ticket'];
  if (both.every(compensates)) return ['no ticket', 'no payment'];
  return has('create intent', 'store intent', 'confirm payment') ? ['no payment'] : ['no ticket'];
}

/** The states each scenario enters: an execution is killed before each of them, that is, after the one before. */
const PATHS: readonly (readonly [scenario: Scenario, states: readonly string[], paymentMethod?: string])[] = [
  ['a sale', ['ReserveSeat', 'ProcessPayment', 'GenerateTicket', 'SendConfirmation', 'PurchaseConfirmed']],
  ['a sale whose answer is lost', ['RefundPayment', 'SendConfirmation', 'PurchaseConfirmed']],
  ['a sale', ['ReleaseSeat', 'WhatFailed', 'PaymentFailed'], 'pm_card_chargeDeclined'],
  ['no payment', ['RefundPayment', 'ReleaseSeat', 'WhatFailed', 'PaymentFailed']],
  ['no ticket', ['RefundPayment', 'ReleaseSeat', 'WhatFailed', 'TicketFailed']],
  ['no hold', ['ReleaseSeat', 'WhatFailed', 'ReservationFailed']],
];

/** States that only a compensation which fails for good leads to. */
const ESCALATIONS: readonly (readonly [effect: Effect, states: readonly string[]])[] = [
  ['refund', ['EscalateRefundPayment', 'ReleaseSeat']],
  ['release', ['EscalateReleaseSeat', 'OutcomeUnknown']],
];

/** How a checkout dies, and what recovery then has to do. */
const ABANDONED: readonly (readonly [death: Fault, words: string, effects: readonly Effect[]])[] = [
  [{ killBefore: 'ProcessPayment' }, 'dies with its hold', ['claim', 'release', 'settle']],
  [
    { effect: 'store intent', mode: 'crash-after' },
    'dies with its intent',
    ['claim', 'read intent', 'cancel', 'settle'],
  ],
  [
    { effect: 'confirm payment', mode: 'crash-after' },
    'dies unpaid by its record',
    ['claim', 'read intent', 'refund', 'settle'],
  ],
  [{ killBefore: 'GenerateTicket' }, 'dies paid', ['claim', 'read intent', 'refund', 'release', 'settle']],
  [{ killBefore: 'SendConfirmation' }, 'dies confirmed', ['claim', 'publish']],
];

/** The states of recovery, by the checkout that it finds. */
const RECOVERY_STATES: readonly (readonly [diesBefore: string, states: readonly string[]])[] = [
  ['GenerateTicket', ['RefundPayment', 'ReleaseSeat', 'IsSettled', 'PurchaseSettled']],
  ['SendConfirmation', ['SendConfirmation', 'SaleConfirmed']],
];

/** Executions killed after every state, functions at every await on an effect, and then recovery hit as well. */
export function killPlans(): FaultPlan[] {
  const executions = PATHS.flatMap(([scenario, states, paymentMethod]) =>
    states.map((state): FaultPlan => ({
      name: `execution killed before ${state}, in ${scenario}${paymentMethod ? `, ${paymentMethod}` : ''}`,
      ...{ row: 'execution', column: `killed before ${state}`, meets: [state], paymentMethod },
      faults: [{ killBefore: state }, ...SCENARIOS[scenario]],
    })),
  );
  const escalations = ESCALATIONS.flatMap(([effect, states]) =>
    states.map((state): FaultPlan => ({
      name: `execution killed before ${state}, when ${effect} fails for good`,
      ...{ row: 'execution', column: `killed before ${state}`, meets: [effect, state] },
      faults: [{ killBefore: state }, { effect, mode: 'cut' }, ...SCENARIOS['no ticket']],
    })),
  );
  const awaits = singles([...FORWARD, ...COMPENSATING, ...BESIDE], DEATHS).map((plan) =>
    // Messages are delivered in batches, and a batch dies as a whole: so another's fault may come first.
    plan.row.includes('deliver') || plan.row.includes('e-mail') ? { ...plan, meets: [] } : plan,
  );
  const recoveries = ABANDONED.flatMap(([death, words, effects]) =>
    effects.flatMap((effect) =>
      [...KINDS, ...DEATHS.filter(({ mode }) => mode.startsWith('kill'))].map((kind): FaultPlan => {
        const faults = faultsOf({ step: step(effect, 'a sale'), kind }, '502');
        return {
          name: `checkout ${words}, and in recovery ${effect} ${kind.name}`,
          ...{ row: `${effect}, in recovery`, column: kind.name, meets: [effect] },
          faults: [death, ...faults.map((fault) => ({ ...fault, from: 'recovery' as const }))],
        };
      }),
    ),
  );
  const recoveryExecutions = RECOVERY_STATES.flatMap(([diesBefore, states]) =>
    states.map((state): FaultPlan => ({
      name: `checkout dies before ${diesBefore}, and its recovery before ${state}`,
      ...{ row: 'recovery', column: `killed before ${state}`, meets: [diesBefore, state] },
      faults: [{ killBefore: diesBefore }, { killBefore: state, role: 'recovery' }],
    })),
  );
  return [...executions, ...escalations, ...awaits, ...recoveries, ...recoveryExecutions];
}
