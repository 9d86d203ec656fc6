import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import { OwnError } from '../shared/own-error';

/** Seconds that SES or SNS may take to answer. */
export const SEND_SECONDS = 8;

/** Seconds that it may take to note what has come of it: three requests of two seconds, and the pauses between them. */
const NOTE_SECONDS = 7;

/** Whether a function has the time to send, and to note it. */
export function hasTimeToSend(context: Pick<Context, 'getRemainingTimeInMillis'>): boolean {
  return context.getRemainingTimeInMillis() > (SEND_SECONDS + NOTE_SECONDS) * 1_000;
}

/**
 * How the clients of SES and SNS send: once. Neither has an idempotency key, so a request that the SDK repeats is a second
 * e-mail or SMS.
 *
 * Each request has a connection of its own. One that was kept open may have died while the function was frozen, and a
 * request that breaks on it may have arrived or not.
 */
export const SENDING = {
  maxAttempts: 1,
  requestHandler: {
    connectionTimeout: 1_000,
    requestTimeout: SEND_SECONDS * 1_000,
    throwOnRequestTimeout: true,
    httpAgent: { keepAlive: false },
    httpsAgent: { keepAlive: false },
  },
} as const;

/** The message may have been sent: there was no answer, or one that leaves it open. */
export class SendingUnknown extends OwnError {
  override readonly name = 'SendingUnknown';
}

/**
 * Sends a message, and waits for the service's answer. Who sends faster than the account may is refused, and asks again about once a
 * second: in a hot sale thousands of messages wait for a service that takes some tens a second, and a queue that gave each back would
 * soon give it up.
 *
 * @param hasTime whether the function has time for one request more
 * @throws SendingUnknown when the message may have been sent; any other error says that it was not
 */
export async function sendOnce<Answer>(send: () => Promise<Answer>, hasTime: () => boolean): Promise<Answer> {
  for (;;) {
    try {
      return await send();
    } catch (error) {
      if (!isRefusal(error) && !neverLeft(error))
        throw new SendingUnknown(`${(error as Error).name}: it may have been sent`, { cause: error });
      if (!isTooFast(error)) throw error;
      await delay(500 + 1_000 * Math.random());
      if (!hasTime()) throw error;
    }
  }
}

/**
 * The service said no: 4xx, throttling included. SES drops what it throttles ("Errors related to the sending quotas for your
 * Amazon SES account", read November 2026). A 5xx says that something went wrong, not when: "InternalServiceErrorException".
 */
function isRefusal(error: unknown): boolean {
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;
  return status >= 400 && status < 500;
}

/**
 * The rate was exceeded, which has passed in a second. The quota of the day has not: SES tells it by its words alone ("Errors related to
 * the sending quotas for your Amazon SES account", read November 2026). Names as SES and SNS have them, and those of every AWS service
 * ("Common error types").
 */
function isTooFast(error: unknown): boolean {
  const { name, message } = error as Error;
  return /^(TooManyRequests|Throttling|Throttled)(Exception)?$/.test(name) && !/daily/i.test(message);
}

/** There was no connection: Node.js names the call that failed; the SDK's own time-out for connecting has only its words. */
function neverLeft(error: unknown): boolean {
  const { syscall = '', message } = error as NodeJS.ErrnoException;
  return syscall === 'connect' || syscall === 'getaddrinfo' || /did not establish a connection/.test(message);
}
