import { setTimeout as delay } from 'node:timers/promises';
import { LAYOUT_SECONDS } from '../event/recent-layouts';
import { json, route } from '../shared/api';
import { type Clock, systemClock } from '../shared/clock';
import { isEventId } from '../shared/event-ids';
import { Problem } from '../shared/problem';
import { parse, parseJson } from '../shared/validation';
import { connectProgress } from './connect-progress';
import { eventCancellationRequestSchema } from './event-cancellation-answers';
import { type ProgressDependencies, progressOf } from './event-cancellation-progress';
import { CancelEventExecutions } from './start-cancel-event';

/** Seconds after which Reconcile starts what this request has not started. */
const STARTED_WITHIN = 60;

interface Dependencies extends ProgressDependencies {
  readonly executions: Pick<CancelEventExecutions, 'start'>;
  readonly clock: Clock;
  readonly wait: (milliseconds: number) => Promise<unknown>;
}

/**
 * Cancels an event for good. When this returns, its seats are off sale everywhere, and the cancellation of its purchases is under
 * way; said twice, the first message stands.
 *
 * @throws Problem EventNotFound
 */
export async function postEventCancellation(
  eventId: string,
  message: string,
  { eventCancellations, executions, clock, wait }: Dependencies,
): Promise<void> {
  const now = clock.nowSeconds();
  const cancellation = isEventId(eventId)
    ? await eventCancellations.open(eventId, { message, at: now }, now + STARTED_WITHIN)
    : undefined;
  if (!cancellation) throw new Problem('EventNotFound', `There is no event ${eventId}.`);
  // Where Reconcile has started the next execution, that one: the one before it may never have been started.
  const running = await eventCancellations.running.find(eventId);
  if (running) await executions.start(eventId, running.attempt);
  // A sandbox may sell by the layout that it has read just before.
  await wait(Math.max(0, cancellation.at + LAYOUT_SECONDS - clock.nowSeconds()) * 1000);
}

/** `POST /events/{eventId}/cancellation`, IAM-signed. */
export const handler = route({
  name: 'PostEventCancellation',
  connect: (): Dependencies => ({
    ...connectProgress(),
    executions: new CancelEventExecutions(),
    clock: systemClock,
    wait: delay,
  }),
  answer: async (event, dependencies) => {
    const { message } = parse(eventCancellationRequestSchema, parseJson(event.body));
    const eventId = event.pathParameters?.['eventId'] ?? '';
    await postEventCancellation(eventId, message, dependencies);
    const answer = json(202, await progressOf(eventId, dependencies));
    return { ...answer, headers: { ...answer.headers, Location: './cancellation' } };
  },
});
