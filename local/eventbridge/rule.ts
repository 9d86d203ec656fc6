import { type BusEvent } from './bus-event';
import { type EventPattern } from './event-pattern';
import { type TargetInput } from './target-input';

/** Where a rule sends what it matches. */
export interface RuleTarget {
  readonly id: string;
  readonly arn: string;
  readonly input: TargetInput;
  /** After the first. @default 185 */
  readonly maximumRetryAttempts: number;
  /** Seconds. @default 86400 */
  readonly maximumEventAge: number;
  /** Gets what cannot be delivered. @default it is lost */
  readonly deadLetterQueue?: string;
  /** @throws DeliveryFailure */
  send(input: string, event: BusEvent, signal: AbortSignal): Promise<void>;
}

export interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly busName: string;
  readonly enabled: boolean;
  readonly matches: EventPattern;
  readonly targets: readonly RuleTarget[];
}

/** Why a target did not take an event. */
export class DeliveryFailure extends Error {
  /**
   * @param code `ERROR_CODE` of the dead-letter queue
   * @param retriable whether EventBridge tries again: not what is missing or forbidden ("How EventBridge retries delivering events")
   * @param retryAfterSeconds how long the target wants to be left alone
   */
  constructor(
    readonly code: string,
    message: string,
    readonly retriable = true,
    readonly retryAfterSeconds = 0,
  ) {
    super(message);
  }
}
