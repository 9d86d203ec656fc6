import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type LocalClock } from '../core/clock';
import { type Balance } from './balance';
import { createRefund } from './create-refund';
import { disputed, disputeDecided, type DisputeOutcome } from './disputes';
import { EventDestination, type EventEndpoint } from './event-destination';
import { type Fault, Faults } from './faults';
import { decodeForm } from './form-decoding';
import { type Payment } from './payment';
import { paymentEvents } from './payment-events';
import { answered, type BuyersAnswer } from './payment-attempt';
import { type PaymentReport, reportPayment } from './payment-report';
import { PaymentStore } from './payment-store';
import { CONNECTION_LOST, StripeApi, type StripeAnswer } from './stripe-api';
import { StripeError } from './stripe-error';
import { webhookEndpoint } from './webhook-endpoints';

export interface StripeServerOptions {
  /** @default 0, a free port */
  readonly port?: number;
  /** Where payments and idempotency keys outlive the process. @default in memory only */
  readonly journalFile?: string;
  readonly clock: LocalClock;
  /** Where events of its payments are sent. @default nowhere */
  readonly endpoint?: EventEndpoint;
}

export interface StripeServer {
  /** `http://127.0.0.1:PORT`, for `new Stripe(key, { protocol: 'http', host, port })`. */
  readonly url: string;
  readonly faults: { set(fault: Fault): void; clear(): void };
  /** Newest first. */
  payments(): PaymentReport[];
  /**
   * Plays the bank's dialogue with the buyer, which Stripe.js shows in a browser: no request to Stripe's API does it.
   *
   * @returns the payment afterwards, undefined if there is no such payment
   * @throws NobodyIsAsked when it does not wait for its buyer
   */
  answerBank(paymentIntentId: string, answer: BuyersAnswer): PaymentReport | undefined;
  /**
   * Refunds a payment as a person does in the dashboard.
   *
   * @param amount minor units. @default what is left
   * @returns the payment afterwards, undefined if there is no such payment
   * @throws StripeError when Stripe would refuse it
   */
  refundByHand(paymentIntentId: string, amount?: number): PaymentReport | undefined;
  /**
   * Has the buyer's bank dispute a payment; with an outcome, decides the dispute that is open, or a new one.
   *
   * @returns the payment afterwards, undefined if there is no such payment
   * @throws NothingToDispute when no money is with us, or a dispute is open or lost already
   */
  dispute(paymentIntentId: string, outcome?: DisputeOutcome): PaymentReport | undefined;
  balance(): Balance;
  /** Empties the account's balance, or tops it up: then the refunds that have waited for it are made. */
  setBalance(balance: Balance): void;
  /** What is sent of its payments, and how. */
  readonly events: EventDestination;
  /** Forgets every payment, key and fault, also on disk. Requests being held are cut off. */
  reset(): void;
  /** Calls `listener` after each change of a payment. */
  onChange(listener: () => void): void;
  close(): Promise<void>;
}

/** The bank is not waiting for the buyer. */
export class NobodyIsAsked extends Error {
  override readonly name = 'NobodyIsAsked';
}

/** There is no money to dispute, or it is disputed already. */
export class NothingToDispute extends Error {
  override readonly name = 'NothingToDispute';
}

const MAXIMUM_BODY_BYTES = 1024 * 1024;

/**
 * A payment server that speaks Stripe's v1 protocol, so that the `stripe` package works against it unmodified.
 *
 * @throws Error when the journal is damaged or the port is taken
 */
