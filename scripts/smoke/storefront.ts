import { type Signer, signedFetch } from '../../local/http/signed-fetch';

/** Milliseconds; API Gateway itself gives up after 29 seconds. */
const PATIENCE = 35_000;

/** An answer of the API; `body` is what its JSON says, undefined for anything else. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>> | undefined;
}

/** The base URLs of an API. By CloudFront they differ: it passes on neither a signature, which names the host, nor a `PUT`. */
export interface ApiUrls {
  readonly apiUrl: string;
  /** Of the routes that must be signed. @default the same */
  readonly signedApiUrl?: string;
}

/** The API as pages and operators call it; without a signer, as pages do. */
export class Storefront {
  private readonly apiUrl: string;
  private readonly signedApiUrl: string;

  constructor(
    { apiUrl, signedApiUrl = apiUrl }: ApiUrls,
    private readonly signer?: Signer,
  ) {
    this.apiUrl = apiUrl;
    this.signedApiUrl = signedApiUrl;
  }

  get(path: string): Promise<Answer> {
    return this.send(path, {});
  }

  buy(purchaseId: string, order: object): Promise<Answer> {
    return this.send('/purchases', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': purchaseId },
      body: JSON.stringify(order),
    });
  }

  abandon(purchaseId: string): Promise<Answer> {
    const headers = { 'content-type': 'application/json' };
    return this.send(`/purchases/${purchaseId}/abandonment`, { method: 'POST', headers, body: '{}' });
  }

  async putEvent(eventId: string, layout: object): Promise<Answer> {
    if (!this.signer) throw new Error('Nobody is there to sign for an event');
    const init = { method: 'PUT', body: JSON.stringify(layout) };
    return answerOf(await signedFetch(`${this.signedApiUrl}/events/${eventId}`, init, this.signer));
  }

  putEventUnsigned(eventId: string, layout: object): Promise<Answer> {
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'PUT', headers, body: JSON.stringify(layout) };
    return this.send(`/events/${eventId}`, init, this.signedApiUrl);
  }

  checkTicketUnsigned(ticket: object): Promise<Answer> {
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(ticket) };
    return this.send('/ticket-checks', init, this.signedApiUrl);
  }

  private async send(path: string, init: RequestInit, baseUrl = this.apiUrl): Promise<Answer> {
    const signal = AbortSignal.timeout(PATIENCE);
    return answerOf(await fetch(`${baseUrl}${path}`, { redirect: 'manual', signal, ...init }));
  }
}

async function answerOf(response: Response): Promise<Answer> {
  const { status, headers } = response;
  const text = await response.text();
  const isJson = /json\b/.test(headers.get('content-type') ?? '') && text !== '';
  return { status, headers, body: isJson ? (JSON.parse(text) as Answer['body']) : undefined };
}
