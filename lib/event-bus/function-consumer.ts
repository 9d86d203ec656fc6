import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { type Construct } from 'constructs';
import { type NodeFunction } from '../node-function';
import { ConsumedQueue, type ConsumedQueueProps } from '../notification/consumed-queue';
import { Consumer, type ConsumerProps } from './consumer';

export interface FunctionConsumerProps extends Omit<ConsumerProps, 'deadLetterQueue' | 'target'> {
  /** Its handler is made by `consumeEvents`. */
  readonly consumer: NodeFunction;
}

/**
 * A consumer that is a function of ours: rule → queue → function.
 *
 * Not the function as the rule's target: EventBridge has delivered when Lambda has taken the event, so one on which the function
 * fails is in no queue of the rule's ("Using dead-letter queues to process undelivered events", read November 2026). From the queue
 * it is tried five times, beside the others, and then waits in the dead-letter queue, from which `npm run redrive` gives it back.
 */
export class FunctionConsumer extends Consumer {
  readonly queued: ConsumedQueue;

  constructor(scope: Construct, id: string, { consumer, ...props }: FunctionConsumerProps) {
    const queued = new EventQueue(scope, `${id}Events`, { consumer, name: id });
    const { queue, deadLetterQueue } = queued;
    super(scope, id, { ...props, deadLetterQueue, target: new SqsQueue(queue) });
    this.queued = queued;
  }
}

class EventQueue extends ConsumedQueue {
  constructor(
    scope: Construct,
    id: string,
    { name, ...props }: ConsumedQueueProps & { readonly name: string },
  ) {
    super(scope, id, props);
    this.redriveAs(name);
  }
}
