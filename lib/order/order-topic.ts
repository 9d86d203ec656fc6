import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

/** The topic `order-notifications`: what has become of an order, with its id for the queues and its reference for people. */
export class OrderTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.topic = new Topic(this, 'Resource', { displayName: 'order-notifications', enforceSSL: true });
  }
}