export async function startStripeServer({
  port = 0,
  journalFile,
  clock,
  endpoint,
}: StripeServerOptions): Promise<StripeServer> {
  const events = new EventDestination(endpoint, clock);
  const payments = new PaymentStore(journalFile, clock.now(), (before, after) =>
    events.push(paymentEvents(before, after, clock.now())),
  );
  const faults = new Faults();
  const listeners = new Set<() => void>();
  const changed = () => listeners.forEach((listener) => listener());
  const settle = () => {
    if (payments.settleDue(clock.now())) changed();
  };
  const webhookEndpoints = endpoint ? [webhookEndpoint(endpoint, Math.floor(clock.now() / 1000))] : [];
  const api = new StripeApi(payments, webhookEndpoints, faults, () => clock.now(), changed);
  // Longer than the SDK's agent keeps an idle socket, so that it never writes to one that was just closed.
  const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    void respond(api, request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  let closed = false;
  clock.onAdvance(() => {
    if (!closed) settle();
  });

  const commit = (payment: Payment) => {
    payments.commit({ payment });
    changed();
    return reportPayment(payment);
  };

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    payments() {
      settle();
      return payments.all().reverse().map(reportPayment);
    },
    answerBank(paymentIntentId, answer) {
      settle();
      const payment = payments.find(paymentIntentId);
      if (!payment) return undefined;
      const { status } = payment.intent;
      if (status !== 'requires_action') throw new NobodyIsAsked(`The payment is ${status}`);
      return commit(answered(payment, answer, Math.floor(clock.now() / 1000)));
    },
    refundByHand(paymentIntentId, amount) {
      settle();
      if (!payments.find(paymentIntentId)) return undefined;
      const form = decodeForm(
        new URLSearchParams({ payment_intent: paymentIntentId, ...(amount && { amount: String(amount) }) }),
      );
      const execution = createRefund.prepare(form, '');
      return commit(execution({ payments, webhookEndpoints, now: clock.now() }).changed!);
    },
    dispute(paymentIntentId, outcome) {
      settle();
      const payment = payments.find(paymentIntentId);
      if (!payment) return undefined;
      const decided = outcome && disputeDecided(payment, outcome);
      if (decided) return commit(decided);
      const opened = disputed(payment, Math.floor(clock.now() / 1000));
      if (!opened) throw new NothingToDispute('There is nothing to dispute, or it is disputed already.');
      const report = commit(opened);
      return outcome ? commit(disputeDecided(opened, outcome)!) : report;
    },
    balance: () => payments.balance,
    setBalance(balance) {
      settle();
      payments.setBalance(balance, clock.now());
      changed();
    },
    events,
    reset() {
      faults.abandon();
      void events.reset();
      payments.clear();
      changed();
    },
    onChange: (listener) => void listeners.add(listener),
    async close() {
      closed = true;
      faults.abandon();
      await events.reset();
      server.closeAllConnections();
      return new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
    },
  };
}

async function respond(api: StripeApi, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const hangUp = new AbortController();
  response.on('close', () => hangUp.abort());
  try {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const body = await readBody(request);
    const answer = await api.handle({
      method: request.method ?? 'GET',
      path: url.pathname,
      encodedForm: [url.search.slice(1), body].filter(Boolean).join('&'),
      authorization: request.headers.authorization,
      version: request.headers['stripe-version']?.toString(),
      contentType: body ? (request.headers['content-type'] ?? '') : undefined,
      onBehalfOf: (request.headers['stripe-account'] ?? request.headers['stripe-context'])?.toString(),
      idempotencyKey: request.headers['idempotency-key']?.toString() || undefined,
      hangUp: hangUp.signal,
    });
    if (answer === CONNECTION_LOST) response.destroy();
    else send(response, answer);
  } catch (error) {
    if (error instanceof StripeError) sendTooLarge(response, error);
    else response.destroy();
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAXIMUM_BODY_BYTES) {
      throw new StripeError(413, { message: 'Request body is too large.', type: 'invalid_request_error' });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, { statusCode, headers, body }: StripeAnswer): void {
  response.writeHead(statusCode, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}

function sendTooLarge(response: ServerResponse, { statusCode, body }: StripeError): void {
  response.shouldKeepAlive = false;
  send(response, { statusCode, headers: {}, body: JSON.stringify({ error: body }) });
}
