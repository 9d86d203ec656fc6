import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws/aws-error';
import { UnsupportedLocally } from '../aws/aws-service';
import { type Inbox } from '../inbox/inbox';
import { MAX_ATTRIBUTES } from '../sqs/message';
import { type SqsService } from '../sqs/sqs-service';
import { compileFilterPolicy, type Filter, type FilterPolicyScope } from './filter-policy';
import { envelope, lambdaEvent, messageFor, type Notification } from './notification';

/** As in `AWS::SNS::Subscription`; policies as objects, not as JSON text. */
export interface SubscriptionOptions {
  readonly protocol: 'sqs' | 'lambda' | 'email';
  /** ARN of the queue or function, or an e-mail address. */
  readonly endpoint: string;
  /** For queues: the message alone, its attributes as SQS attributes. @default false */
  readonly rawMessageDelivery?: boolean;
  readonly filterPolicy?: unknown;
  /** @default 'MessageAttributes' */
  readonly filterPolicyScope?: FilterPolicyScope;
  /** Where what cannot be delivered goes. @default it is lost */
  readonly redrivePolicy?: { readonly deadLetterTargetArn: string };
}

/** Hands an event to a function's asynchronous invocation queue; rejects if Lambda does not take it. */
export type InvokeAsync = (functionArn: string, event: object) => Promise<void>;

export interface DeliveryTargets {
  readonly sqs: SqsService;
  readonly inbox: Inbox;
  /** @default subscriptions of functions are refused */
  readonly invokeAsync?: InvokeAsync;
  /** Told of each delivery that was given up, whether or not a dead-letter queue takes the message. */
  readonly onUndeliverable?: (subscription: Subscription, error: unknown) => void;
}

/**
 * SNS tries AWS-managed endpoints three times at once and then for 23 days with growing pauses. Locally an endpoint
 * does not come back by itself, so the first phase is all there is.
 */
const IMMEDIATE_ATTEMPTS = 3;

/** One subscriber of a topic. E-mail subscriptions need no confirmation: the inbox is at hand. */
export class Subscription {
  readonly arn: string;
  private readonly passes: Filter;

  constructor(
    topicArn: string,
    readonly options: SubscriptionOptions,
    private readonly targets: DeliveryTargets,
  ) {
    const { protocol, filterPolicy, filterPolicyScope, rawMessageDelivery, redrivePolicy } = options;
    if (protocol === 'lambda' && !targets.invokeAsync)
      throw new UnsupportedLocally('An SNS subscription of Lambda');
    if (!['sqs', 'lambda', 'email'].includes(protocol)) {
      throw new UnsupportedLocally(`An SNS subscription by ${String(protocol)}`);
    }
    if (rawMessageDelivery && protocol !== 'sqs') {
      throw new AwsError('InvalidParameter', `Raw delivery is not available to the protocol ${protocol}`);
    }
    // Asked for now, so that a dead-letter queue that is not there shows before the first failed delivery.
    if (redrivePolicy) targets.sqs.queue(redrivePolicy.deadLetterTargetArn);
    this.arn = `${topicArn}:${randomUUID()}`;
    this.passes = filterPolicy == null ? () => true : compileFilterPolicy(filterPolicy, filterPolicyScope);
  }

  /** Delivers what passes the filter. Never rejects: what cannot be delivered goes to the dead-letter queue. */
  async deliver(notification: Notification): Promise<void> {
    const message = messageFor(this.options.protocol, notification);
    if (!this.passes(message, notification.attributes)) return;
    try {
      await this.attemptRepeatedly(notification, message);
    } catch (error) {
      this.targets.onUndeliverable?.(this, error);
      const { redrivePolicy } = this.options;
      if (redrivePolicy) this.deadLetter(redrivePolicy.deadLetterTargetArn, notification, message);
    }
  }

  private async attemptRepeatedly(notification: Notification, message: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.attempt(notification, message);
      } catch (error) {
        // A client error, such as a queue that is not there, is not tried again.
        if (error instanceof AwsError || attempt === IMMEDIATE_ATTEMPTS) throw error;
      }
    }
  }

  private async attempt(notification: Notification, message: string): Promise<void> {
    const { protocol, endpoint } = this.options;
    switch (protocol) {
      case 'sqs':
        return this.enqueue(endpoint, notification, message);
      case 'lambda':
        return this.targets.invokeAsync!(endpoint, lambdaEvent(notification, message, this.arn));
      case 'email':
        return this.targets.inbox.deliver({
          channel: 'email',
          to: endpoint,
          from: 'no-reply@sns.amazonaws.com',
          subject: notification.subject ?? 'AWS Notification Message',
          text: message,
          messageId: notification.messageId,
        });
    }
  }

  /** Without attributes if there are more than a queue takes: the body must not be lost with them. */
  private deadLetter(queueArn: string, notification: Notification, message: string): void {
    const attributes =
      Object.keys(notification.attributes).length > MAX_ATTRIBUTES ? {} : notification.attributes;
    this.enqueue(queueArn, { ...notification, attributes }, message);
  }

  /** Raw delivery carries at most ten attributes; a message with more is refused by the queue and given up. */
  private enqueue(queueArn: string, notification: Notification, message: string): void {
    const queue = this.targets.sqs.queue(queueArn);
    if (this.options.rawMessageDelivery) queue.send(message, { attributes: notification.attributes });
    else queue.send(JSON.stringify(envelope(notification, message)));
  }
}
