import { type Effect } from '../effects/effects';
import { type Fault } from '../fault';
import { isTerminal, staysTerminal } from '../invariants/recovery-invariants';
import { DEATHS, KINDS } from './fault-kinds';
import { buy, type KindOfWork, step } from './kind-of-work';
import { recoveryOperations } from './recovery-operations';

/** How a checkout dies, and what recovery then has to do. */
const ABANDONED: Readonly<Record<string, { readonly death: Fault; readonly effects: readonly Effect[] }>> = {
  'a checkout that dies with its hold': {
    death: { killBefore: 'ProcessPayment' },
    effects: ['claim', 'release', 'settle'],
  },
  'a checkout that dies with its intent': {
    death: { effect: 'store intent', mode: 'crash-after' },
    effects: ['claim', 'read intent', 'cancel', 'settle'],
  },
  'a checkout that dies with its authorisation': {
    death: { effect: 'confirm payment', mode: 'crash-after' },
    effects: ['claim', 'read intent', 'cancel', 'settle'],
  },
  'a checkout that dies unpaid by its record': {
    death: { effect: 'capture payment', mode: 'crash-after' },
    effects: ['claim', 'read intent', 'refund', 'settle'],
  },
  'a checkout that dies paid': {
    death: { killBefore: 'GenerateTicket' },
    effects: ['claim', 'read intent', 'refund', 'release', 'settle'],
  },
  'a checkout that dies confirmed': {
    death: { killBefore: 'SendConfirmation' },
    effects: ['claim', 'publish'],
  },
};

/** The reconciler finds what a checkout has left, and a workflow of its own settles it. */
export const RECOVERY: KindOfWork = {
  name: 'recovery',
  role: 'recovery',
  begin: buy,
  scenarios: Object.fromEntries(
    Object.entries(ABANDONED).map(([scenario, { death }]) => [scenario, [death]]),
  ),
  steps: Object.entries(ABANDONED).flatMap(([scenario, { effects }]) =>
    effects.map((effect) => step(effect, scenario, { from: 'recovery' })),
  ),
  faults: KINDS,
  deaths: DEATHS.filter(({ mode }) => mode.startsWith('kill')),
  paths: [
    {
      scenario: 'a checkout that dies paid',
      states: ['RefundPayment', 'ReleaseSeat', 'IsSettled', 'PurchaseSettled'],
    },
    { scenario: 'a checkout that dies confirmed', states: ['SendConfirmation', 'SaleConfirmed'] },
  ],
  operations: recoveryOperations,
  invariants: [isTerminal, staysTerminal],
};
