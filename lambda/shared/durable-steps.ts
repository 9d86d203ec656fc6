import { createRetryStrategy, JitterStrategy, StepSemantics } from '@aws/durable-execution-sdk-js';
import { OwnError } from './own-error';

/** Steps, waits and contexts of one execution. Lambda fails it at 3,000, with nothing to catch; the next execution goes on before that. */
export const OPERATIONS = 2_500;

/** Another execution has the work, or all is done: this one has nothing to do any more. */
export class Superseded extends OwnError {
  override readonly name = 'Superseded';
}
export const SUPERSEDED: Superseded['name'] = 'Superseded';

/**
 * Errors by their class: those of the network, of throttling and of services come to an end by themselves; what our own code
 * says of its items, its input or its settings does not, and only a deployment mends it. It never throws, because an execution
 * whose strategy throws is never taken up again.
 */
const PERMANENT = new Set(['ItemNotReadable', 'NotConfigured', 'ValidationFailed', 'TypeError', SUPERSEDED]);
const passing = createRetryStrategy({
  maxAttempts: 8,
  initialDelay: { seconds: 2 },
  maxDelay: { minutes: 5 },
  backoffRate: 2,
  jitter: JitterStrategy.FULL,
});
export function retryByClass(thrown: unknown, attempt: number) {
  // Anything can be thrown, and the SDK's own strategies read the message of what was.
  const error = thrown instanceof Error ? thrown : new Error('Something that is no error was thrown');
  return PERMANENT.has(error.name) ? { shouldRetry: false } : passing(error, attempt);
}

/**
 * Every step may run again after it has had its effect: a sandbox dies before its result is stored. So all go by the records: what
 * protects money is the claim on each purchase and Stripe's idempotency keys, and what protects buyers from a second message is the
 * log of deliveries; not the semantics of a step.
 */
export const AT_LEAST_ONCE = {
  retryStrategy: retryByClass,
  semantics: StepSemantics.AtLeastOncePerRetry,
};

/** A message to people, which is better lost than sent twice: nothing depends on it. */
export const AT_MOST_ONCE = {
  retryStrategy: () => ({ shouldRetry: false }),
  semantics: StepSemantics.AtMostOncePerRetry,
};
