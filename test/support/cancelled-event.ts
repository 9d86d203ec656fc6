import { setTimeout as delay } from 'node:timers/promises';
import { type AlteredAssembly } from '../../faults/altered-assembly';
import { expressionIs } from '../../faults/controls/guard';
import { type EventProClient } from '../../harness/eventpro-client';
import { type EventCancellationAnswer } from '../../lambda/event-cancellation/event-cancellation-answers';
import { type Answer } from '../../harness/eventpro-client';

export const MESSAGE = 'The singer is ill.';
const PATH = '/api/events/demo/cancellation';

/** Cancels the demo event. */
export function cancelEvent(
  client: EventProClient,
  message = MESSAGE,
): Promise<Answer<EventCancellationAnswer>> {
  return client.signed('POST', PATH, { message });
}

export async function progressOf(client: EventProClient): Promise<EventCancellationAnswer> {
  return (await client.signed<EventCancellationAnswer>('GET', PATH)).body;
}

/**
 * Lets the time pass that the function waits, until the progress is as wanted.
 *
 * @param advance moves the clock and lets what is due then happen
 * @param isReached @default all is done
 */
export async function cancelled(
  client: EventProClient,
  advance: () => Promise<unknown>,
  isReached: (progress: EventCancellationAnswer) => boolean = ({ status }) => status === 'DONE',
): Promise<EventCancellationAnswer> {
  for (let round = 0; round < 120; round++) {
    const progress = await progressOf(client);
    if (isReached(progress)) return progress;
    await advance();
    await delay(100);
  }
  throw new Error(`The cancellation did not come so far: ${JSON.stringify(await progressOf(client))}`);
}

/** Addresses of the mails with the organiser's words: as often as each was told. */
export async function toldOf(client: EventProClient, words = MESSAGE): Promise<string[]> {
  const mails = await client.inbox();
  return mails
    .filter(({ channel, text = '' }) => channel === 'email' && text.includes(words))
    .map(({ to }) => String(to));
}

/** Pages of so few purchases that a handful takes several, and a closure that is in force at once: nobody buys beside it. */
export function shortenCancellation(
  assembly: AlteredAssembly,
  { perPage, operations = 2_500 }: { readonly perPage: number; readonly operations?: number },
): Promise<void[]> {
  return Promise.all([
    assembly.changeConstants(
      'CancelEvent',
      constant('lambda/event-cancellation/event-sales.ts', 'PURCHASES_PER_PAGE', '200', perPage),
      constant('lambda/shared/durable-steps.ts', 'OPERATIONS', '2_500', operations),
    ),
    assembly.changeConstants(
      'PostEventCancellation',
      constant('lambda/event/recent-layouts.ts', 'LAYOUT_SECONDS', '3', 0),
    ),
  ]);
}

function constant(file: string, within: string, value: string, other: number) {
  return { file, within, edits: [expressionIs(value, String(other))] };
}
