import { type Function } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { ENVIRONMENT } from '../../lambda/shared/environment';

export interface NoticeTopicProps {
  /** The people on call. Each must confirm the subscription once. */
  readonly emails: readonly string[];
}

/**
 * Tells the people on call what no alarm can say: which purchase is disputed, and until when the bank takes evidence; how the
 * cancellation of an event has ended. Not the topic of the alarms, which is made after everything that it watches, this stack's
 * functions among it.
 */
export class NoticeTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { emails }: NoticeTopicProps) {
    super(scope, id);
    this.topic = new Topic(this, 'Resource', { displayName: 'notices', enforceSSL: true });
    for (const email of emails) this.topic.addSubscription(new EmailSubscription(email));
  }

  grantTell(grantee: Function): void {
    this.topic.grantPublish(grantee);
    grantee.addEnvironment(ENVIRONMENT.noticeTopic, this.topic.topicArn);
  }
}
