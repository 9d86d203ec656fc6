import fc from 'fast-check';
import { type FunctionName } from '../../lib/functions';
import { LAMBDA } from '../../local/lambda/plugin';
import { EFFECTS } from '../effects/effects';
import { type Fault } from '../fault';
import { functionName } from '../fault-run';
import { type Harness, startHarness } from '../harness';
import { KINDS_OF_WORK } from '../work/kinds-of-work';
import { type Drawn, type Made, type MadeOrder, type World } from '../work/operation';
import { WORLD_OPERATIONS } from './world-operations';

/** Seconds an Express execution lives at most: the clock never moves further while one is under way. */
const EXECUTION_LIMIT = 300;

const effectFault = fc.record({
  effect: fc.constantFrom(...EFFECTS),
  mode: fc.constantFrom(
    ...(['cut', 'error', 'answer-lost', 'late', 'duplicate', 'slow', 'conflict', 'throttled'] as const),
    ...(['kill-before', 'kill-after', 'abort-before', 'abort-after'] as const),
  ),
  times: fc.integer({ min: 1, max: 4 }),
});

const kill = fc.oneof(
  ...KINDS_OF_WORK.flatMap(({ role, paths = [] }) => {
    const states = [...new Set(paths.flatMap(({ states: each }) => each))];
    return states.length > 0
      ? [fc.record({ killBefore: fc.constantFrom(...states), role: fc.constant(role) })]
      : [];
  }),
);

const anyFaults: fc.Arbitrary<readonly Fault[]> = fc.oneof(
  { weight: 5, arbitrary: fc.constant([]) },
  { weight: 2, arbitrary: fc.tuple(kill) },
  { weight: 2, arbitrary: fc.array(effectFault, { minLength: 1, maxLength: 2 }) },
);

const operations = fc.oneof(
  ...KINDS_OF_WORK.flatMap(({ operations: of }) => of?.(anyFaults) ?? []),
  ...WORLD_OPERATIONS,
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
  readonly failure?: { readonly schedule: readonly Drawn[]; readonly violations: string };
}

/**
 * Runs random schedules, each in a local run of its own, and shrinks one that breaks an invariant. The same seed makes
 * the same schedules; how what they start interleaves is the machine's.
 */
export async function chaos(options: ChaosOptions): Promise<ChaosResult> {
  const { runs, operations: length, seed, shrink = true, progress } = options;
  const schedule = fc.array(operations, { minLength: 1, maxLength: length, size: 'max' });
  const whole = fc.array(operations, { minLength: length, maxLength: length, size: 'max' });
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
  schedule: readonly Drawn[],
  { assemblyDirectory, mutateAssembly }: Pick<ChaosOptions, 'assemblyDirectory' | 'mutateAssembly'>,
): Promise<Played> {
  const harness = await startHarness({
    assemblyDirectory,
    workersPerFunction: 2,
    warm: false,
    stripeTells: true,
    mutateAssembly,
  });
  try {
    const player = new Player(harness, assemblyDirectory);
    for (const each of schedule) await each.perform(player);
    await player.end();
    await harness.settle();
    const deadLetters = await harness.redrive();
    return { violations: [...player.violations, ...(await harness.violations())], deadLetters };
  } finally {
    await harness.close();
  }
}

/** The world of one schedule. */
class Player implements World {
  readonly made: Made[] = [];
  readonly orders: MadeOrder[] = [];
  eventOfOrders: string | undefined;
  readonly violations: string[] = [];
  readonly client: World['client'];
  readonly run: World['run'];
  private readonly pending = new Set<Promise<unknown>>();
  /** Of what was started: an answer that never came, for one. */
  private readonly errors: unknown[] = [];
  /** Seconds the clock has moved while something was under way. */
  private moved = 0;

  constructor(
    readonly shop: Harness,
    private readonly assemblyDirectory: string,
  ) {
    this.client = shop.client;
    this.run = shop.run;
  }

  violated(sentence: string): void {
    this.violations.push(sentence);
  }

  start(work: Promise<unknown>): void {
    // Kept until somebody waits: a rejection that nobody has looked at yet would end the program.
    const done: Promise<unknown> = work
      .catch((error: unknown) => this.errors.push(error))
      .finally(() => this.pending.delete(done));
    this.pending.add(done);
  }

  async wait(): Promise<void> {
    await Promise.all(this.pending);
    if (this.errors.length > 0) throw this.errors[0];
    this.moved = 0;
  }

  async advance(seconds: number): Promise<void> {
    this.moved += seconds;
    if (this.moved >= EXECUTION_LIMIT) await this.wait();
    this.run.clock.advance(seconds);
  }

  invoke(name: FunctionName): Promise<unknown> {
    return this.run.cloud.get(LAMBDA).invoke(functionName(this.assemblyDirectory, name), {});
  }

  /** Ends the faults and waits for what is under way. */
  async end(): Promise<void> {
    await this.wait();
    await this.client.healFaults();
    this.run.stripe.events.setMode({});
  }
}
