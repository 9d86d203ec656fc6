import fc from 'fast-check';
import { type LocalRun } from '../../bin/local-run';
import {
  type Answer,
  type EventProClient,
  type ExtrasOrder,
  type Order,
} from '../../harness/eventpro-client';
import { type Shop } from './shop';
import { type FunctionName } from '../../lib/functions';

/** An operation that schedules are drawn from. */
export interface Operation {
  /** Against the weights of the others. */
  readonly weight: number;
  readonly arbitrary: fc.Arbitrary<Drawn>;
}

/** One operation of a schedule. They are started one after the other. */
export interface Drawn {
  perform(world: World): Promise<void> | void;
  /** As it is printed. */
  toJSON(): object;
}

/** Declares an operation: what is drawn for it, and how it is performed. */
export function operation<Arguments extends object>(
  name: string,
  weight: number,
  drawn: { readonly [Argument in keyof Arguments]: fc.Arbitrary<Arguments[Argument]> },
  perform: (world: World, drawn: Arguments) => Promise<void> | void,
): Operation {
  const arbitrary = fc.record(drawn).map((values): Drawn => ({
    perform: (world) => perform(world, values),
    toJSON: () => ({ do: name, ...values }),
  }));
  return { weight, arbitrary };
}

/** A purchase that was asked for. */
export interface Made {
  readonly key: string;
  readonly order: Omit<Order, 'key'>;
  answer?: Answer;
}

/** An order of extras that was asked for. */
export interface MadeOrder {
  readonly key: string;
  readonly order: Omit<ExtrasOrder, 'key'>;
}

/** Where a schedule is played, and what has been done in it. */
export interface World {
  readonly shop: Shop;
  readonly client: EventProClient;
  readonly run: LocalRun;
  /** In the order in which they were asked for. */
  readonly made: Made[];
  /** In the order in which they were asked for. */
  readonly orders: MadeOrder[];
  /** Whose extras are ordered. @default none so far, or it is cancelled */
  eventOfOrders?: string | undefined;
  /** Says that something does not hold. */
  violated(sentence: string): void;
  /** Lets it run beside what follows. */
  start(work: Promise<unknown>): void;
  /** Waits for all that was started. */
  wait(): Promise<void>;
  /** Moves the clock; first waits where an execution under way would live too long. */
  advance(seconds: number): Promise<void>;
  /** Invokes a function past its schedule. */
  invoke(name: FunctionName): Promise<unknown>;
}
