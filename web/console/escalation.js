/**
 * What EventPro's queues say by their tags, and its escalations by their bodies. See `bin/redrive/escalations.ts`.
 *
 * @import { Queue, QueuedMessage } from './control-routes.js'
 *
 * @typedef {{ words: string, hash?: string }} Escalation `hash`: of the purchase or the order
 */

const REDRIVE_TAG = 'eventpro:redrive';

/** @param {Pick<Queue, 'tags'>} queue the one that people read: what no compensation could undo */
export function isEscalations({ tags }) {
  return tags[REDRIVE_TAG]?.endsWith('/escalations') ?? false;
}

/**
 * Whether a redrive has somewhere to lead: to the one queue whose dead letters they are, or to Recovery.
 *
 * @param {Pick<Queue, 'tags' | 'deadLettersOf'>} queue
 */
export function isRedrivable(queue) {
  return isEscalations(queue) || queue.deadLettersOf.length === 1;
}

/**
 * Whether what it holds is what was given up. Of the others somebody takes what comes.
 *
 * @param {Queue} queue
 * @param {readonly Queue[]} all
 */
export function holdsWhatWasGivenUp(queue, all) {
  if (isEscalations(queue) || queue.deadLettersOf.length > 0) return true;
  // Of a rule, a pipe or a function, which are no queues: no queue of its own gives anything up to another.
  const sources = new Set(all.flatMap(({ deadLettersOf }) => deadLettersOf));
  return !sources.has(queue.name) && /dead|dlq|failed/i.test(queue.name);
}

/**
 * @param {Pick<QueuedMessage, 'body'>} message
 * @returns {Escalation}
 */
export function readEscalation({ body }) {
  const said = parsed(body);
  if (said?.workflow)
    return { words: `${said.workflow} could not cancel ${said.failed} purchases of ${said.eventId}` };
  if (!said?.compensation) return { words: `cannot be read: ${body.slice(0, 100)}` };
  const hash = said.purchaseHash ?? said.orderHash;
  return { words: `${said.compensation} failed for good: ${said.error}`, ...(hash && { hash }) };
}

/**
 * @param {string} body
 * @returns {any}
 */
function parsed(body) {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
