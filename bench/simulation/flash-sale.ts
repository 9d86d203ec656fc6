import { Calendar } from './calendar';
import { type Ceiling, type CheckoutUse, type Quotas, type StepUse } from './quotas';
import { seeded } from './random';
import { TokenBucket } from './token-bucket';

export interface FlashSale {
  readonly quotas: Quotas;
  readonly use: CheckoutUse;
  readonly seed: number;
  readonly seats: number;
  readonly sections: number;
  /** Share of the buyers that want the first section; the others spread evenly. @default evenly too */
  readonly hotShare?: number;
  readonly buyers: number;
  /** Seconds within which they all come. */
  readonly arrivalSeconds: number;
  /** Share of the buyers whose bank asks them. @default nobody's */
  readonly askedShare?: number;
  /** Share of those who never answer: their seats are free again when the time to answer is over, and recovery has come by. @default 0 */
  readonly leftShare?: number;
  /** Buyers whom a waiting room lets in a second, in the order in which they have come. @default all at once */
  readonly admittedPerSecond?: number;
  /** How often a buyer who was turned away by a quota tries again, after one to three seconds. */
  readonly buyerRetries: number;
  /** Seconds to simulate at most. */
  readonly limitSeconds: number;
}

export interface Outcome {
  readonly seatsSold: number;
  /** Until the last seat was sold, or the end. */
  readonly seconds: number;
  /** Checkouts a second between the first sale and the last. */
  readonly perSecond: number;
  /** How often each quota turned somebody away or made a step wait, by its name. */
  readonly hits: Readonly<Record<Ceiling, number>>;
  /** Buyers who gave up for a quota, and those for whom there was no seat left. */
  readonly gaveUp: number;
  readonly soldOut: number;
  /** Seats held for buyers who were asked by their bank, at the most; and those that came back because nobody answered. */
  readonly seatsAwaiting: number;
  readonly seatsBack: number;
}

/** `transactWrite` tries six times, with waits of up to 50, 100, … milliseconds. */
const WRITE_ATTEMPTS = 6;
/** Of the state machine: waits before Lambda is asked again, and before Stripe is. Milliseconds, at most. */
const LAMBDA_WAITS = [1_000, 2_000];
const STRIPE_WAITS = [2_000, 4_000, 8_000];
/** Seconds in which a buyer answers the bank: an assumption. */
const ANSWERED_WITHIN = [15, 90] as const;
/** Seconds until a hold ends that nobody has answered for, and until the reconciler comes by after that, at most. */
const HELD_FOR = 300;
const RECONCILED_WITHIN = 60;

/**
 * A flash sale against quotas: a discrete-event simulation of whole checkouts.
 *
 * A checkout passes the API's throttle and the limit of executions, then step after step: it needs a sandbox, spends
 * the step's time in it, and then takes its write units from the section's partition and from the purchase table, and
 * its requests from Stripe's. What is refused is tried again as the code does it. Adaptive capacity is off: a partition
 * never gets more than its quota and saves nothing up beyond a second, which is the worst case that AWS documents.
 */
