import { Duration, Stage, Tags, Validations } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import { type Function } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { REDRIVE_TAG } from '../notification/redrive-tag';
import { ENVIRONMENT } from '../../lambda/shared/environment';

/** What no compensation could undo: a message for each. `RecoveryAlarms` calls people as long as one is there. */
export class EscalationQueue extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Tags.of(this.queue).add(REDRIVE_TAG, `${Stage.of(this)!.stageName}/escalations`, {
      includeResourceTypes: ['AWS::SQS::Queue'],
    });
    Validations.of(this.queue).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'No function consumes this queue; people do, and an alarm calls them',
    });
  }

  /** Tell people of what could not be undone. */
  grantEscalate(grantee: Function): void {
    // Not `queue.grantSendMessages`, which also gives what a sender does not use.
    Grant.addToPrincipal({ grantee, actions: ['sqs:SendMessage'], resourceArns: [this.queue.queueArn] });
    grantee.addEnvironment(ENVIRONMENT.escalationQueue, this.queue.queueUrl);
  }
}
