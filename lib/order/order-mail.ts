import { type Topic } from 'aws-cdk-lib/aws-sns';
import { type Construct } from 'constructs';
import { ConsumedQueue, type ConsumedQueueProps } from '../notification/consumed-queue';

/** The queue of `npm run redrive`. */
export const ORDERS_QUEUE = 'orders';

export interface OrderMailProps extends ConsumedQueueProps {
  readonly topic: Topic;
}

/** What tells buyers of orders: the topic's messages → a queue → a function. */
export class OrderMail extends ConsumedQueue {
  constructor(scope: Construct, id: string, { topic, ...props }: OrderMailProps) {
    super(scope, id, props);
    this.subscribe(topic);
    this.redriveAs(ORDERS_QUEUE);
  }
}
