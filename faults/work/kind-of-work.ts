import type fc from 'fast-check';
import { type Operation } from './operation';
import { type Effect } from '../effects/effects';
import { type Fault, type Since } from '../fault';
import { type Invariant, type Observation } from '../invariants/observation';
import { type FaultKind } from './fault-kinds';
import { type Shop } from './shop';

/**
 * A kind of work: how it begins, what it does outside itself, how it dies, and what must hold in the end. Matrix, chaos and
 * invariants run over a list of them, so a new workflow joins by its declaration.
 */
export interface KindOfWork {
  readonly name: string;
  /** Of its workflow. @default it has none of its own */
  readonly role?: string;
  /** Begins a piece of it. @returns the id of its purchase */
  readonly begin: (shop: Shop, plan: Beginning) => Promise<string>;
  /** By name, what makes the work reach an effect: a compensation needs something to compensate. */
  readonly scenarios: Readonly<Record<string, readonly Fault[]>>;
  /** Its effects, each with a scenario that reaches it. Each goes wrong alone, in each of the ways of `faults` and `deaths`. */
  readonly steps: readonly Step[];
  readonly faults: readonly FaultKind[];
  readonly deaths: readonly FaultKind[];
  /** Cards that do not simply pay, and the effects that then count. */
  readonly cards?: readonly Card[];
  /** States, before each of which an execution is killed. */
  readonly paths?: readonly Path[];
  /** Every pair of these goes wrong together. */
  readonly pairs?: readonly PairGroup[];
  /** What it adds to random schedules. `anyFaults` draws faults of every kind of work, or none. */
  readonly operations?: (anyFaults: fc.Arbitrary<readonly Fault[]>) => readonly Operation[];
  /** What must hold of each purchase. */
  readonly invariants?: readonly Invariant[];
  /** What must hold of everything together: a sentence for each way in which it does not. */
  readonly invariantsOfAll?: readonly ((observation: Observation) => readonly string[])[];
}

/** One effect, or several of which one comes about. */
export interface Step {
  readonly name: string;
  readonly effects: readonly Effect[];
  readonly scenario: string;
  /** Where its faults only hit from then on. @default from the beginning */
  readonly from?: Since;
  /** It is open which of its effects comes about, if any: the plan counts as met. */
  readonly isEither?: boolean;
  /** Its function serves several purchases at once, and dies with all of them: another's fault may come first. */
  readonly isBatched?: boolean;
}

export function step(effect: Effect, scenario: string, more: Pick<Step, 'isBatched' | 'from'> = {}): Step {
  return { name: effect, effects: [effect], scenario, ...more };
}

export interface Card {
  readonly paymentMethod: string;
  readonly outcome: string;
  readonly steps: readonly Step[];
}

export interface Path {
  readonly scenario: string;
  readonly states: readonly string[];
  readonly paymentMethod?: string;
  /** Only an execution by which the buyer comes back, or gives up, is killed. @default any */
  readonly from?: 'return';
}

export interface PairGroup {
  readonly steps: readonly Step[];
  /** Each step is paired with these too, which are not paired among themselves. @default none */
  readonly others?: readonly Step[];
  /** The scenarios that reach both. */
  readonly scenariosOf: (one: Single, other: Single) => readonly string[];
}

/** A step and how it goes wrong. */
export interface Single {
  readonly step: Step;
  readonly kind: FaultKind;
}

/** What a piece of work begins with. */
export interface Beginning {
  readonly name: string;
  readonly faults: readonly Fault[];
  /** @default 'pm_card_visa', which pays */
  readonly paymentMethod?: string;
  /** @default one who wants to be told by e-mail */
  readonly buyer?: object;
  /** Takes a seat that costs nothing. @default false */
  readonly isFree?: true;
}

/** Begins what a purchase begins. */
export async function buy(
  shop: Shop,
  { name, faults, paymentMethod, buyer, isFree }: Beginning,
): Promise<string> {
  const { purchaseId } = await shop.buy({
    ...{ name, faults },
    ...(paymentMethod && { paymentMethod }),
    ...(buyer && { buyer }),
    ...(isFree && { isFree }),
  });
  return purchaseId;
}
