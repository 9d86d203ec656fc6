import { SubscriptionFilter, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { type Function } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { BESIDE_SALE_ATTRIBUTE } from '../../lambda/notification/confirmation';
import { ENVIRONMENT } from '../../lambda/shared/environment';

export interface ConfirmationTopicProps {
  /** Addresses that get the reference of every confirmed purchase. Each must confirm its subscription once. */
  readonly operatorEmails: readonly string[];
}

/** The topic `ticket-confirmations`: one message a confirmed purchase, with its id for the queues and its reference for people. */
export class ConfirmationTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { operatorEmails }: ConfirmationTopicProps) {
    super(scope, id);
    this.topic = new Topic(this, 'Resource', { displayName: 'ticket-confirmations', enforceSSL: true });
    const filterPolicy = { [BESIDE_SALE_ATTRIBUTE]: new SubscriptionFilter([{ exists: false }]) };
    for (const email of operatorEmails)
      this.topic.addSubscription(new EmailSubscription(email, { filterPolicy }));
  }

  /** Tell the channels that a purchase is confirmed. */
  grantConfirm(grantee: Function): void {
    this.topic.grantPublish(grantee);
    grantee.addEnvironment(ENVIRONMENT.confirmationTopic, this.topic.topicArn);
  }
}
