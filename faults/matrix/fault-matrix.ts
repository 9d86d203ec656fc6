import { serviceOf } from '../effects/effects';
import { type EffectFault, type Fault } from '../fault';
import {
  type Beginning,
  type KindOfWork,
  type PairGroup,
  type Single,
  type Step,
} from '../work/kind-of-work';
import { KINDS_OF_WORK } from '../work/kinds-of-work';
import { type FaultKind, KINDS } from '../work/fault-kinds';

/** One piece of work, and what goes wrong in it. */
export interface FaultPlan extends Beginning {
  readonly work: KindOfWork;
  /** Row and column of the matrix that `npm run faults` prints. */
  readonly row: string;
  readonly column: string;
  /** Effects and states, of which the purchase must meet each for the plan to prove anything. */
  readonly meets: readonly string[];
}

/** Every step in each way of going wrong, in the scenario that reaches it; and what counts when the card does not simply pay. */
export function singlePlans(works = KINDS_OF_WORK): FaultPlan[] {
  return works.flatMap((work) => [
    ...singles(work, work.steps, work.faults).filter(
      // The channel's function would wait for eight seconds, twice: `slow-services.test.ts` does.
      ({ row, column }) => !(/^send .*e-mail$/.test(row) && column === 'is never answered'),
    ),
    ...(work.cards ?? []).flatMap(({ paymentMethod, outcome, steps }) =>
      singles(work, steps, KINDS).map((plan) => ({
        ...plan,
        name: `${plan.name}, with ${outcome}`,
        paymentMethod,
      })),
    ),
  ]);
}

/** Executions killed before each state, that is, after the one before; functions, executions or both at each step. */
export function killPlans(works = KINDS_OF_WORK): FaultPlan[] {
  return works.flatMap((work) => [...deathsOfExecutions(work), ...singles(work, work.steps, work.deaths)]);
}

/** Every pair of the six kinds, in the scenarios that reach both. Two of one effect hit it one after the other. */
export function pairPlans(works = KINDS_OF_WORK): FaultPlan[] {
  return works.flatMap((work) => (work.pairs ?? []).flatMap((group) => pairs(work, group)));
}

function singles(work: KindOfWork, steps: readonly Step[], kinds: readonly FaultKind[]): FaultPlan[] {
  return steps.flatMap((step) =>
    kinds.flatMap((kind) =>
      answersOf(step, kind).map((instead) => ({
        name: `${step.name} ${kind.name}${instead && !step.from ? ', by a gateway that says so' : ''}, in ${step.scenario} (${work.name})`,
        ...{ work, row: step.from ? `${step.name}, in ${step.from}` : step.name, column: kind.name },
        // A batch dies as a whole.
        meets: step.isEither || (step.isBatched && work.deaths.includes(kind)) ? [] : step.effects,
        // The scenario's own fault comes last: it takes what the others leave of the same effect.
        faults: [...faultsOf({ step, kind }, instead), ...scenario(work, step.scenario)],
      })),
    ),
  );
}

/** How a function learns that there is no answer. What is broken for good is broken in both ways. */
function answersOf({ from }: Step, { hits, mode }: FaultKind): readonly EffectFault['instead'][] {
  if (from) return ['502'];
  return hits === 'every request' && mode === 'cut' ? [undefined, '502'] : [undefined];
}

function deathsOfExecutions(work: KindOfWork): FaultPlan[] {
  const { role, paths = [] } = work;
  return paths.flatMap(({ scenario: name, states, paymentMethod, from }) => {
    const faults = scenario(work, name);
    const met = faults.map((fault) => ('effect' in fault ? fault.effect : fault.killBefore));
    return states.map((state) => ({
      name: `${role} killed before ${state}, in ${name}${paymentMethod ? `, ${paymentMethod}` : ''} (${work.name})`,
      ...{ work, row: `execution of ${role}`, column: `killed before ${state}`, paymentMethod },
      meets: [...met, state],
      faults: [{ killBefore: state, role, ...(from && { from }) }, ...faults],
    }));
  });
}

function pairs(work: KindOfWork, { steps, others = [], scenariosOf }: PairGroup): FaultPlan[] {
  const inEachWay = (each: readonly Step[]): Single[] =>
    each.flatMap((step) => KINDS.map((kind) => ({ step, kind })));
  const all = inEachWay(steps);
  const beside = inEachWay(others);
  return all.flatMap((one, index) =>
    [...all.slice(index + 1), ...beside].flatMap((other) =>
      scenariosOf(one, other).map((name) => ({
        name: `${wordsOf(one)} + ${wordsOf(other)}, in ${name} (${work.name})`,
        ...{ work, row: one.step.name, column: other.step.name, meets: [] },
        // The many pairs let Stripe's gateway say so: the SDK waits half a second after a broken connection.
        faults: [...faultsOf(one, '502'), ...faultsOf(other, '502'), ...scenario(work, name)],
      })),
    ),
  );
}

function wordsOf({ step, kind }: Single): string {
  return `${step.name} ${kind.name}`;
}

function scenario({ name, scenarios }: KindOfWork, wanted: string): readonly Fault[] {
  const faults = scenarios[wanted];
  if (!faults) throw new Error(`${name} has no scenario “${wanted}”`);
  return faults;
}

/**
 * @param instead Stripe's SDK repeats a request half a second after its connection broke, AWS's after some milliseconds;
 *   neither repeats what Stripe answers with an error, and a state machine what it calls itself
 */
function faultsOf({ step: { effects, from }, kind }: Single, instead: EffectFault['instead']): EffectFault[] {
  return effects.map((effect) => {
    const service = serviceOf(effect);
    const isStripe = service === 'stripe';
    const requestsOfACall = { aws: 3, dynamodb: 3, integration: 1, stripe: instead === '502' ? 1 : 2 }[
      service
    ];
    const times = { 'one request': 1, 'one call': requestsOfACall, 'every request': undefined }[kind.hits];
    return { effect, mode: kind.mode, times, ...(isStripe && { instead }), ...(from && { from }) };
  });
}
