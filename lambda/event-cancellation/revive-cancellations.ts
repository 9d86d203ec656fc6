import { type EventCancellations } from '../event/event-cancellations';
import { type Clock } from '../shared/clock';
import { logger } from '../shared/logger';
import { measure } from '../shared/measure';
import { type CancelEventExecutions } from './start-cancel-event';

/** Seconds that an execution has to say that it is alive, after it was started. */
const SAYS_SO_WITHIN = 300;

export interface ReviveDependencies {
  readonly eventCancellations: EventCancellations;
  readonly executions: Pick<CancelEventExecutions, 'start'>;
  readonly clock: Clock;
}

/**
 * Starts the cancellations of events again whose execution has handed over, or is silent: it was never started, a step of it has
 * failed for good, or it has died without a chance to catch anything. The next one has a name and a version of
 * its own, and goes by the records: it does nothing twice.
 *
 * @throws the first error, if some could not be started; each was tried
 */
export async function reviveCancellations({ eventCancellations, executions, clock }: ReviveDependencies) {
  const now = clock.nowSeconds();
  const silent = (await eventCancellations.running()).filter(({ dueAt }) => dueAt <= now);
  let failure: unknown;
  for (const running of silent) {
    const { eventId, attempt, handedOver = false } = running;
    try {
      if (!(await eventCancellations.takeOver(running, now + SAYS_SO_WITHIN))) continue;
      await executions.start(eventId, attempt + 1);
      if (handedOver) continue;
      logger.warn('The cancellation of an event is started again', { eventId, attempt: attempt + 1 });
      measure({ EventCancellationsRevived: 1 }, {}, { eventId });
    } catch (error) {
      failure ??= error;
    }
  }
  if (failure) throw failure as Error;
}
