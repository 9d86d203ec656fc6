import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { seatsOf } from '../lambda/event/event-layout';
import { signedFetch } from '../local/http/signed-fetch';
import { LAMBDA } from '../local/lambda/plugin';
import { type FaultMode as StateFaultMode } from '../local/step-functions/faults';
import demoEvent from '../web/demo-event.json';
import { type Answer, type Order } from '../harness/eventpro-client';
import { EFFECTS } from './effect';
import { functionName } from './fault-run';
import { type Fault, type Harness, startHarness } from './harness';

const CARDS = [
  'pm_card_visa',
  'pm_card_mastercard',
  'pm_card_chargeDeclined',
  'pm_card_authenticationRequired',
];
const STEPS = [
  ...['ReserveSeat', 'ProcessPayment', 'GenerateTicket', 'SendConfirmation'],
  ...['RefundPayment', 'ReleaseSeat'],
];

/** Seats that everybody wants at a time. */
const WINDOW = 6;
const ALL_SEATS = seatsOf(demoEvent).map(({ seatId }) => seatId);

/** Seconds an Express execution lives at most: the clock never moves further while one is under way. */
const EXECUTION_LIMIT = 300;

interface Buy {
  readonly do: 'buy';
  /** Positions in the window of wanted seats. */
  readonly seats: readonly number[];
  readonly card: string;
  readonly buyer: number;
  readonly faults: readonly Fault[];
}

/** One operation of a schedule. They are started one after the other; purchases are not waited for. */
export type Operation =
  | Buy
  /** The request of an earlier purchase once more. */
  | { readonly do: 'repeat'; readonly purchase: number; readonly body: 'same' | 'other' }
  | { readonly do: 'break'; readonly state: string; readonly mode: StateFaultMode; readonly times: number }
  | { readonly do: 'heal' }
  | { readonly do: 'advance'; readonly seconds: number }
  /** Two reconcilers at once, beside the one of the schedule. */
  | { readonly do: 'reconcile' }
  | { readonly do: 'replace event'; readonly venue: number }
  | { readonly do: 'wait' };

const effectFault = fc.record({
  effect: fc.constantFrom(...EFFECTS),
  mode: fc.constantFrom(
    ...(['cut', 'error', 'answer-lost', 'late', 'duplicate', 'slow', 'conflict', 'throttled'] as const),
    ...(['kill-before', 'kill-after', 'abort-before', 'abort-after'] as const),
  ),
  times: fc.integer({ min: 1, max: 4 }),
});
const kill = fc.oneof(
  fc.record({ killBefore: fc.constantFrom(...STEPS, 'PurchaseConfirmed', 'WhatFailed') }),
  fc.record({
    killBefore: fc.constantFrom('RefundPayment', 'ReleaseSeat', 'IsSettled', 'SendConfirmation'),
    role: fc.constant('recovery'),
  }),
);

const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('buy' as const),
      seats: fc.uniqueArray(fc.nat({ max: WINDOW - 1 }), { minLength: 1, maxLength: 3 }),
      card: fc.oneof({ weight: 3, arbitrary: fc.constant(CARDS[0]!) }, fc.constantFrom(...CARDS)),
      buyer: fc.nat({ max: 9 }),
      faults: fc.oneof(
        { weight: 5, arbitrary: fc.constant([]) },
        { weight: 2, arbitrary: fc.tuple(kill) },
        { weight: 2, arbitrary: fc.array(effectFault, { minLength: 1, maxLength: 2 }) },
      ),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('repeat' as const),
      purchase: fc.nat({ max: 9 }),
      body: fc.constantFrom('same' as const, 'other' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('break' as const),
      state: fc.constantFrom(...STEPS),
      mode: fc.constantFrom('fail-before' as const, 'fail-after' as const, 'timeout' as const),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'heal' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('advance' as const),
      seconds: fc.oneof(fc.integer({ min: 1, max: 290 }), fc.constantFrom(361, 601, 900)),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'reconcile' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('replace event' as const), venue: fc.nat({ max: 3 }) }),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'wait' as const }) },
);

/** What a schedule has come to. */
interface Played {
  readonly violations: readonly string[];
  /** Messages that failed five times, so that somebody had to give them back to their channel. */
  readonly deadLetters: number;
}

export interface ChaosOptions {
  readonly runs: number;
  readonly operations: number;
  /** @default a new one, which the result tells */
  readonly seed?: number;
  /** Looks for a smaller schedule that breaks an invariant, too. @default true */
  readonly shrink?: boolean;
  /** Called after each schedule. */
  readonly progress?: (done: Played & { readonly operations: number }) => void;
  readonly assemblyDirectory: string;
  /** Changes a copy of the assembly before it is run. */
  readonly mutateAssembly?: (directory: string) => Promise<void>;
}

export interface ChaosResult {
  readonly seed: number;
  /** The smallest schedule found that breaks an invariant, and what it breaks; none when all hold. */
  readonly failure?: { readonly schedule: readonly Operation[]; readonly violations: string };
}

/**
 * Runs random schedules, each in a local run of its own, and shrinks one that breaks an invariant. The same seed makes
 * the same schedules; how what they start interleaves is the machine's.
 */
