import { Duration } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { SubscriptionFilter, type Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type NodeFunction } from '../node-function';
import { type Channel as ChannelName, CHANNELS_ATTRIBUTE } from '../../lambda/notification/confirmation';

export interface ChannelProps {
  readonly channel: ChannelName;
  readonly topic: Topic;
  readonly consumer: NodeFunction;
}

/** Deliveries of a message before it goes to the dead-letter queue. */
const MAX_RECEIVE_COUNT = 5;

/** One channel: its messages of the topic → its queue → its function, and a dead-letter queue for what will not go. */
export class Channel extends Construct {
  readonly consumer: NodeFunction;
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, { channel, topic, consumer }: ChannelProps) {
    super(scope, id);
    this.consumer = consumer;
    const common = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true };
    this.deadLetterQueue = new Queue(this, 'DeadLetterQueue', {
      ...common,
      retentionPeriod: Duration.days(14),
    });
    this.queue = new Queue(this, 'Queue', {
      ...common,
      // Long enough for a weekend; five failed receives end sooner, in the dead-letter queue.
      retentionPeriod: Duration.days(4),
      // AWS's advice: six times the function's time-out, so that a message is not seen again while it is worked on.
      visibilityTimeout: Duration.seconds(6 * consumer.timeout!.toSeconds()),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: MAX_RECEIVE_COUNT },
    });
    topic.addSubscription(
      new SqsSubscription(this.queue, {
        rawMessageDelivery: true,
        filterPolicy: { [CHANNELS_ATTRIBUTE]: SubscriptionFilter.stringFilter({ allowlist: [channel] }) },
        deadLetterQueue: this.deadLetterQueue,
      }),
    );
    consumer.live.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: 10,
        reportBatchItemFailures: true,
        // Keeps a slow mail or SMS service from using up the account's concurrency.
        maxConcurrency: 10,
      }),
    );
  }
}
