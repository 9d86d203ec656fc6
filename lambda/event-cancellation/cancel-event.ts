import { type DurableContext, StepError, withDurableExecution } from '@aws/durable-execution-sdk-js';
import * as z from 'zod/mini';
import { RESERVING_SECONDS } from '../event/put-event';
import { LAYOUT_SECONDS } from '../event/recent-layouts';
import { type Cursor } from '../event/taken-purchases';
import { connected } from '../shared/connected';
import { AT_LEAST_ONCE, AT_MOST_ONCE, OPERATIONS, SUPERSEDED } from '../shared/durable-steps';
import { eventIdSchema } from '../shared/event-ids';
import { correlate, logger } from '../shared/logger';
import { parse } from '../shared/validation';
import { connectCancelEvent, type CancelEventWork } from './connect-cancel-event';
import { type Page } from './event-sales';

const inputSchema = z.object({ eventId: eventIdSchema, attempt: z.int().check(z.minimum(1)) });
export type CancelEventInput = z.output<typeof inputSchema>;

/** Until then every seat that a sandbox still sold by an older layout is held. */
const CLOSED_WITHIN = { seconds: LAYOUT_SECONDS + RESERVING_SECONDS };

/** Rounds after which what is left is left to people: with their pauses they take more than an hour, a hold takes ten minutes. */
const ROUNDS = 20;

/** How long to wait for money when Stripe's balance is empty. */
const FUNDS_PAUSE = { minutes: 15 };

/**
 * Cancels every purchase of an event whose sale is closed, and every order of its extras, and tells their buyers: `CancelPurchase` and
 * `OrderWorkflow` do it for each, and this function goes over the seats and the orders until none is held or sold.
 *
 * ```
 * wait until the closure is in force ─▶ count ─▶ pass over seats and orders, page by page ─▶ … until none is taken
 *   ─▶ check that every cancellation is settled ─▶ … ─▶ list what could not be ─▶ finish ─▶ tell people
 * ```
 *
 * One step is one page of purchases, whose result is where the next page begins: no purchase is in the state of the execution,
 * and 200 purchases take two operations. An execution that has used its operations, or whose step has failed for good, leaves the
 * rest to the next one, which Reconcile starts, as it does for one that has died. Each begins at the first seat again, because what
 * is done has left its seats. One that is not the last begun, because it was slow to say that it lives, ends at its next step.
 *
 * A hold is waited for: the sale that it becomes is found in the next round, and one that waits for its buyer's bank cannot be
 * paid for any more.
 */
export async function cancelEvent(
  input: unknown,
  context: DurableContext,
  work: CancelEventWork,
): Promise<{ status: 'DONE' | 'CONTINUED' | 'SUPERSEDED'; purchases?: number; failed?: number }> {
  const { eventId, attempt } = parse(inputSchema, input);
  let operations = 0;

  try {
    await wait('closure-in-force', CLOSED_WITHIN);
    const purchases = await step('count-purchases', () => work.sales.count(eventId));
    await untilNothingIsLeft('pass', async (round) => {
      const seats = await passOver(`pass-${round}`, (from?: Cursor) => work.cancelPage(eventId, from));
      return seats + (await passOver(`orders-${round}`, () => work.cancelOrders(eventId)));
    });
    await untilNothingIsLeft('settlement', (round) =>
      step(`settlement-${round}`, () => sumOf((each) => each.countUnsettled(eventId))),
    );
    const failed = await step('list-failures', () => sumOf((each) => each.listFailures(eventId)));
    if (failed > 0) await step('escalate', () => work.escalate(eventId, failed));
    await context.step('finish', () => work.finish(eventId), AT_LEAST_ONCE);
    await tellPeople(purchases, failed);
    return { status: 'DONE', purchases, failed };
  } catch (error) {
    if (error instanceof OperationsUsedUp) {
      await context.step('hand-over', () => work.handOver(eventId, attempt), AT_LEAST_ONCE);
      return { status: 'CONTINUED' };
    }
    if (!(error instanceof StepError)) throw error;
    if (error.cause?.name === SUPERSEDED) return { status: 'SUPERSEDED' };
    logger.error('A step of the cancellation of an event has failed', {
      eventId,
      errorName: error.cause?.name,
    });
    await context.step('give-up', () => work.giveUp(eventId, attempt), AT_LEAST_ONCE);
    return { status: 'CONTINUED' };
  }

  /** @returns how many still had a seat, or a reservation, or whose cancellation has only been started */
  async function passOver<From>(
    pass: string,
    cancelPage: (from?: From) => Promise<Page<From>>,
  ): Promise<number> {
    let left = 0;
    let from: From | undefined;
    for (let page = 1, isLast = false; !isLast; page++) {
      const name = `${pass}-page-${page}`;
      const begin = from;
      const done = await step(name, () => cancelPage(begin));
      if (done.balanceIsEmpty) await wait(`${name}-funds`, FUNDS_PAUSE);
      // Suspends the sandbox, so that no page is cut off by its time-out.
      else if (done.next) await wait(`${name}-pause`, { seconds: 1 });
      left += done.started + done.busy;
      from = done.next;
      isLast = !done.balanceIsEmpty && from === undefined;
    }
    return left;
  }

  async function sumOf(
    count: (each: CancelEventWork['sales'] | CancelEventWork['orders']) => Promise<number>,
  ): Promise<number> {
    return (await count(work.sales)) + (await count(work.orders));
  }

  async function untilNothingIsLeft(what: string, countLeft: (round: number) => Promise<number>) {
    for (let round = 1; round <= ROUNDS; round++) {
      if ((await countLeft(round)) === 0) return;
      await wait(`after-${what}-${round}`, { seconds: Math.min(300, 10 * 2 ** (round - 1)) });
    }
  }

  async function tellPeople(purchases: number, failed: number): Promise<void> {
    try {
      await context.step('tell-people', () => work.tellPeople(eventId, { purchases, failed }), AT_MOST_ONCE);
    } catch (error) {
      if (!(error instanceof StepError)) throw error;
      // `StepInterruptedError`: the sandbox died on the way, so nobody knows whether it was sent.
      logger.warn('People may not have been told', { eventId, errorName: error.cause?.name });
    }
  }

  function step<Result>(name: string, run: () => Promise<Result>): Promise<Result> {
    use();
    const runIfAlive = async () => {
      await work.keepAlive(eventId, attempt);
      return run();
    };
    return context.step(name, runIfAlive, AT_LEAST_ONCE);
  }

  function wait(name: string, duration: { seconds: number } | { minutes: number }): Promise<void> {
    use();
    return context.wait(name, duration);
  }

  function use(): void {
    if (++operations > OPERATIONS) throw new OperationsUsedUp();
  }
}

class OperationsUsedUp extends Error {
  override readonly name = 'OperationsUsedUp';
}

const work = connected(connectCancelEvent);

/** A durable function: Lambda keeps what each step answered, and runs this again from its beginning after each wait. */
export const handler = withDurableExecution(async (input: CancelEventInput, context: DurableContext) => {
  correlate(context.lambdaContext, { step: 'CancelEvent' });
  return cancelEvent(input, context, work());
});
