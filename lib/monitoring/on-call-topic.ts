import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

export interface OnCallTopicProps {
  /** Addresses that every alarm writes to. Each must confirm its subscription once. */
  readonly emails: readonly string[];
}

/**
 * Where alarms call people. CloudWatch can publish to an encrypted topic only under a key of our own whose policy lets
 * it in, and only where the topic's policy does, because `enforceSSL` replaces the policy a topic comes with.
 */
export class OnCallTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { emails }: OnCallTopicProps) {
    super(scope, id);
    const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    });
    const key = new Key(this, 'Key', {
      description: 'Alarms on their way to people',
      enableKeyRotation: true,
      pendingWindow: Duration.days(7),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    key.addToResourcePolicy(
      new PolicyStatement({
        principals: [cloudWatch],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
      }),
    );
    this.topic = new Topic(this, 'Resource', { displayName: 'on-call', masterKey: key, enforceSSL: true });
    this.topic.grantPublish(cloudWatch);
    for (const email of emails) this.topic.addSubscription(new EmailSubscription(email));
  }
}
