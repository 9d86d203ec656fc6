import { Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type Construct } from 'constructs';
import { type Channel as ChannelName } from '../lambda/notification/confirmation';
import { SALES_FOLDER } from '../lambda/notification/sale';
import { ENVIRONMENT } from '../lambda/shared/environment';
import { type StageConfig } from './config';
import { type DataStack } from './data-stack';
import { type FunctionName } from './functions';
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
    const { seats, sales } = data;
    this.topic = new ConfirmationTopic(this, 'TicketConfirmations', {
      operatorEmails: config.operatorEmails,
    });

    const email = this.channel('email', 'DeliverEmail', data, config);
    seats.grantReadLayout(email);
    const mailEvents = new NodeFunction(this, 'RecordMailEvent', { logRetention: config.logRetention });
    data.purchases.grantNoteMailEvent(mailEvents);
    this.mailFeedback = new MailFeedback(this, 'MailFeedback', { consumer: mailEvents });
    this.mailFeedback.grantSend(email, {
      sender: config.emailSender,
      sandbox: config.emailSandbox ?? false,
    });

    const sms = this.channel('sms', 'DeliverSms', data, config);
    // An SMS goes to a phone number, which is no resource: AWS offers nothing narrower than `*` for it. Publishing to
    // any topic or endpoint is denied, so that the star means phone numbers alone.
    sms.addToRolePolicy(new PolicyStatement({ actions: ['sns:Publish'], resources: ['*'] }));
    sms.addToRolePolicy(
      PolicyStatement.fromJson({ Effect: 'Deny', Action: 'sns:Publish', Resource: 'arn:*:sns:*:*:*' }),
    );

    const push = this.channel('push', 'DeliverPush', data, config);
    push.addToRolePolicy(
      new PolicyStatement({
        actions: ['sns:Publish'],
        resources: [this.formatArn({ service: 'sns', resource: 'endpoint', resourceName: '*' })],
      }),
    );
    Validations.of(push.role!).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:sns:<AWS::Region>:<AWS::AccountId>:endpoint/*]',
      reason: "Each buyer's device is an endpoint of its own, and the app registers it, not this stack",
    });

    const analytics = this.channel('analytics', 'RecordSale', data, config);
    sales.grantStore(analytics, SALES_FOLDER);
    analytics.addEnvironment(ENVIRONMENT.analyticsBucket, sales.bucketName);
  }

  private channel(
    channel: ChannelName,
    name: FunctionName,
    data: DataStack,
    config: StageConfig,
  ): NodeFunction {
    const consumer = new NodeFunction(this, name, { logRetention: config.logRetention });
    data.purchases.grantLogDelivery(consumer);
    const id = `${channel[0]!.toUpperCase()}${channel.slice(1)}Channel`;
    this.channels.set(channel, new Channel(this, id, { channel, consumer, topic: this.topic.topic }));
    return consumer;
  }
}
