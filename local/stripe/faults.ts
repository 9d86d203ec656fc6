import { setTimeout } from 'node:timers/promises';
import { type InjectedError, injectedError, isServerError } from './injected-error';
import { type OperationName } from './operation';

/**
 * A fault put into one operation from outside, for `times` requests or until `clear`.
 *
 * - `fail-before`: nothing is done. With `status` it is answered so: 400, 401, 403, 404, 409, 429 or 5xx, as Stripe
 *   answers them, or with `error` as Stripe documents it for that status; without, the connection is cut.
 * - `fail-after`: it is done. With a 5xx `status` that is the answer; without, the connection is cut.
 * - `timeout-before`, `timeout-after`: the same two, but no answer comes for `delayMs` (default 90 s, longer than
 *   the SDK waits) and then the connection is cut.
 * - `slow`: it is done and answered after `delayMs`; meanwhile its idempotency key is in use.
 *
 * As with Stripe, a 5xx answer is kept under the request's idempotency key; a request that never arrived, or was refused
 * before it was executed, is not. A decline is no fault: play a card that is declined, which leaves its mark on the intent.
 * Mind that the SDK repeats a request once whose connection was cut, even with `maxNetworkRetries: 0`.
 */
export interface Fault {
  readonly operation: OperationName;
  readonly mode: 'fail-before' | 'fail-after' | 'timeout-before' | 'timeout-after' | 'slow';
  readonly status?: number;
  /** Needs `status`. */
  readonly error?: InjectedError;
  readonly delayMs?: number;
  readonly times?: number;
}

const DEFAULT_TIMEOUT_MS = 90_000;

/** The server was reset or closed while the request was held. */
export class RequestAbandoned extends Error {
  override readonly name = 'RequestAbandoned';
}

export class Faults {
  private readonly faults = new Map<OperationName, { fault: Fault; left: number }>();
  private held = new AbortController();

  /**
   * Replaces the operation's fault.
   *
   * @throws RangeError for a combination that has no meaning
   */
  set(fault: Fault): void {
    refuseMeaningless(fault);
    this.faults.set(fault.operation, { fault, left: fault.times ?? Infinity });
  }

  /** Requests that are being held go on at once. */
  clear(): void {
    this.faults.clear();
    this.endHolding();
  }

  /** Like `clear`, but the requests being held are cut off and never executed. */
  abandon(): void {
    this.faults.clear();
    this.endHolding(new RequestAbandoned());
  }

  /** The fault that hits this request, counted down. */
  take(operation: OperationName): Fault | undefined {
    const entry = this.faults.get(operation);
    if (!entry) return undefined;
    entry.left -= 1;
    if (entry.left === 0) this.faults.delete(operation);
    return entry.fault;
  }

  /**
   * Holds a request for the fault's delay, less if the client hangs up or the faults are cleared.
   *
   * @throws RequestAbandoned
   */
  async hold(fault: Fault, hangUp?: AbortSignal): Promise<void> {
    const { signal } = this.held;
    const until = hangUp ? AbortSignal.any([hangUp, signal]) : signal;
    // An aborted wait is an ended wait, not a failure.
    await setTimeout(fault.delayMs ?? DEFAULT_TIMEOUT_MS, undefined, { signal: until }).catch(
      () => undefined,
    );
    if (signal.reason instanceof RequestAbandoned) throw signal.reason;
  }

  private endHolding(reason?: RequestAbandoned): void {
    this.held.abort(reason);
    this.held = new AbortController();
  }
}

function refuseMeaningless({ mode, status, error, delayMs, times }: Fault): void {
  const mayAnswer = mode === 'fail-before' || mode === 'fail-after';
  if (status !== undefined && !mayAnswer) throw new RangeError(`${mode} never answers: it takes no status`);
  if (error && status === undefined) throw new RangeError('an error needs the status that it comes with');
  if (status === 402) throw new RangeError(`${mode} cannot answer 402: pay with a card that is declined`);
  if (status !== undefined && mode === 'fail-after' && !isServerError(status)) {
    throw new RangeError(`fail-after cannot answer ${status}: it would say that nothing was done`);
  }
  if (status !== undefined) injectedError(status, error);
  if (mode === 'slow' && delayMs === undefined) throw new RangeError('slow needs delayMs');
  if (delayMs !== undefined && mayAnswer) throw new RangeError(`${mode} fails at once: it takes no delayMs`);
  if (times !== undefined && !(Number.isInteger(times) && times > 0)) {
    throw new RangeError(`times must be a positive integer, not ${times}`);
  }
}
