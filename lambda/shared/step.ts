import type { Context } from 'aws-lambda';
import type * as z from 'zod/mini';
import { connected } from './connected';
import { type CorrelationIds, correlate, logger, referenceIn } from './logger';
import { measure } from './measure';
import { OwnError } from './own-error';
import { isProblemName, Problem, PROBLEMS } from './problem';
import { checked, parse } from './validation';
import {
  functionNameOf,
  type Outcomes,
  type RefusalName,
  type RefusalOf,
  refusalsOf,
  type TaskName,
} from './outcomes';

/** A refusal, by its name. Steps return it; thrown on, the state machine's catches match the name. */
export type Refusal<Name extends string> = OwnError & { readonly name: Name };

export interface Step<Name extends string, Input extends Schema, Output extends Schema, Dependencies> {
  readonly input: Input;
  readonly output: Output;
  /** Makes the clients; called once a container. */
  readonly connect: () => Dependencies;
  readonly run: (
    input: z.output<Input>,
    dependencies: Dependencies,
  ) => Promise<z.output<Output> | Refusal<Name>>;
}

type Schema = z.ZodMiniType;

/** The function of a step. What it takes and answers is for the state machine's definition, which the compiler checks by it. */
export interface StepHandler<Name extends string, Input, Output> {
  (event: unknown, context: Context): Promise<Output>;
  readonly contract?: { readonly name: Name; readonly input: Input; readonly output: Output };
}

/**
 * The kernel every step shares: parse the input, run, check the result, log with the correlation ids.
 *
 * A step returns its refusals, and only those of its row in the workflow's table: another one does not compile. Anything
 * that is thrown is a fault, unless the row has its name. The state machine gets both as errors, and its retries and
 * catches decide (decision 0011). Success is silent: the log is paid by the byte, and the step that decides a purchase's
 * outcome writes a line of metrics.
 *
 * @param name of the state, as in the table, the logs and the tests
 */
export function step<
  W extends Outcomes,
  const Name extends TaskName<W>,
  Input extends Schema,
  Output extends Schema,
  Dependencies,
>(
  workflow: W,
  name: Name,
  { input, output, connect, run }: Step<RefusalOf<W, Name>, Input, Output, Dependencies>,
): StepHandler<Name, z.input<Input>, z.output<Output>> {
  const refusals = refusalsOf(workflow, name);
  const called = functionNameOf(workflow, name);
  const dependencies = connected(connect);
  return async (event, context) => {
    correlate(context, { step: called }, correlation(event));
    try {
      const result = await run(parse(input, event), dependencies());
      if (result instanceof OwnError) throw result;
      return checked(output, result);
    } catch (error) {
      const errorName = error instanceof Error ? error.name : 'Error';
      // A refusal is business as usual; anything else is a fault somebody may have to look at.
      if (isUsual(refusals, errorName)) logger.info(`${called} refused`, { errorName });
      else {
        const facts = error instanceof OwnError ? error.facts : undefined;
        logger.error(`${called} failed`, { errorName, ...facts, ...stackOf(error) });
        measure({ StepFaults: 1 }, { step: called });
      }
      throw new StepFailure(errorName, error instanceof OwnError ? messageOf(error) : `${called} failed`);
    }
  };
}

/** A 5xx is a fault of ours, though the client is told its name. */
function isUsual(refusals: readonly RefusalName[], name: string): boolean {
  return refusals.some((each) => each === name) && !(isProblemName(name) && PROBLEMS[name].status >= 500);
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

/** Ids that AWS made, beside the reference of the purchase, or of the order. */
const CORRELATION_KEYS = ['executionId', 'requestId', 'recoveryId'] as const;

function correlation(event: unknown): CorrelationIds {
  const { purchaseId, orderId, ...fields } = (event ?? {}) as Record<string, unknown>;
  const ids = CORRELATION_KEYS.flatMap((key) => {
    const value = fields[key];
    return typeof value === 'string' && value.length <= 512 ? [[key, value]] : [];
  });
  return { ...referenceIn(purchaseId ?? orderId), ...(Object.fromEntries(ids) as CorrelationIds) };
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
