import { Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type Construct } from 'constructs';
import { ENVIRONMENT } from '../lambda/shared/environment';
import { CHANNEL_NAMES, type Channel as ChannelName, CHANNELS } from '../lambda/purchase/channels';
import { type StageConfig, storefrontUrlOf } from './config';
import { type DataStack } from './data-stack';
import { NodeFunction } from './node-function';
import { Channel } from './notification/channel';
import { ConfirmationTopic } from './notification/confirmation-topic';
import { MailFeedback } from './notification/mail-feedback';

export interface NotificationStackProps extends StackProps {
  readonly config: StageConfig;
  readonly data: DataStack;
}

/** The topic `ticket-confirmations` and the channels it fans out to. */
export class NotificationStack extends Stack {
  readonly topic: ConfirmationTopic;
  readonly channels = new Map<ChannelName, Channel>();
  readonly mailFeedback: MailFeedback;

  constructor(scope: Construct, id: string, { config, data, ...props }: NotificationStackProps) {
    super(scope, id, props);
    const { seats } = data;
    const storefrontUrl = storefrontUrlOf(config);
    this.topic = new ConfirmationTopic(this, 'TicketConfirmations', {
      operatorEmails: config.operatorEmails,
    });

    const mailEvents = new NodeFunction(this, 'RecordMailEvent', { logRetention: config.logRetention });
    data.purchases.grantNoteMailEvent(mailEvents);
    data.purchases.grantUnsubscribe(mailEvents);
    this.mailFeedback = new MailFeedback(this, 'MailFeedback', { consumer: mailEvents });

    /** What each channel's function needs to deliver, beside its queue and the purchase. */
    const grantDelivery: Record<ChannelName, (consumer: NodeFunction) => void> = {
      email: (consumer) => {
        seats.grantReadLayout(consumer);
        data.purchases.grantReadUnsubscriptions(consumer);
        data.addressSecret.grantHash(consumer);
        this.mailFeedback.grantSend(consumer, {
          sender: config.emailSender,
          sandbox: config.emailSandbox ?? false,
        });
      },
      sms: (consumer) => {
        // An SMS goes to a phone number, which is no resource: AWS offers nothing narrower than `*` for it. Publishing to
        // any topic or endpoint is denied, so that the star means phone numbers alone.
        consumer.addToRolePolicy(new PolicyStatement({ actions: ['sns:Publish'], resources: ['*'] }));
        consumer.addToRolePolicy(
          PolicyStatement.fromJson({ Effect: 'Deny', Action: 'sns:Publish', Resource: 'arn:*:sns:*:*:*' }),
        );
      },
      push: (consumer) => {
        consumer.addToRolePolicy(
          new PolicyStatement({
            actions: ['sns:Publish'],
            resources: [this.formatArn({ service: 'sns', resource: 'endpoint', resourceName: '*' })],
          }),
        );
        Validations.of(consumer.role!).acknowledge({
          id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:sns:<AWS::Region>:<AWS::AccountId>:endpoint/*]',
          reason: "Each buyer's device is an endpoint of its own, and the app registers it, not this stack",
        });
      },
    };

    for (const channel of CHANNEL_NAMES) {
      const consumer = new NodeFunction(this, CHANNELS[channel].function, {
        logRetention: config.logRetention,
      });
      data.purchases.grantLogDelivery(consumer);
      if (storefrontUrl) consumer.addEnvironment(ENVIRONMENT.storefrontUrl, storefrontUrl);
      grantDelivery[channel](consumer);
      const id = `${channel[0]!.toUpperCase()}${channel.slice(1)}Channel`;
      this.channels.set(channel, new Channel(this, id, { channel, consumer, topic: this.topic.topic }));
    }
  }
}
