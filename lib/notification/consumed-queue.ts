import { Duration, Stage, Tags } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { type Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription, type SqsSubscriptionProps } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { MAX_RECEIVES } from '../../lambda/purchase/channels';
import { type NodeFunction } from '../node-function';
import { REDRIVE_TAG } from './redrive-tag';

export interface ConsumedQueueProps {
  readonly consumer: NodeFunction;
}

/** A queue, the function that works on its messages, and a dead-letter queue for what will not go. */
export class ConsumedQueue extends Construct {
  readonly consumer: NodeFunction;
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, { consumer }: ConsumedQueueProps) {
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
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: MAX_RECEIVES },
    });
    consumer.live.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: 10,
        reportBatchItemFailures: true,
        // Keeps a slow mail or SMS service from using up the account's concurrency.
        maxConcurrency: 10,
      }),
    );
  }

  /** @param name by which `npm run redrive` gives back what was given up */
  protected redriveAs(name: string): void {
    Tags.of(this.deadLetterQueue).add(REDRIVE_TAG, `${Stage.of(this)!.stageName}/${name}`, {
      includeResourceTypes: ['AWS::SQS::Queue'],
    });
  }

  /** The topic's messages as they are, without an envelope. */
  protected subscribe(topic: Topic, props: Pick<SqsSubscriptionProps, 'filterPolicy'> = {}): void {
    topic.addSubscription(
      new SqsSubscription(this.queue, {
        ...props,
        rawMessageDelivery: true,
        deadLetterQueue: this.deadLetterQueue,
      }),
    );
  }
}
