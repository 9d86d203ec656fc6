import { Aws, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { ConfigurationSet, EmailSendingEvent, EventDestination } from 'aws-cdk-lib/aws-ses';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { type Construct } from 'constructs';
import { ENVIRONMENT } from '../../lambda/shared/environment';
import { type NodeFunction } from '../node-function';
import { ConsumedQueue, type ConsumedQueueProps } from './consumed-queue';

export interface Sending {
  /** A verified identity, or an address at one. */
  readonly sender: string;
  /** Whether SES is in its sandbox. */
  readonly sandbox: boolean;
}

/**
 * How SES sends our e-mails, and what it says of them afterwards: configuration set → topic → queue → function.
 *
 * Not by EventBridge, where SES's events are "best effort" ("Amazon Simple Email Service events", read November 2026). They
 * have the recipient's address and the subject, so topic and queue are encrypted; SES can publish to an encrypted topic only
 * under a key of our own that lets it in.
 */
export class MailFeedback extends ConsumedQueue {
  readonly configurationSet: ConfigurationSet;

  constructor(scope: Construct, id: string, props: ConsumedQueueProps) {
    super(scope, id, props);
    const ses = new ServicePrincipal('ses.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    });
    const key = new Key(this, 'Key', {
      description: 'What became of e-mails, on its way from SES',
      enableKeyRotation: true,
      pendingWindow: Duration.days(7),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    key.addToResourcePolicy(
      new PolicyStatement({
        principals: [ses],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
      }),
    );
    const topic = new Topic(this, 'Topic', {
      displayName: 'mail-feedback',
      masterKey: key,
      enforceSSL: true,
    });
    this.subscribe(topic);

    this.configurationSet = new ConfigurationSet(this, 'Settings', { reputationMetrics: true });
    // Not `SEND` and `DELIVERY`: a message for each e-mail, to learn that all is well.
    this.configurationSet.addEventDestination('Events', {
      destination: EventDestination.snsTopic(topic),
      events: [
        EmailSendingEvent.BOUNCE,
        EmailSendingEvent.COMPLAINT,
        EmailSendingEvent.REJECT,
        EmailSendingEvent.DELIVERY_DELAY,
      ],
    });
  }

  /**
   * Send e-mails from this address, with these settings.
   *
   * IAM asks for each identity that takes part, and for the configuration set. In the sandbox the recipient's address is an
   * identity, too, so the star is for those, and only for mail from this sender (aws-sdk-js issue 3641, terraform-aws-ses
   * issues 19 and 40; "Identity and access management in Amazon SES", read November 2026; not tried).
   */
  grantSend(grantee: NodeFunction, { sender, sandbox }: Sending): void {
    const arnOf = (resource: string, resourceName: string) =>
      Stack.of(this).formatArn({ service: 'ses', resource, resourceName });
    grantee.addToRolePolicy(
      new PolicyStatement({
        actions: ['ses:SendEmail'],
        resources: [
          arnOf('identity', sender),
          arnOf('identity', sender.slice(sender.indexOf('@') + 1)),
          arnOf('configuration-set', this.configurationSet.configurationSetName),
        ],
      }),
    );
    if (sandbox) {
      grantee.addToRolePolicy(
        new PolicyStatement({
          actions: ['ses:SendEmail'],
          resources: [arnOf('identity', '*')],
          conditions: { StringEquals: { 'ses:FromAddress': sender } },
        }),
      );
      Validations.of(grantee.role!).acknowledge({
        id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:identity/*]',
        reason: 'In the sandbox each recipient is an identity; the condition keeps the sender to one address',
      });
    }
    grantee.addEnvironment(ENVIRONMENT.emailSender, sender);
    grantee.addEnvironment(ENVIRONMENT.configurationSet, this.configurationSet.configurationSetName);
  }
}