export function simulateFlashSale(sale: FlashSale): Outcome {
  const { quotas, use, sections, askedShare = 0, leftShare = 0 } = sale;
  const random = seeded(sale.seed);
  const calendar = new Calendar();
  const api = new TokenBucket(quotas.apiRate, quotas.apiBurst);
  const stripe = new TokenBucket(quotas.stripeRate, quotas.stripeRate);
  const purchases = new TokenBucket(quotas.tableWriteUnits, quotas.tableWriteUnits);
  const partitions = Array.from(
    { length: sections },
    () => new TokenBucket(quotas.partitionWriteUnits, quotas.partitionWriteUnits),
  );
  const free = Array.from({ length: sections }, () => Math.floor(sale.seats / sections));
  const hits: Record<Ceiling, number> = {
    ...{ 'API throttle': 0, 'Express concurrency': 0, 'Lambda concurrency': 0 },
    ...{ 'Section partitions': 0, 'Purchase table': 0, 'Stripe rate': 0 },
  };
  const running = new Map<string, number>();
  let executions = 0;
  let sandboxes = 0;
  let seatsSold = 0;
  let firstSaleAt = 0;
  let lastSaleAt = 0;
  let gaveUp = 0;
  let soldOut = 0;
  let awaiting = 0;
  let seatsAwaiting = 0;
  let seatsBack = 0;

  const arrivals = Array.from({ length: sale.buyers }, () => {
    const section = chooseSection();
    return { section, at: random() * sale.arrivalSeconds };
  });
  for (const { section, at } of admitted(arrivals)) {
    calendar.after(at * 1000, () => arrive(section, sale.buyerRetries));
  }
  calendar.run(sale.limitSeconds * 1000);
  const seconds = (lastSaleAt - firstSaleAt) / 1000;
  return {
    ...{ seatsSold, hits, gaveUp, soldOut, seatsAwaiting, seatsBack },
    seconds: lastSaleAt / 1000,
    perSecond: seconds > 0 ? seatsSold / use.seats / seconds : 0,
  };

  function chooseSection(): number {
    if (sale.hotShare !== undefined && random() < sale.hotShare) return 0;
    return Math.floor(random() * sections);
  }

  /** Who waits in front is let in one after the other, so nobody gets in before those who were there first. */
  function admitted<Arrival extends { readonly at: number }>(all: readonly Arrival[]): readonly Arrival[] {
    const { admittedPerSecond } = sale;
    if (admittedPerSecond === undefined) return all;
    let next = 0;
    return [...all]
      .sort((one, other) => one.at - other.at)
      .map((arrival) => {
        const at = Math.max(arrival.at, next);
        next = at + 1 / admittedPerSecond;
        return { ...arrival, at };
      });
  }

  function arrive(section: number, triesLeft: number): void {
    const turnAway = (): void => {
      if (triesLeft === 0) gaveUp++;
      else calendar.after(1_000 + random() * 2_000, () => arrive(section, triesLeft - 1));
    };
    const isAsked = random() < askedShare;
    let holds = false;
    request(
      isAsked ? use.asking : use.steps,
      (step) => {
        if (step > 0) return true;
        holds = free[section]! >= use.seats;
        if (holds) free[section]! -= use.seats;
        else soldOut++;
        return holds;
      },
      { done: isAsked ? awaitBank : sold, failed: () => release(turnAway), refused: turnAway },
    );

    /** The execution has ended, and the seats stay held. */
    function awaitBank(): void {
      awaiting += use.seats;
      seatsAwaiting = Math.max(seatsAwaiting, awaiting);
      const [soonest, latest] = ANSWERED_WITHIN;
      if (random() < leftShare) {
        const seconds = HELD_FOR + random() * RECONCILED_WITHIN;
        return calendar.after(seconds * 1000, () => {
          awaiting -= use.seats;
          release(() => (seatsBack += use.seats));
        });
      }
      calendar.after((soonest + random() * (latest - soonest)) * 1000, answer);
    }

    /** The page asks again until it is let in. */
    function answer(): void {
      const again = (): void => calendar.after(1_000 + random() * 2_000, answer);
      request(use.answered, () => true, {
        done() {
          awaiting -= use.seats;
          sold();
        },
        // The payment is authorised and the hold stands: recovery would go on with it, and so does the buyer.
        ...{ failed: again, refused: again },
      });
    }

    function release(then: () => void): void {
      if (holds) free[section]! += use.seats;
      then();
    }

    function sold(): void {
      seatsSold += use.seats;
      firstSaleAt ||= calendar.now;
      lastSaleAt = calendar.now;
    }

    /** A request to the API, and the execution that it starts. */
    function request(
      steps: readonly StepUse[],
      goesOn: (doneStep: number) => boolean,
      then: { done: () => void; failed: () => void; refused: () => void },
    ): void {
      if (!api.take(1, calendar.now)) return hit('API throttle', then.refused);
      if (executions >= quotas.expressConcurrency) return hit('Express concurrency', then.refused);
      executions++;
      const end = (after: () => void): void => {
        executions--;
        after();
      };
      enter(0);

      function enter(index: number): void {
        const next = steps[index];
        if (!next) return end(then.done);
        run(next, section, {
          failed: () => end(then.failed),
          done: () => (goesOn(index) ? enter(index + 1) : end(() => undefined)),
        });
      }
    }
  }

  function run(
    step: StepUse,
    section: number,
    then: { done: () => void; failed: () => void },
    asked = 0,
    paid = 0,
  ): void {
    const mine = running.get(step.name) ?? 0;
    const mayHave = quotas.lambdaScaling * (1 + Math.floor(calendar.now / 10_000));
    if (mine >= mayHave || sandboxes >= quotas.lambdaConcurrency) {
      const wait = LAMBDA_WAITS[asked];
      return hit('Lambda concurrency', () =>
        wait === undefined
          ? then.failed()
          : calendar.after(random() * wait, () => run(step, section, then, asked + 1, paid)),
      );
    }
    occupy(step.name, 1);
    calendar.after(step.ms, () => {
      if (step.stripeRequests === 0 || stripe.take(step.stripeRequests, calendar.now)) return write(1);
      occupy(step.name, -1);
      const wait = STRIPE_WAITS[paid];
      hit('Stripe rate', () =>
        wait === undefined
          ? then.failed()
          : calendar.after(random() * wait, () => run(step, section, then, asked, paid + 1)),
      );
    });

    /** The function keeps its sandbox while it tries again. */
    function write(attempt: number): void {
      const refused = refusedWrite(step, section);
      if (!refused) {
        occupy(step.name, -1);
        return then.done();
      }
      hit(refused, () => {
        if (attempt < WRITE_ATTEMPTS)
          return calendar.after(random() * 25 * 2 ** attempt, () => write(attempt + 1));
        occupy(step.name, -1);
        then.failed();
      });
    }
  }

  function refusedWrite(step: StepUse, section: number): Ceiling | undefined {
    if (!partitions[section]!.take(step.sectionUnits, calendar.now)) return 'Section partitions';
    return purchases.take(step.purchaseUnits, calendar.now) ? undefined : 'Purchase table';
  }

  function occupy(name: string, change: 1 | -1): void {
    running.set(name, (running.get(name) ?? 0) + change);
    sandboxes += change;
  }

  function hit(quota: Ceiling, then: () => void): void {
    hits[quota]++;
    then();
  }
}