export async function chaos(options: ChaosOptions): Promise<ChaosResult> {
  const { runs, operations, seed, shrink = true, progress } = options;
  const schedule = fc.array(operation, { minLength: 1, maxLength: operations, size: 'max' });
  const whole = fc.array(operation, { minLength: operations, maxLength: operations, size: 'max' });
  const property = fc.asyncProperty(fc.oneof({ withCrossShrink: true }, schedule, whole), async (each) => {
    const { violations, deadLetters } = await play(each, options);
    progress?.({ operations: each.length, violations, deadLetters });
    if (violations.length > 0) throw new Error(violations.join('\n'));
  });
  const details = await fc.check(property, { numRuns: runs, seed, endOnFailure: !shrink });
  if (!details.failed) return { seed: details.seed };
  const [smallest = []] = details.counterexample ?? [];
  return { seed: details.seed, failure: { schedule: smallest, violations: String(details.errorInstance) } };
}

/** Plays one schedule, settles what it leaves as recovery does and then as people do, and looks for violations. */
async function play(
  schedule: readonly Operation[],
  { assemblyDirectory, mutateAssembly }: Pick<ChaosOptions, 'assemblyDirectory' | 'mutateAssembly'>,
): Promise<Played> {
  const harness = await startHarness({
    assemblyDirectory,
    workersPerFunction: 2,
    warm: false,
    mutateAssembly,
  });
  try {
    const player = new Player(harness, functionName(assemblyDirectory, 'Reconcile'));
    for (const each of schedule) await player.perform(each);
    await player.end();
    await harness.settle();
    const deadLetters = await harness.redrive();
    return { violations: [...player.violations, ...(await harness.violations())], deadLetters };
  } finally {
    await harness.close();
  }
}

interface Made {
  readonly key: string;
  readonly order: Omit<Order, 'key'>;
  answer?: Answer;
}

/** Performs the operations of one schedule. */
class Player {
  readonly violations: string[] = [];
  private readonly made: Made[] = [];
  private readonly pending = new Set<Promise<unknown>>();
  /** Seconds the clock has moved while something was under way. */
  private moved = 0;

  constructor(
    private readonly harness: Harness,
    private readonly reconciler: string,
  ) {}

  async perform(operation: Operation): Promise<void> {
    const { client, run } = this.harness;
    switch (operation.do) {
      case 'buy':
        return this.buy(operation);
      case 'repeat':
        return this.repeat(operation.purchase, operation.body);
      case 'break': {
        const { state, mode, times } = operation;
        return void (await client.setFault(state, { mode, times }));
      }
      case 'heal':
        return void (await client.healFaults());
      case 'advance':
        this.moved += operation.seconds;
        if (this.moved >= EXECUTION_LIMIT) await this.wait();
        return run.clock.advance(operation.seconds);
      case 'reconcile': {
        const reconcile = () => run.cloud.get(LAMBDA).invoke(this.reconciler, {});
        return this.start(Promise.all([reconcile(), reconcile()]));
      }
      case 'replace event':
        return this.start(this.replaceEvent(operation.venue));
      case 'wait':
        return this.wait();
    }
  }

  /** Ends the faults and waits for what is under way. */
  async end(): Promise<void> {
    await this.wait();
    await this.harness.client.healFaults();
  }

  private buy({ seats, card, buyer, faults }: Buy): void {
    // The window moves on, or all its seats would soon be sold.
    const from = Math.floor(this.made.length / 2) % (ALL_SEATS.length - WINDOW);
    const made: Made = {
      key: randomUUID(),
      order: {
        seats: seats.map((position) => ALL_SEATS[from + position]!),
        paymentMethod: card,
        buyer: { name: `Buyer ${buyer}`, email: `buyer${buyer}@example.com` },
      },
    };
    this.made.push(made);
    this.start(
      this.harness.buy({ key: made.key, ...made.order, faults }).then((answer) => (made.answer = answer)),
    );
  }

  /** A repeat with the same body may come at any time. Another body is refused for sure where the key has been used. */
  private repeat(purchase: number, body: 'same' | 'other'): void {
    const made = this.made.at(-1 - purchase);
    if (!made) return;
    const { client } = this.harness;
    if (body === 'same') return this.start(client.buy({ key: made.key, ...made.order }));
    if (!made.answer || made.answer.status === 504) return;
    const other = { ...made.order, seats: [ALL_SEATS.at(-1)!] };
    this.start(
      client.buy({ key: made.key, ...other }).then(({ status }) => {
        // A fault in the reservation of the repeat says nothing of the key.
        if (status === 201) this.violations.push(`the key ${made.key} was sold a second body`);
      }),
    );
  }

  private async replaceEvent(venue: number): Promise<void> {
    const event = { ...demoEvent, venue: `Hall ${venue}` };
    await signedFetch(`${this.harness.run.url}/api/events/demo`, {
      method: 'PUT',
      body: JSON.stringify(event),
    });
  }

  private start(work: Promise<unknown>): void {
    this.pending.add(work);
    void work.finally(() => this.pending.delete(work));
  }

  private async wait(): Promise<void> {
    await Promise.all(this.pending);
    this.moved = 0;
  }
}
