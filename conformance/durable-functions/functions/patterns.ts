import {
  createClassSerdesWithDates,
  createRetryStrategy,
  createWaitStrategy,
  type DurableContext,
  InvokeError,
  JitterStrategy,
  retryPresets,
  StepError,
  StepInterruptedError,
  StepSemantics,
  withDurableExecution,
} from '@aws/durable-execution-sdk-js';
import { effect } from './effects';

class NetworkError extends Error {
  override name = 'NetworkError';
}

class ValidationError extends Error {
  override name = 'ValidationError';
}

/** Its constructor takes nothing: the class's serialisation makes an empty one and fills it. */
class User {
  id = '';
  name = '';
  createdAt = new Date(0);
  greeting(): string {
    return `${this.name}, since ${this.createdAt.getUTCFullYear()}`;
  }
}

const hourly = { initialDelay: { hours: 1 }, backoffRate: 1, jitter: JitterStrategy.NONE } as const;

/** Fails as often as the event says, and then not any more. */
function flaky(times: number, error: () => Error) {
  return async ({ attempt }: { attempt: number }) => {
    effect(`attempt ${attempt}`);
    if (attempt <= times) throw error();
    return `attempt ${attempt}`;
  };
}

const retries = {
  'by the exponential strategy': createRetryStrategy({ maxAttempts: 3, ...hourly }),
  'by error type': createRetryStrategy({
    maxAttempts: 3,
    ...hourly,
    retryableErrorTypes: [NetworkError],
  }),
  'by message': createRetryStrategy({ maxAttempts: 3, ...hourly, retryableErrors: [/unreachable/] }),
  'by a function': (error: Error, attempts: number) =>
    error.name === 'ValidationError' || attempts >= 3
      ? { shouldRetry: false as const }
      : { shouldRetry: true as const, delay: { hours: 2 ** attempts } },
  'by the default': retryPresets.default,
  'by the linear preset': retryPresets.linear,
  never: retryPresets.noRetry,
};

const again = (attempts: number) =>
  attempts < 3 ? { shouldRetry: true as const, delay: { seconds: 1 } } : { shouldRetry: false as const };

/** What a step does whose process died: its type of error has a constructor that `retryableErrorTypes` does not take. */
const interruptions = {
  never: retryPresets.noRetry,
  always: (_: Error, attempts: number) => again(attempts),
  'if it failed': (error: Error, attempts: number) =>
    error instanceof StepInterruptedError ? { shouldRetry: false as const } : again(attempts),
};

export interface PatternEvent {
  readonly pattern: keyof typeof patterns;
  readonly retry?: keyof typeof retries;
  readonly failures?: number;
  readonly error?: 'NetworkError' | 'ValidationError';
  readonly interruption?: keyof typeof interruptions;
  readonly semantics?: keyof typeof StepSemantics;
  readonly target?: string;
  readonly count?: number;
}

