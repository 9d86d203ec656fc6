import { OwnError } from '../shared/own-error';

/** Seconds that SES or SNS may take to answer. */
export const SEND_SECONDS = 8;

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
 * Waits for the answer of a service that sends.
 *
 * @throws SendingUnknown when the message may have been sent; any other error says that it was not
 */
export async function sendOnce<Answer>(request: Promise<Answer>): Promise<Answer> {
  try {
    return await request;
  } catch (error) {
    if (isRefusal(error) || neverLeft(error)) throw error;
    throw new SendingUnknown(`${(error as Error).name}: it may have been sent`, { cause: error });
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

/** There was no connection: Node.js names the call that failed; the SDK's own time-out for connecting has only its words. */
function neverLeft(error: unknown): boolean {
  const { syscall = '', message } = error as NodeJS.ErrnoException;
  return syscall === 'connect' || syscall === 'getaddrinfo' || /did not establish a connection/.test(message);
}
