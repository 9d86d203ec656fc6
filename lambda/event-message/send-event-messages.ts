import { type DurableContext, withDurableExecution } from '@aws/durable-execution-sdk-js';
import { type Cursor } from '../event/taken-purchases';
import { connected } from '../shared/connected';
import { AT_LEAST_ONCE, OPERATIONS } from '../shared/durable-steps';
import { correlate } from '../shared/logger';
import { OwnError } from '../shared/own-error';
import { parse } from '../shared/validation';
import { connectSendEventMessages, type SendEventMessagesWork } from './connect-send-event-messages';
import { type EventMessage, eventMessageSchema } from './event-message';

/** An execution may not have more: the runbook says what then. */
export class TooManyPages extends OwnError {
  override readonly name = 'TooManyPages';
}

/**
 * Sends the buyers of an event what is due, a page of purchases a step. It may be started twice, as schedules invoke at least once: the
 * log of deliveries, on each purchase, tells a buyer once a start.
 *
 * A page ends it where the event has another start by now, is cancelled, or has begun: its schedule was stale, or late.
 */
export async function sendEventMessages(
  input: unknown,
  context: DurableContext,
  work: SendEventMessagesWork,
): Promise<{ status: 'DONE' | 'STALE'; told: number }> {
  const message = parse(eventMessageSchema, input);
  let told = 0;
  let from: Cursor | undefined;
  for (let page = 1; ; page++) {
    if (2 * page > OPERATIONS) throw new TooManyPages();
    const begin = from;
    const done = await context.step(`page-${page}`, () => work.tellPage(message, begin), AT_LEAST_ONCE);
    if (done === 'STALE') return { status: 'STALE', told };
    told += done.told;
    from = done.next;
    if (!from) return { status: 'DONE', told };
    // Suspends the sandbox, so that no page is cut off by its time-out.
    await context.wait(`page-${page}-pause`, { seconds: 1 });
  }
}

const work = connected(connectSendEventMessages);

/** A durable function: Lambda keeps what each step answered, and runs this again from its beginning after each wait. */
export const handler = withDurableExecution(async (input: EventMessage, context: DurableContext) => {
  correlate(context.lambdaContext, { step: 'SendEventMessages' });
  return sendEventMessages(input, context, work());
});
