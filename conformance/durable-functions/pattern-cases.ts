import { type PatternEvent } from './functions/patterns';
import { type CallbackAnswer } from './played';

/** One execution of a pattern, and what it comes to. */
export interface PatternCase {
  readonly name: string;
  /** `target` is a function by its id in the templates, with or without a version. */
  readonly event: PatternEvent;
  /** Where the process of the function dies, once for each mention: `after charge`. */
  readonly deaths?: readonly string[];
  /** What whoever is asked by its callback says. */
  readonly answer?: CallbackAnswer;
  readonly end: { readonly result: unknown } | { readonly errorType?: string; readonly errorMessage: string };
  /** How often each effect is done. @default not looked at */
  readonly effects?: Readonly<Record<string, number>>;
}

type Retried = readonly [
  retry: NonNullable<PatternEvent['retry']>,
  failures: number,
  result: unknown,
  attempts: number,
  error?: PatternEvent['error'],
];

const attempts = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`attempt ${n + 1}`, 1]));

const UNREACHABLE = { stepError: true, cause: 'NetworkError', message: 'unreachable' };
const INVALID = { stepError: true, cause: 'ValidationError', message: 'no' };

const RETRIED: readonly Retried[] = [
  ['by the exponential strategy', 2, 'attempt 3', 3],
  ['by the exponential strategy', 3, UNREACHABLE, 3],
  ['by error type', 2, 'attempt 3', 3],
  ['by error type', 2, INVALID, 1, 'ValidationError'],
  ['by message', 2, 'attempt 3', 3],
  ['by message', 2, INVALID, 1, 'ValidationError'],
  ['by a function', 2, 'attempt 3', 3],
  ['by a function', 2, INVALID, 1, 'ValidationError'],
  ['by the default', 5, 'attempt 6', 6],
  ['by the linear preset', 2, 'attempt 3', 3],
  ['never', 1, UNREACHABLE, 1],
];

type Interrupted = readonly [
  semantics: NonNullable<PatternEvent['semantics']>,
  interruption: NonNullable<PatternEvent['interruption']>,
  deaths: readonly string[],
  effects: number,
  result: unknown,
];

// An effect is done more than once unless nothing is ever retried; and then nobody knows whether it was done.
const INTERRUPTED: readonly Interrupted[] = [
  ['AtLeastOncePerRetry', 'never', ['before charge'], 1, null],
  ['AtLeastOncePerRetry', 'never', ['after charge'], 2, null],
  ['AtLeastOncePerRetry', 'always', Array<string>(4).fill('after charge'), 5, null],
  ['AtMostOncePerRetry', 'never', ['before charge'], 0, { unknown: true }],
  ['AtMostOncePerRetry', 'never', ['after charge'], 1, { unknown: true }],
  ['AtMostOncePerRetry', 'always', ['after charge'], 2, null],
  ['AtMostOncePerRetry', 'always', Array<string>(3).fill('after charge'), 3, { unknown: true }],
  ['AtMostOncePerRetry', 'if it failed', ['after charge'], 1, { unknown: true }],
];

const TOO_LARGE = 'payload size must be less than or equal to 1048576 bytes';

/** Every pattern of the SDK's guide to steps, and of what belongs to it. */
export const PATTERN_CASES: readonly PatternCase[] = [
  ...(
    [
      ['named step', { id: 'u-1', name: 'Ada' }],
      ['anonymous step', 'processed'],
      ['child context', 42],
      ['map', [2, 4, 6]],
      ['parallel', ['L', 'R']],
      ['class with dates', { greeting: 'Ada, since 1970', isDate: true }],
      ['condition', 3],
      ['nothing', null],
      ['every kind of death', { refunded: 2 }],
    ] as const
  ).map(([pattern, result]) => ({ name: pattern, event: { pattern }, end: { result } })),
  ...RETRIED.map(([retry, failures, result, done, error]): PatternCase => ({
    name: `step that fails ${failures} times${error ? ` with ${error}` : ''}, retried ${retry}`,
    event: { pattern: 'retried step', retry, failures, ...(error && { error }) },
    end: { result },
    effects: attempts(done),
  })),
  ...INTERRUPTED.map(([semantics, interruption, deaths, done, result]): PatternCase => ({
    name: `step ${semantics} that dies ${deaths.length > 1 ? `${deaths.length} times ` : ''}${deaths[0]}, retried ${interruption}`,
    event: { pattern: 'interrupted step', semantics, interruption },
    deaths,
    end: { result },
    effects: done === 0 ? {} : { charge: done },
  })),
  {
    name: 'callback that is answered',
    event: { pattern: 'callback' },
    answer: { Result: '"granted"' },
    end: { result: '"granted"' },
  },
  {
    name: 'callback that is refused',
    event: { pattern: 'callback' },
    answer: { Error: { ErrorType: 'Declined', ErrorMessage: 'too dear' } },
    end: { result: { message: 'too dear' } },
  },
  {
    name: 'callback that nobody answers',
    event: { pattern: 'callback' },
    end: { result: { message: 'Callback timed out on heartbeat' } },
  },
  {
    name: 'function that is invoked',
    event: { pattern: 'invoke', target: 'Plain' },
    end: { result: { plain: true, got: { pattern: 'named step' } } },
  },
  {
    name: 'durable function that is invoked',
    event: { pattern: 'invoke', target: 'Patterns:live' },
    end: { result: { id: 'u-1', name: 'Ada' } },
  },
  {
    name: 'function that is not there',
    event: { pattern: 'invoke', target: 'Nobody' },
    end: { result: { invokeError: 'Function not found: Nobody' } },
  },
  {
    name: 'durable function that is named without a version',
    event: { pattern: 'invoke', target: 'Patterns' },
    end: {
      result: { invokeError: 'You cannot invoke a durable function using an unqualified ARN.' },
    },
  },
  {
    name: 'function that throws',
    event: { pattern: 'throws' },
    end: { errorType: 'ValidationError', errorMessage: 'this cannot work' },
  },
  {
    // Uncatchably, and after the effect.
    name: 'wait within a step',
    event: { pattern: 'wait within a step' },
    end: { errorMessage: 'Context usage error in "wait"' },
    effects: { process: 1 },
  },
  {
    name: 'function whose process always dies',
    event: { pattern: 'poison' },
    deaths: ['always'],
    end: { errorType: 'Runtime.ExitError', errorMessage: '' },
  },
  { name: '3,000 steps', event: { pattern: 'many steps', count: 3_000 }, end: { result: 3_000 } },
  {
    // No catch of the function is asked.
    name: '3,001 steps',
    event: { pattern: 'many steps', count: 3_001 },
    end: { errorMessage: 'exceeds 3000 operations' },
  },
  {
    name: 'step whose result has more than a mebibyte',
    event: { pattern: 'large step', count: 2 ** 20 },
    end: { errorMessage: TOO_LARGE },
  },
  {
    name: 'result that has more than a mebibyte',
    event: { pattern: 'large result', count: 2 ** 20 },
    end: { errorMessage: TOO_LARGE },
  },
];
