import { type DurableContext, StepError, withDurableExecution } from '@aws/durable-execution-sdk-js';
import * as z from 'zod/mini';
import { RESERVING_SECONDS } from '../event/put-event';
import { LAYOUT_SECONDS } from '../event/recent-layouts';
import { connected } from '../shared/connected';
import { AT_LEAST_ONCE, OPERATIONS, SUPERSEDED } from '../shared/durable-steps';
import { eventIdSchema } from '../shared/event-ids';
import { correlate, logger } from '../shared/logger';
import { parse } from '../shared/validation';
import { type AnnounceChangeWork, connectAnnounceChange } from './connect-announce-change';

const count = z.int().check(z.minimum(1));
const inputSchema = z.object({
  ...{ eventId: eventIdSchema, revision: count, attempt: count },
  overtakes: z.boolean(),
});
export type AnnounceChangeInput = z.output<typeof inputSchema>;

/** Until then whoever still buys by an older layout has a seat. */
const IN_FORCE_WITHIN = { seconds: LAYOUT_SECONDS + RESERVING_SECONDS };

/** Until then a page of the announcement that this one overtakes has ended: the function's time-out. Its tickets would be the older ones. */
export const OLDER_ENDS_WITHIN = { seconds: 120 };

/** Rounds after which nobody can buy any more who began before the change: with their pauses they take more than an hour. */
const ROUNDS = 20;

/** How a section ended, if not at its last seat. */
type Stop = 'SUPERSEDED' | 'USED_UP' | 'FAILED';

/** What became of the sections so far. */
interface Told {
  readonly told: number;
  readonly busy: number;
  readonly operations: number;
  readonly stop?: Stop;
}

/**
 * Tells the buyers of an event that it has changed, each once a revision, with a new ticket.
 *
 * ```
 * wait until the change is in force ─▶ sections ─▶ each section, page by page ─▶ … until nobody is buying who began before
 *   ─▶ finish
 * ```
 *
 * One step is one page of purchases, and a section is a child context: once it is done, its pages are neither sent along nor gone
 * through again at each invocation ("Child Context", AWS durable execution SDK documentation, read November 2026), of which
 * there is one a page. A context answers with what became of it and does not throw: an error loses its class on the way out.
 *
 * A change that comes meanwhile takes the place of this one, which ends at its next step; the next announcement waits until it has.
 */
export async function announceChange(
  input: unknown,
  context: DurableContext,
  work: AnnounceChangeWork,
): Promise<{ status: 'DONE' | 'CONTINUED' | 'SUPERSEDED'; told: number }> {
  const { overtakes, ...turn } = parse(inputSchema, input);
  const { eventId } = turn;
  await context.wait('change-in-force', IN_FORCE_WITHIN);
  if (overtakes) await context.wait('older-ends', OLDER_ENDS_WITHIN);

  let all: Told = { told: 0, busy: 0, operations: 2 };
  for (let round = 1; round <= ROUNDS; round++) {
    all = await goOver(round, { ...all, busy: 0 });
    if (all.stop || all.busy === 0) break;
    await context.wait(`after-round-${round}`, { seconds: Math.min(300, 10 * 2 ** (round - 1)) });
    all = { ...all, operations: all.operations + 1 };
  }
  const { told, stop } = all;
  switch (stop) {
    case 'SUPERSEDED':
      return { status: 'SUPERSEDED', told };
    case 'USED_UP':
      await context.step('hand-over', () => work.handOver(turn), AT_LEAST_ONCE);
      return { status: 'CONTINUED', told };
    case 'FAILED':
      await context.step('give-up', () => work.giveUp(turn), AT_LEAST_ONCE);
      return { status: 'CONTINUED', told };
    case undefined:
      await context.step('finish', () => work.finish(turn), AT_LEAST_ONCE);
      return { status: 'DONE', told };
  }

  async function goOver(round: number, before: Told): Promise<Told> {
    const found = await step(context, `sections-${round}`, () => work.sections(eventId));
    if ('stop' in found) return { ...before, stop: found.stop };
    let so: Told = { ...before, operations: before.operations + 1 };
    for (const [index, section] of found.result.entries()) {
      // The most that a section may use is what is left, less its context.
      const left = OPERATIONS - so.operations - 1;
      const name = `round-${round}-section-${index + 1}`;
      const done = await context.runInChildContext(name, (child) => tellSection(child, section, left));
      so = {
        told: so.told + done.told,
        busy: so.busy + done.busy,
        operations: so.operations + done.operations + 1,
        ...(done.stop && { stop: done.stop }),
      };
      if (so.stop) break;
    }
    return so;
  }

  async function tellSection(child: DurableContext, section: string, left: number): Promise<Told> {
    const so = { told: 0, busy: 0, operations: 0 };
    let after: string | undefined;
    for (let page = 1; ; page++) {
      if (so.operations + 2 > left) return { ...so, stop: 'USED_UP' };
      const begin = after;
      const done = await step(child, `page-${page}`, () => work.tellPage(turn, section, begin));
      so.operations++;
      if ('stop' in done) return { ...so, stop: done.stop };
      so.told += done.result.told;
      so.busy += done.result.busy;
      after = done.result.next;
      if (after === undefined) return so;
      if (done.result.told === 0) continue;
      // Suspends the sandbox, so that no page is cut off by its time-out.
      await child.wait(`page-${page}-pause`, { seconds: 1 });
      so.operations++;
    }
  }

  async function step<Result>(
    of: DurableContext,
    name: string,
    run: () => Promise<Result>,
  ): Promise<{ result: Result } | { stop: Stop }> {
    try {
      const runIfAlive = async () => {
        await work.keepAlive(turn);
        return run();
      };
      return { result: await of.step(name, runIfAlive, AT_LEAST_ONCE) };
    } catch (error) {
      if (!(error instanceof StepError)) throw error;
      const errorName = error.cause?.name;
      if (errorName === SUPERSEDED) return { stop: 'SUPERSEDED' };
      logger.error('A step of the announcement of a change has failed', { eventId, errorName });
      return { stop: 'FAILED' };
    }
  }
}

const work = connected(connectAnnounceChange);

/** A durable function: Lambda keeps what each step answered, and runs this again from its beginning after each wait. */
export const handler = withDurableExecution(async (input: AnnounceChangeInput, context: DurableContext) => {
  correlate(context.lambdaContext, { step: 'AnnounceChange' });
  return announceChange(input, context, work());
});
