import { isToldOnce } from '../invariants/confirmation-invariants';
import { DEATHS, KINDS, MORE_KINDS } from './fault-kinds';
import { buy, type KindOfWork, step } from './kind-of-work';

/** The buyer is told: a queue, and the e-mail channel's function behind it. */
export const CONFIRMATION: KindOfWork = {
  name: 'confirmation',
  begin: buy,
  scenarios: { 'a sale': [] },
  steps: (['lease delivery', 'send e-mail', 'note delivery'] as const).map((effect) =>
    step(effect, 'a sale', { isBatched: true }),
  ),
  faults: [...KINDS, ...MORE_KINDS],
  deaths: DEATHS,
  invariants: [isToldOnce],
};