/** Each pattern of the SDK's guide to steps, and of what belongs to it. */
const patterns = {
  'named step': (_: PatternEvent, context: DurableContext) =>
    context.step('fetch-user', async () => ({ id: 'u-1', name: 'Ada' })),

  'anonymous step': (_: PatternEvent, context: DurableContext) => context.step(async () => 'processed'),

  'retried step': async (event: PatternEvent, context: DurableContext) => {
    const { retry = 'by the exponential strategy', failures = 2, error = 'NetworkError' } = event;
    const thrown = () =>
      error === 'NetworkError' ? new NetworkError('unreachable') : new ValidationError('no');
    try {
      return await context.step('call', flaky(failures, thrown), { retryStrategy: retries[retry] });
    } catch (failure) {
      if (!(failure instanceof StepError)) throw failure;
      // Of what the step threw, the name and the message come back, not the class.
      return { stepError: true, cause: failure.cause?.name, message: failure.cause?.message };
    }
  },

  'interrupted step': async (
    { semantics = 'AtLeastOncePerRetry', interruption: retry = 'never' }: PatternEvent,
    context: DurableContext,
  ) => {
    try {
      return await context.step('charge', async () => effect('charge'), {
        semantics: StepSemantics[semantics],
        retryStrategy: interruptions[retry],
      });
    } catch (failure) {
      if (!(failure instanceof StepError)) throw failure;
      return { unknown: failure.cause?.name === 'StepInterruptedError' };
    }
  },

  'class with dates': async (_: PatternEvent, context: DurableContext) => {
    const made = await context.step(
      'fetch-user',
      async () => Object.assign(new User(), { id: 'u-1', name: 'Ada', createdAt: new Date(0) }),
      { serdes: createClassSerdesWithDates(User, ['createdAt']) },
    );
    // What comes after a wait is replayed: made of what was recorded.
    await context.wait('overnight', { days: 1 });
    return { greeting: made.greeting(), isDate: made.createdAt instanceof Date };
  },

  'child context': (_: PatternEvent, context: DurableContext) =>
    context.runInChildContext('process', async (child) => {
      const data = await child.step('fetch', async () => 21);
      await child.wait('settle', { seconds: 30 });
      return child.runInChildContext('inner', (inner) => inner.step('save', async () => data * 2));
    }),

  map: async (_: PatternEvent, context: DurableContext) => {
    const doubled = await context.map('double', [1, 2, 3], async (item, number) =>
      item.step('one', async () => number * 2),
    );
    return doubled.getResults();
  },

  parallel: async (_: PatternEvent, context: DurableContext) => {
    const both = await context.parallel('both', [
      async (branch: DurableContext) => branch.step('left', async () => 'L'),
      async (branch: DurableContext) => {
        await branch.wait('a little', { minutes: 5 });
        return branch.step('right', async () => 'R');
      },
    ]);
    return both.getResults();
  },

  callback: async (_: PatternEvent, context: DurableContext) => {
    try {
      return await context.waitForCallback('approval', async (id) => effect(`asked ${id}`), {
        timeout: { hours: 2 },
        heartbeatTimeout: { hours: 1 },
      });
    } catch (failure) {
      return { message: (failure as Error).message };
    }
  },

  invoke: async ({ target }: PatternEvent, context: DurableContext) => {
    try {
      return await context.invoke('other', target!, { pattern: 'named step' });
    } catch (failure) {
      if (!(failure instanceof InvokeError)) throw failure;
      return { invokeError: failure.message };
    }
  },

  condition: (_: PatternEvent, context: DurableContext) =>
    context.waitForCondition('until three', async (seen: number) => seen + 1, {
      initialState: 0,
      waitStrategy: createWaitStrategy({
        shouldContinuePolling: (seen: number) => seen < 3,
        initialDelay: { hours: 1 },
        jitter: JitterStrategy.NONE,
      }),
    }),

  // What the guide calls wrong: a step is one operation, and there are none within it.
  'wait within a step': (_: PatternEvent, context: DurableContext) =>
    context.step('process', async () => {
      effect('process');
      await context.wait('nested', { seconds: 1 });
    }),

  'every kind of death': async (_: PatternEvent, context: DurableContext) => {
    await context.step('close', async () => effect('close'));
    const refunded = await context.runInChildContext('page', async (page) => {
      const first = await page.step('first', async () => (effect('first'), 1));
      return first + (await page.step('second', async () => (effect('second'), 1)));
    });
    await context.wait('settle', { seconds: 1 });
    await context.step('tell', async () => effect('tell'));
    return { refunded };
  },

  'many steps': async ({ count = 0 }: PatternEvent, context: DurableContext) => {
    const steps = Array.from({ length: count }, (_, n) => context.step(`step ${n}`, async () => n));
    try {
      return (await Promise.all(steps)).length;
    } catch {
      return 'caught';
    }
  },

  'large step': ({ count = 0 }: PatternEvent, context: DurableContext) =>
    context.step('large', async () => 'x'.repeat(count)),

  'large result': async ({ count = 0 }: PatternEvent) => 'x'.repeat(count),

  nothing: async () => undefined,

  throws: async (): Promise<never> => {
    throw new ValidationError('this cannot work');
  },

  poison: async (): Promise<never> => process.exit(1),
};

export const handler = withDurableExecution(
  async (event: PatternEvent, context: DurableContext): Promise<unknown> =>
    patterns[event.pattern](event, context),
);
