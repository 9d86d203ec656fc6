import type { Context, EventBridgeEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import { type EventEvent, type EventRevision, EventRevisions } from '../event/event-revision';
import { type Clock, systemClock } from '../shared/clock';
import { connected } from '../shared/connected';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { eventIdSchema } from '../shared/event-ids';
import { correlate, logger } from '../shared/logger';
import { parse } from '../shared/validation';
import { messagesOf, scheduleNameOf } from './event-message';
import { EventSchedules } from './event-schedules';

/** Seconds that the making of a schedule may take: one that is due sooner might be in the past by then. */
const LEAD = 60;

interface Dependencies {
  readonly revisions: Pick<EventRevisions, 'all' | 'find'>;
  readonly schedules: Pick<EventSchedules, 'create' | 'delete'>;
  readonly clock: Clock;
}

/**
 * Makes the schedules of an event's messages as the event is now, and deletes those of other times that it has had.
 *
 * Of the domain event only the event's id counts: which revision is the newest, the table says. So it is no matter how often, how
 * late and in which order they come; and as the event may change meanwhile, it is done over until nothing has. What is due
 * already is left out: whoever buys or is told of a change so shortly before needs no reminder.
 *
 * A schedule that nobody has deleted does no harm: what it starts finds another time.
 */
export async function scheduleEventMessages(
  eventId: string,
  { revisions, schedules, clock }: Dependencies,
): Promise<void> {
  for (;;) {
    const all = await revisions.all(eventId);
    const newest = all.at(-1);
    if (!newest) return;
    await replace(all, newest);
    if ((await revisions.find(eventId))?.revision === newest.revision) return;
  }

  async function replace(all: readonly EventRevision[], newest: EventRevision): Promise<void> {
    const soon = clock.nowSeconds() + LEAD;
    const toCome = (facts: EventRevision) => messagesOf(eventId, facts).filter(({ dueAt }) => dueAt > soon);
    const wanted = newest.change === 'CANCELLED' ? [] : toCome(newest);
    // First the new ones: who dies in between leaves one too many, not one too few.
    for (const message of wanted) await schedules.create(message);
    const names = new Set(wanted.map(scheduleNameOf));
    for (const message of all.flatMap(toCome)) {
      const name = scheduleNameOf(message);
      if (names.has(name)) continue;
      names.add(name);
      await schedules.delete(message);
    }
  }
}

const detailSchema = z.object({ eventId: eventIdSchema });

const dependencies = connected(connect);

/** `EventPublished`, `EventChanged`, `EventCancelled`. */
export async function handler(
  { detail }: Pick<EventBridgeEvent<EventEvent, unknown>, 'detail'>,
  context: Context,
): Promise<void> {
  correlate(context, {});
  const { eventId } = parse(detailSchema, detail);
  await scheduleEventMessages(eventId, dependencies());
  logger.info('The messages of an event are scheduled', { eventId });
}

function connect(): Dependencies {
  return {
    revisions: new EventRevisions(documentClient(), requireEnvironment(ENVIRONMENT.seatTable)),
    schedules: new EventSchedules({
      group: requireEnvironment(ENVIRONMENT.eventMessageGroup),
      functionArn: requireEnvironment(ENVIRONMENT.sendEventMessagesFunction),
      roleArn: requireEnvironment(ENVIRONMENT.eventMessageRole),
      deadLetterQueueArn: requireEnvironment(ENVIRONMENT.eventMessageDeadLetters),
    }),
    clock: systemClock,
  };
}
