import { type RunningExecution, type RunningExecutions } from '../event/running-executions';
import { type Clock } from '../shared/clock';
import { logger } from '../shared/logger';

/** Seconds that an execution has to say that it is alive, after it was started. */
const SAYS_SO_WITHIN = 300;

/** The executions of a durable function that somebody must look after, because they can die with nothing to catch. */
export interface Revivable {
  readonly running: Pick<RunningExecutions, 'all' | 'takeOver'>;
  readonly start: (running: RunningExecution) => Promise<void>;
  /** What is started again, in words. */
  readonly what: string;
  /** Counts one that was silent. */
  readonly measured: (about: { readonly eventId: string }) => void;
}

/**
 * Starts the work on events again whose execution has handed over, or is silent: it was never started, a step of it has
 * failed for good, or it has died without a chance to catch anything. The next one has a name and a version of
 * its own, and goes by the records: it does nothing twice.
 *
 * @throws the first error, if some could not be started; each was tried
 */
export async function reviveExecutions({ running, start, what, measured }: Revivable, clock: Clock) {
  const now = clock.nowSeconds();
  const silent = (await running.all()).filter(({ dueAt }) => dueAt <= now);
  let failure: unknown;
  for (const each of silent) {
    const { eventId, handedOver = false } = each;
    const attempt = each.attempt + 1;
    try {
      if (!(await running.takeOver(each, now + SAYS_SO_WITHIN))) continue;
      await start({ ...each, attempt });
      if (handedOver) continue;
      logger.warn(`${what} is started again`, { eventId, attempt });
      measured({ eventId });
    } catch (error) {
      failure ??= error;
    }
  }
  if (failure) throw failure as Error;
}
