import { Duration, Validations } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Grant } from 'aws-cdk-lib/aws-iam';
import { type Function } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ENVIRONMENT } from '../../lambda/shared/environment';

/** What no compensation could undo: a message for each, and an alarm as long as one is there. */
export class EscalationQueue extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(this.queue).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'No function consumes this queue; people do, and an alarm calls them',
    });
    new Alarm(this, 'Alarm', {
      alarmDescription:
        'Impact: a buyer may have paid without a ticket, or a seat may be blocked; recovery goes on trying. ' +
        'Runbook: docs/runbook.md#escalations',
      metric: this.queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  /** Tell people of what could not be undone. */
  grantEscalate(grantee: Function): void {
    // Not `queue.grantSendMessages`, which also gives what a sender does not use.
    Grant.addToPrincipal({ grantee, actions: ['sqs:SendMessage'], resourceArns: [this.queue.queueArn] });
    grantee.addEnvironment(ENVIRONMENT.escalationQueue, this.queue.queueUrl);
  }
}
