import { SubscriptionFilter, type Topic } from 'aws-cdk-lib/aws-sns';
import { type Construct } from 'constructs';
import { CHANNELS_ATTRIBUTE } from '../../lambda/notification/confirmation';
import { type Channel as ChannelName } from '../../lambda/purchase/channels';
import { ConsumedQueue, type ConsumedQueueProps } from './consumed-queue';

export interface ChannelProps extends ConsumedQueueProps {
  readonly channel: ChannelName;
  readonly topic: Topic;
}

/** One channel: its messages of the topic → its queue → its function. */
export class Channel extends ConsumedQueue {
  constructor(scope: Construct, id: string, { channel, topic, consumer }: ChannelProps) {
    super(scope, id, { consumer });
    const filterPolicy = {
      [CHANNELS_ATTRIBUTE]: SubscriptionFilter.stringFilter({ allowlist: [channel] }),
    };
    this.subscribe(topic, { filterPolicy });
    this.redriveAs(channel);
  }
}
