import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type ExtraAsPut, type Extras } from '../lambda/order/extra';
import { type OrderAnswer } from '../lambda/order/order-answer';
import { type PurchaseStatus } from '../lambda/purchase/purchase';
import { signedFetch, type Signer } from '../local/http/signed-fetch';
import { type InboxMessage } from '../local/inbox/inbox';
import { type ExecutionRecord } from '../local/step-functions/execution-history';
import { type Fault } from '../local/step-functions/faults';
import { type Balance } from '../local/stripe/balance';
import { type EventReport, type SendingMode } from '../local/stripe/event-destination';
import { type PaymentReport } from '../local/stripe/payment-report';

/** An answer over HTTP; `body` is parsed where it says that it is JSON. */
export interface Answer<Body = unknown> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Body;
}

/** What a buyer orders. Everything has a default but the seats. */
export interface Order {
  /** The idempotency key, which is the purchase id. @default a new one */
  readonly key?: string;
  readonly eventId?: string;
  readonly seats: readonly string[];
  readonly buyer?: object;
  readonly paymentMethod?: string;
  readonly expectedTotal?: { readonly amount: number; readonly currency: string };
}

export interface PurchaseBody {
  readonly purchaseId: string;
  readonly reference: string;
  readonly status: PurchaseStatus;
  readonly eventId: string;
  readonly seats: readonly string[];
  readonly amount: number;
  readonly currency: string;
  /** While it is AWAITING_AUTHENTICATION. */
  readonly authenticateBy?: string;
  readonly failure?: { readonly code: string; readonly detail: string };
  readonly cancellation?: {
    readonly reason: string;
    readonly refund: { readonly amount: number; readonly status: string };
    readonly at: string;
  };
}

/** What a buyer orders of an event's extras. Everything has a default but the items. */
export interface ExtrasOrder {
  /** The idempotency key, which is the order's id. @default a new one */
  readonly key?: string;
  readonly eventId?: string;
  readonly items: readonly { readonly extraId: string; readonly quantity: number }[];
  readonly buyer?: object;
  readonly paymentMethod?: string;
  readonly purchaseId?: string;
}

export interface OrderBody {
  readonly orderId: string;
  readonly reference: string;
  readonly status: OrderAnswer['status'];
  readonly amount?: number;
  /** While it is AWAITING_AUTHENTICATION. */
  readonly authenticateBy?: string;
  readonly failure?: { readonly code: string; readonly detail: string };
}

/** What the buyer's page needs to let the bank ask. */
export interface AuthenticationBody {
  readonly clientSecret: string;
  readonly authenticateBy: string;
}

export interface SeatBody {
  readonly seatId: string;
  readonly status: 'AVAILABLE' | 'HELD' | 'SOLD';
  readonly price: number;
}

type Execution = Omit<ExecutionRecord, 'events'>;

/** Only what never comes takes so long, however busy the machine is. */
const PATIENCE_MS = 60_000;

/** EventPro as an outsider meets it: HTTP alone, the API as well as the control routes of the local run. */
export class EventProClient {
  /**
   * @param baseUrl asked at each request, because a run may not have started when its client is made
   * @param check looks at each answer of the API; `path` is below `/api`
   */
  constructor(
    private readonly baseUrl: () => string,
    private readonly check: (method: string, path: string, answer: Answer) => void = () => undefined,
  ) {}

  get url(): string {
    return this.baseUrl();
  }

  async request<Body = unknown>(method: string, path: string, init: RequestInit = {}): Promise<Answer<Body>> {
    return this.answerOf(
      method,
      path,
      await fetch(`${this.url}${path}`, { redirect: 'manual', ...init, method }),
    );
  }

  /** The same, signed with the credentials of the local run, or by somebody else. */
  async signed<Body = unknown>(
    method: string,
    path: string,
    body?: unknown,
    signer?: Signer,
  ): Promise<Answer<Body>> {
    const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
    const init = { method, ...(text !== undefined && { body: text }) };
    return this.answerOf(method, path, await signedFetch(`${this.url}${path}`, init, signer));
  }

  private async answerOf<Body>(method: string, path: string, response: Response): Promise<Answer<Body>> {
    const text = await response.text();
    const json = /json\b/.test(response.headers.get('content-type') ?? '') && text !== '';
    const body = (json ? JSON.parse(text) : undefined) as Body;
    const answer = { status: response.status, headers: response.headers, text, body };
    const [, below] = /^\/api(\/[^?]*)/.exec(path) ?? [];
    if (below) this.check(method, below, answer);
    return answer;
  }

