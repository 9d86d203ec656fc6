import type { Context } from 'aws-lambda';
import type * as z from 'zod/mini';
import { type CorrelationIds, correlate, logger, referenceIn } from './logger';
import { measure } from './measure';
import { OwnError } from './own-error';
import { isRefusal, Problem } from './problem';
import { isSteering } from './saga-errors';
import { parse } from './validation';

export interface Step<Input extends z.ZodMiniType, Dependencies, Output> {
  /** The state's name, as in the saga, the logs and the tests. */
  readonly name: string;
  readonly input: Input;
  /** Makes the clients; called once a container, so that tests can import the step without an environment. */
  readonly connect: () => Dependencies;
  readonly run: (input: z.output<Input>, dependencies: Dependencies) => Promise<Output>;
}

/**
 * The kernel every step shares: parse, run, log with the correlation ids. It never turns an error into a result: a
 * step throws, and the state machine's retries and catches decide. Success is silent: the log is paid by the byte, and
 * the step that decides a purchase's outcome writes a line of metrics.
 */
export function step<Input extends z.ZodMiniType, Dependencies, Output>({
  name,
  input,
  connect,
  run,
}: Step<Input, Dependencies, Output>) {
  let dependencies: Dependencies | undefined;
  return async (event: unknown, context: Context): Promise<Output> => {
    correlate(context, { step: name }, correlation(event));
    try {
      return await run(parse(input, event), (dependencies ??= connect()));
    } catch (error) {
      const errorName = error instanceof Error ? error.name : 'Error';
      // A refusal is business as usual; anything else is a fault somebody may have to look at.
      if (isRefusal(errorName) || isSteering(errorName)) logger.info(`${name} refused`, { errorName });
      else {
        const facts = error instanceof OwnError ? error.facts : undefined;
        logger.error(`${name} failed`, { errorName, ...facts, ...stackOf(error) });
        measure({ StepFaults: 1 }, { step: name });
      }
      throw new StepFailure(errorName, error instanceof OwnError ? messageOf(error) : `${name} failed`);
    }
  };
}

/**
 * What a step throws on: the name that the state machine matches, and words of ours.
 *
 * The runtime logs whatever leaves a handler as a whole, with its message, stack and properties, refusals too. An SDK's
 * error would bring the buyer along: DynamoDB's has the item that was found, Stripe's the payment method.
 */
class StepFailure extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message);
    // Where it was thrown is in the step's own line. It must stay a text: the runtime splits it into lines.
    this.stack = `${name}: ${message}`;
  }
}

/** Of an error, the state machine passes on the message alone: what a problem says beside its words goes with them. */
function messageOf(error: OwnError): string {
  if (!(error instanceof Problem) || !error.members) return error.message;
  return JSON.stringify({ detail: error.message, ...error.members });
}

/** Ids that AWS made, beside the purchase's reference. */
const CORRELATION_KEYS = ['executionId', 'requestId', 'recoveryId'] as const;

function correlation(event: unknown): CorrelationIds {
  const { purchaseId, ...fields } = (event ?? {}) as Record<string, unknown>;
  const ids = CORRELATION_KEYS.flatMap((key) => {
    const value = fields[key];
    return typeof value === 'string' && value.length <= 512 ? [[key, value]] : [];
  });
  return { ...referenceIn(purchaseId), ...(Object.fromEntries(ids) as CorrelationIds) };
}

/** Where it was thrown, without the message: an SDK's message may quote what the buyer sent. */
function stackOf(error: unknown): { stack?: string } {
  if (!(error instanceof Error) || !error.stack) return {};
  return {
    stack: error.stack
      .split('\n')
      .filter((line) => line.startsWith('    at '))
      .join('\n'),
  };
}
