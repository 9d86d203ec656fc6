import { type WebhookEndpoint } from './event-destination';
import { type Fault, type Faults, RequestAbandoned } from './faults';
import { decodeForm } from './form-decoding';
import { type RememberedAnswer, requestFingerprint } from './idempotency';
import { injectedError, isServerError } from './injected-error';
import { type Execution, type OperationName, type Outcome } from './operation';
import { type PaymentStore } from './payment-store';
import { authenticate } from './authentication';
import { type CheckedHeaders, checkHeaders } from './request-headers';
import { route } from './routes';
import { apiError, StripeError } from './stripe-error';
import { stripeId } from './stripe-id';

export interface StripeRequest extends CheckedHeaders {
  readonly method: string;
  readonly path: string;
  /** Query and body: Stripe takes parameters from both. */
  readonly encodedForm: string;
  readonly authorization?: string;
  readonly idempotencyKey?: string;
  /** Aborted when the client hangs up. */
  readonly hangUp: AbortSignal;
}

export interface StripeAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Names the rule of `rules.ts` that a refused request broke. Stripe has no such header. */
export const RULE_HEADER = 'Local-Stripe-Rule';

/** The connection is to be cut instead of answered. */
export const CONNECTION_LOST = Symbol('connection lost');

interface Call extends StripeRequest {
  readonly operation: OperationName;
  readonly requestId: string;
  readonly fault?: Fault;
}

/** Stripe's API without the HTTP around it. */
export class StripeApi {
  constructor(
    private readonly payments: PaymentStore,
    private readonly webhookEndpoints: readonly WebhookEndpoint[],
    private readonly faults: Faults,
    private readonly now: () => number,
    private readonly onChange: () => void,
  ) {}

  async handle(request: StripeRequest): Promise<StripeAnswer | typeof CONNECTION_LOST> {
    const requestId = stripeId('req');
    try {
      authenticate(request.authorization);
      checkHeaders(request);
      const { operation, id } = route(request.method, request.path);
      const fault = this.faults.take(operation.name);
      const call = { ...request, operation: operation.name, requestId, fault };
      if (await this.lostBefore(call)) return CONNECTION_LOST;
      const answer = await this.answer(call, () => operation.prepare(decodeForm(request.encodedForm), id));
      return (await this.lostAfter(call)) ? CONNECTION_LOST : answer;
    } catch (error) {
      if (error instanceof RequestAbandoned) return CONNECTION_LOST;
      const failure =
        error instanceof StripeError ? error : apiError(500, `Local Stripe server: ${String(error)}`);
      return this.toAnswer(request, requestId, failure);
    }
  }

  /** Replays the key's answer or executes; throws what is not to be remembered. */
  private async answer(call: Call, prepare: () => Execution): Promise<StripeAnswer> {
    const keys = this.payments.idempotencyKeys;
    const key = call.method === 'POST' ? call.idempotencyKey : undefined;
    if (key === undefined) {
      const execution = prepare();
      if (call.fault?.mode === 'slow') await this.faults.hold(call.fault);
      return this.execute(call, execution);
    }

    keys.forgetExpired(this.now());
    const fingerprint = requestFingerprint(call.method, call.path, call.encodedForm);
    const remembered = keys.lookUp(key, call.path, fingerprint);
    if (remembered) return replay(remembered, call.requestId);
    const execution = prepare();
    keys.claim(key);
    try {
      if (call.fault?.mode === 'slow') await this.faults.hold(call.fault);
      return this.execute(call, execution, { key, fingerprint });
    } finally {
      keys.release(key);
    }
  }

  private execute(
    call: Call,
    execution: Execution,
    keyed?: { key: string; fingerprint: string },
  ): StripeAnswer {
    const outcome = this.run(execution, call.fault);
    const answer = this.toAnswer(call, call.requestId, outcome.answer);
    const remembered = keyed && {
      ...keyed,
      path: call.path,
      requestId: call.requestId,
      statusCode: answer.statusCode,
      body: answer.body,
      createdAt: this.now(),
    };
    const payment = outcome.changed && {
      ...outcome.changed,
      idempotencyKeys: [
        ...outcome.changed.idempotencyKeys,
        ...(keyed ? [`${call.operation} ${keyed.key}`] : []),
      ],
    };
    this.payments.commit({ payment, confirmationToken: outcome.confirmationToken, remembered });
    if (payment) this.onChange();
    return answer;
  }

  private run(execution: Execution, fault: Fault | undefined): Outcome {
    const injected = fault?.status === undefined ? undefined : injectedError(fault.status, fault.error);
    if (injected && fault?.mode === 'fail-before') return { answer: injected };
    const outcome = this.outcome(execution);
    return injected ? { ...outcome, answer: injected } : outcome;
  }

  private outcome(execution: Execution): Outcome {
    const now = this.now();
    if (this.payments.settleDue(now)) this.onChange();
    try {
      const { payments, webhookEndpoints } = this;
      return execution({ payments, webhookEndpoints, now });
    } catch (error) {
      if (error instanceof StripeError) return { answer: error };
      throw error;
    }
  }

  private async lostBefore({ fault, hangUp }: Call): Promise<boolean> {
    if (fault?.mode === 'timeout-before') await this.faults.hold(fault, hangUp);
    if (fault?.mode === 'fail-before' && fault.status !== undefined && !isServerError(fault.status)) {
      throw injectedError(fault.status, fault.error);
    }
    return fault?.mode === 'timeout-before' || (fault?.mode === 'fail-before' && fault.status === undefined);
  }

  private async lostAfter({ fault, hangUp }: Call): Promise<boolean> {
    if (fault?.mode === 'timeout-after') await this.faults.hold(fault, hangUp);
    return fault?.mode === 'timeout-after' || (fault?.mode === 'fail-after' && fault.status === undefined);
  }

  private toAnswer({ idempotencyKey }: StripeRequest, requestId: string, content: object): StripeAnswer {
    const failed = content instanceof StripeError;
    return {
      statusCode: failed ? content.statusCode : 200,
      headers: {
        'Request-Id': requestId,
        ...(idempotencyKey !== undefined && { 'Idempotency-Key': idempotencyKey }),
        ...(failed && retryAdvice(content, idempotencyKey)),
        ...(failed && content.rule && { [RULE_HEADER]: content.rule }),
      },
      body: JSON.stringify(failed ? { error: content.body } : content),
    };
  }
}

function replay(answer: RememberedAnswer, requestId: string): StripeAnswer {
  return {
    statusCode: answer.statusCode,
    headers: {
      'Request-Id': requestId,
      'Idempotency-Key': answer.key,
      'Idempotent-Replayed': 'true',
      'Original-Request': answer.requestId,
      ...(answer.statusCode >= 500 && { 'Stripe-Should-Retry': 'false' }),
    },
    body: answer.body,
  };
}

/** What Stripe tells its SDKs: a conflict passes, a 5xx kept under a key would only be replayed. */
function retryAdvice({ statusCode }: StripeError, key: string | undefined): Record<string, string> {
  if (statusCode === 409) return { 'Stripe-Should-Retry': 'true' };
  return statusCode >= 500 && key !== undefined ? { 'Stripe-Should-Retry': 'false' } : {};
}