  /** `POST /purchases` with this very body. */
  post(body: NonNullable<RequestInit['body']>, headers: Record<string, string> = {}): Promise<Answer> {
    return this.request('POST', '/api/purchases', {
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID(), ...headers },
      body,
    });
  }

  async buy(order: Order): Promise<Answer & { readonly purchaseId: string }> {
    const { key: purchaseId = randomUUID(), ...body } = order;
    const answer = await this.post(orderBody(body), { 'idempotency-key': purchaseId });
    return { ...answer, purchaseId };
  }

  /** `PUT /events/{eventId}`, signed. */
  putEvent(eventId: string, body: unknown): Promise<Answer> {
    return this.signed('PUT', `/api/events/${eventId}`, body);
  }

  /** `POST /purchases/{purchaseId}/cancellation`, signed. */
  cancel(purchaseId: string, body: unknown): Promise<Answer<PurchaseBody>> {
    return this.signed('POST', `/api/purchases/${purchaseId}/cancellation`, body);
  }

  /** `POST /admissions`, signed. */
  admit(scan: { readonly code: string; readonly gate: string; readonly eventId?: string }): Promise<Answer> {
    return this.signed('POST', '/api/admissions', { eventId: 'demo', ...scan });
  }

  /** `GET /purchases/{purchaseId}`. */
  async purchase(purchaseId: string): Promise<PurchaseBody> {
    const { body } = await this.request<PurchaseBody>('GET', `/api/purchases/${purchaseId}`);
    return body;
  }

  /** `GET /purchases/{purchaseId}/authentication`. */
  authentication(purchaseId: string): Promise<Answer<AuthenticationBody>> {
    return this.request('GET', `/api/purchases/${purchaseId}/authentication`);
  }

  /** The buyer comes back from the bank: `POST /purchases/{purchaseId}/authentication`. */
  resume(purchaseId: string): Promise<Answer<PurchaseBody>> {
    return this.postEmpty(`/api/purchases/${purchaseId}/authentication`);
  }

  /** The buyer gives up: `POST /purchases/{purchaseId}/abandonment`. */
  abandon(purchaseId: string): Promise<Answer<PurchaseBody>> {
    return this.postEmpty(`/api/purchases/${purchaseId}/abandonment`);
  }

  private postEmpty<Body>(path: string): Promise<Answer<Body>> {
    return this.request('POST', path, { headers: { 'content-type': 'application/json' }, body: '{}' });
  }

  /** `PUT /events/{eventId}/extras`, signed. */
  putExtras(extras: readonly ExtraAsPut[], eventId = 'demo'): Promise<Answer> {
    return this.signed('PUT', `/api/events/${eventId}/extras`, { extras });
  }

  /** What is left of each extra. */
  async availableExtras(eventId = 'demo'): Promise<Readonly<Record<string, number>>> {
    const { body } = await this.request<Extras>('GET', `/api/events/${eventId}/extras`);
    return Object.fromEntries(body.extras.map(({ extraId, available }) => [extraId, available]));
  }

  /** `POST /orders`. */
  async order(order: ExtrasOrder): Promise<Answer<OrderBody> & { readonly orderId: string }> {
    const { key: orderId = randomUUID(), ...body } = order;
    const answer = await this.postOrder(orderBody(body), orderId);
    return { ...answer, orderId };
  }

  /** `POST /orders` with this very body. */
  postOrder(body: NonNullable<RequestInit['body']>, key: string): Promise<Answer<OrderBody>> {
    return this.request('POST', '/api/orders', {
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body,
    });
  }

  /** `GET /orders/{orderId}`. */
  async orderAsItIs(orderId: string): Promise<OrderBody> {
    return (await this.request<OrderBody>('GET', `/api/orders/${orderId}`)).body;
  }

  /** The order, once it is in one of these statuses. */
  orderThatIs(orderId: string, ...statuses: readonly OrderBody['status'][]): Promise<OrderBody> {
    return eventually(
      async () => {
        const order = await this.orderAsItIs(orderId);
        return statuses.includes(order.status) ? order : undefined;
      },
      `an order that is ${statuses.join(' or ')}`,
    );
  }

  /** The buyer comes back from the bank: `POST /orders/{orderId}/authentication`. */
  resumeOrder(orderId: string): Promise<Answer<OrderBody>> {
    return this.postEmpty(`/api/orders/${orderId}/authentication`);
  }

  /** Tells the local bank what its customer says. 409 when nobody is asked. */
  answerBank(paymentIntentId: string, outcome: 'succeeded' | 'failed'): Promise<Answer> {
    const body = JSON.stringify({ outcome });
    return this.request('POST', `/local/payments/${paymentIntentId}/authentication`, { body });
  }

  /** Gives money back by hand, as in Stripe's dashboard. @param amount minor units. @default what is left */
  refundByHand(paymentIntentId: string, amount?: number): Promise<Answer<PaymentReport>> {
    const body = JSON.stringify({ amount });
    return this.request('POST', `/local/payments/${paymentIntentId}/refund`, { body });
  }

  /** Has the buyer's bank dispute a payment, or decide the dispute that is open. */
  dispute(
    paymentIntentId: string,
    outcome?: 'under_review' | 'won' | 'lost',
  ): Promise<Answer<PaymentReport>> {
    const body = JSON.stringify({ outcome });
    return this.request('POST', `/local/payments/${paymentIntentId}/dispute`, { body });
  }

  /** How far the balance at Stripe goes: an empty one lets refunds wait, an overdrawn one refuses them. */
  setStripeBalance(balance: Balance): Promise<Answer> {
    return this.request('PUT', '/local/stripe-balance', { body: JSON.stringify({ balance }) });
  }

  /** How Stripe sends its events from now on: held back, several times, the newest first. */
  sendStripeEvents(mode: Partial<SendingMode>): Promise<Answer> {
    return this.request('PUT', '/local/stripe-events', { body: JSON.stringify(mode) });
  }

  /** What Stripe has sent, newest first, and how it was answered. */
  async stripeEvents(): Promise<readonly EventReport[]> {
    return (await this.request<{ events: EventReport[] }>('GET', '/local/stripe-events')).body.events;
  }

  ticket(purchaseId: string): Promise<Answer> {
    return this.request('GET', `/api/purchases/${purchaseId}/ticket`);
  }

  async seats(eventId = 'demo'): Promise<readonly SeatBody[]> {
    const { body } = await this.request<{ seats: SeatBody[] }>('GET', `/api/events/${eventId}/seats`);
    return body.seats;
  }

  async seatStatus(seatId: string): Promise<SeatBody['status'] | undefined> {
    return (await this.seats()).find((seat) => seat.seatId === seatId)?.status;
  }

  /** Every payment, or those of a purchase. */
  async payments(purchaseId?: string): Promise<readonly PaymentReport[]> {
    const { body } = await this.request<{ payments: PaymentReport[] }>('GET', '/local/payments');
    return body.payments.filter(({ metadata }) => !purchaseId || metadata.purchaseId === purchaseId);
  }

  async paymentsOfOrder(orderId: string): Promise<readonly PaymentReport[]> {
    return (await this.payments()).filter(({ metadata }) => metadata['orderId'] === orderId);
  }

  /** Newest first, without their events. */
  async executions(): Promise<readonly Execution[]> {
    const { body } = await this.request<{ executions: Execution[] }>('GET', '/local/executions');
    return body.executions;
  }

  async execution(id: string): Promise<ExecutionRecord> {
    return (await this.request<ExecutionRecord>('GET', `/local/executions/${id}`)).body;
  }

  /** The newest execution of the purchase, with its events. */
  async executionOf(purchaseId: string): Promise<ExecutionRecord> {
    const found = (await this.executions()).find(
      ({ input }) => (input as { purchaseId?: string }).purchaseId === purchaseId,
    );
    return this.execution(found!.id);
  }

  /** Newest first. */
  async inbox(): Promise<readonly InboxMessage[]> {
    return (await this.request<{ messages: InboxMessage[] }>('GET', '/local/inbox')).body.messages;
  }

  async emailsAbout(purchaseId: string): Promise<readonly InboxMessage[]> {
    const messages = await this.inbox();
    return messages.filter(({ channel, text }) => channel === 'email' && text?.includes(purchaseId));
  }

  /** The first e-mail about the purchase, once it has arrived. */
  async emailAbout(purchaseId: string): Promise<InboxMessage> {
    return eventually(async () => (await this.emailsAbout(purchaseId))[0], `an e-mail about ${purchaseId}`);
  }

  setFault(state: string, fault: Fault): Promise<Answer> {
    return this.request('PUT', `/local/faults/${state}`, { body: JSON.stringify(fault) });
  }

  healFaults(): Promise<Answer> {
    return this.request('DELETE', '/local/faults');
  }

  advanceClock(seconds: number): Promise<Answer> {
    return this.request('POST', '/local/clock', { body: JSON.stringify({ advanceSeconds: seconds }) });
  }

  reset(): Promise<Answer> {
    return this.request('POST', '/local/reset');
  }
}

/** The body of `POST /purchases`, or of `POST /orders`, for this order. */
export function orderBody(order: Omit<Order, 'key'> | Omit<ExtrasOrder, 'key'>): string {
  return JSON.stringify({
    eventId: 'demo',
    buyer: { name: 'Ann Lee', email: 'ann@example.com' },
    paymentMethod: 'pm_card_visa',
    ...order,
  });
}

/** Asks until there is an answer: what is told by a queue arrives a moment later. */
export async function eventually<Value>(
  ask: () => Promise<Value | undefined>,
  what: string,
  patience = PATIENCE_MS,
): Promise<Value> {
  const deadline = Date.now() + patience;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`There was not ${what} within ${patience / 1000} seconds`);
    await delay(20);
  }
}
