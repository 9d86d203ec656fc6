import { Aws, Duration } from 'aws-cdk-lib';
import { type TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { type EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnPipe } from 'aws-cdk-lib/aws-pipes';
import { Construct } from 'constructs';
import { EVENT_SOURCE } from '../../lambda/domain-event/domain-events';
import { OUTBOX } from '../../lambda/purchase/outbox';
import { DeadLetters } from './dead-letters';

export interface TablePipeProps {
  readonly table: TableV2;
  readonly bus: EventBus;
  /** One for each event. A pipe takes five (`FilterCriteria`); `$or` joins more. */
  readonly patterns: readonly object[];
  /** What becomes of a record. */
  readonly template: string;
  /** What is missing while it stands: the first sentence of its alarms. */
  readonly loss: string;
  /** Whether each sale is among its events: then its silence is one of the alarms. @default false */
  readonly tellsSales?: boolean;
}

/** A stream forgets after 24 hours ("Change data capture for DynamoDB Streams"): before that, people should have the record's number. */
const GIVEN_UP_AFTER = Duration.hours(23);

/**
 * The stream of a table → the bus: what a table has written is told of, whoever wrote it.
 *
 * In the order of the stream, at least once. A batch that fails is halved until the record that is to blame is alone; that one is tried
 * for 23 hours, and what comes after it in its shard waits.
 */
export class TablePipe extends Construct {
  readonly pipe: CfnPipe;
  readonly deadLetterQueue: DeadLetters;
  readonly loss: string;
  readonly tellsSales: boolean;

  constructor(scope: Construct, id: string, props: TablePipeProps) {
    super(scope, id);
    const { table, bus, patterns, template } = props;
    this.loss = props.loss;
    this.tellsSales = props.tellsSales ?? false;
    this.deadLetterQueue = new DeadLetters(this, 'DeadLetterQueue');
    const stream = table.tableStreamArn!;
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('pipes.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    });
    // "Permissions for Amazon EventBridge Pipes" (user guide, read November 2026).
    const allow = (resource: string, ...actions: string[]) =>
      role.addToPolicy(new PolicyStatement({ actions, resources: [resource] }));
    allow(
      stream,
      ...['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      'dynamodb:ListStreams',
    );
    allow(bus.eventBusArn, 'events:PutEvents');
    allow(this.deadLetterQueue.queueArn, 'sqs:SendMessage');

    this.pipe = new CfnPipe(this, 'Resource', {
      roleArn: role.roleArn,
      source: stream,
      sourceParameters: {
        filterCriteria: { filters: patterns.map((pattern) => ({ pattern: JSON.stringify(pattern) })) },
        dynamoDbStreamParameters: {
          // From the stream's beginning, which is that of the events.
          startingPosition: 'TRIM_HORIZON',
          // What one PutEvents takes ("Amazon EventBridge Pipes batching and concurrency").
          batchSize: 10,
          maximumBatchingWindowInSeconds: 1,
          onPartialBatchItemFailure: 'AUTOMATIC_BISECT',
          maximumRecordAgeInSeconds: GIVEN_UP_AFTER.toSeconds(),
          // The most there are: the age decides. Without either, a record would be tried until the stream forgets it.
          maximumRetryAttempts: 10_000,
          deadLetterConfig: { arn: this.deadLetterQueue.queueArn },
        },
      },
      target: bus.eventBusArn,
      targetParameters: {
        inputTemplate: template,
        eventBridgeEventBusParameters: {
          source: EVENT_SOURCE,
          // A path into the record ("Amazon EventBridge Pipes targets", Dynamic path parameters).
          detailType: `$.dynamodb.NewImage.${OUTBOX.event}.S`,
        },
      },
    });
    // The service assumes the role when the pipe is made, and looks whether it may read.
    this.pipe.node.addDependency(role);
  }
}
