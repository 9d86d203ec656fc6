import { messageOf } from '../aws/error-message';
import { type LocalClock } from '../core/clock';
import { DeliveryFailure } from './rule';

/** What a connection adds to each request, and what is in its secret. */
export interface Credential {
  readonly header: string;
  readonly value: string;
  readonly secret: Readonly<Record<string, string>>;
}

export interface ApiDestinationSettings {
  readonly url: string;
  readonly method: string;
  readonly ratePerSecond: number;
  readonly credential: Credential;
}

/** "API destinations as targets in Amazon EventBridge", user guide, read November 2026. */
const ANSWERED_WITHIN_MS = 5_000;
const RETRIED = [401, 407, 409, 429];

/** An HTTP endpoint as a target: five seconds for an answer, so many requests a second, redirects are not followed. */
export class ApiDestination {
  /** When the next request may be sent, by the local clock. */
  private nextAt = 0;

  constructor(
    private readonly settings: ApiDestinationSettings,
    private readonly clock: LocalClock,
  ) {}

  /** @throws DeliveryFailure */
  async send(body: string, signal: AbortSignal): Promise<void> {
    const { credential, method, url } = this.settings;
    await this.turn(signal);
    const response = await fetch(url, {
      method,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Amazon/EventBridge/ApiDestinations',
        range: 'bytes=0-1048575',
        [credential.header]: credential.value,
      },
      ...(method !== 'GET' && method !== 'HEAD' && { body }),
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWERED_WITHIN_MS)]),
    }).catch((error: unknown) => {
      const timedOut = (error as Error).name === 'TimeoutError';
      throw timedOut
        ? new DeliveryFailure('SDK_CLIENT_ERROR', 'The endpoint did not answer within 5 seconds')
        : new DeliveryFailure('SDK_CLIENT_ERROR', messageOf(error));
    });
    await response.arrayBuffer().catch(() => undefined);
    const { ok, status } = response;
    if (ok) return;
    const retried = status >= 500 || RETRIED.includes(status);
    const message = `The endpoint answered ${status}`;
    throw new DeliveryFailure(
      'API_DESTINATION_ERROR',
      message,
      retried,
      Number(response.headers.get('retry-after') ?? 0) || 0,
    );
  }

  private async turn(signal: AbortSignal): Promise<void> {
    // A clock that was set back is no reason to wait.
    const now = this.clock.now();
    const pause = 1000 / this.settings.ratePerSecond;
    const at = Math.max(now, Math.min(this.nextAt, now + 60_000));
    this.nextAt = at + pause;
    await this.clock.until(at, signal);
  }
}
