import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { type IRuleTarget, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { LogGroup, LogStream, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type PrivateBucket } from '../data/private-bucket';
import { SALES_FOLDER, SALES_PARTITION, UNDELIVERED_FOLDER } from '../data/sales-table';

export interface SalesStreamProps {
  readonly sales: PrivateBucket;
  readonly logRetention: RetentionDays;
}

/**
 * What is sold → the sales bucket, a line of JSON each, in the folder of the day on which it came (UTC): that of the oldest line of an
 * object, by Firehose's clock ("Understand custom prefixes for Amazon S3 objects", read November 2026). When it was sold, the line says.
 *
 * What S3 does not take is tried for 24 hours ("Troubleshoot errors in Amazon Data Firehose", read November 2026), then lost: the archive
 * of the bus has it.
 */
export class SalesStream extends Construct {
  readonly target: IRuleTarget;
  readonly stream: CfnDeliveryStream;

  constructor(scope: Construct, id: string, { sales, logRetention }: SalesStreamProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Log', {
      retention: logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const { logStreamName } = new LogStream(this, 'LogStream', {
      logGroup,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('firehose.amazonaws.com', {
        conditions: { StringEquals: { 'sts:ExternalId': Aws.ACCOUNT_ID } },
      }),
    });
    sales.grantDeliver(role, SALES_FOLDER);
    sales.grantDeliver(role, UNDELIVERED_FOLDER);
    role.addToPolicy(
      new PolicyStatement({ actions: ['logs:PutLogEvents'], resources: [logGroup.logGroupArn] }),
    );

    this.stream = new CfnDeliveryStream(this, 'Resource', {
      deliveryStreamType: 'DirectPut',
      deliveryStreamEncryptionConfigurationInput: { keyType: 'AWS_OWNED_CMK' },
      extendedS3DestinationConfiguration: {
        bucketArn: sales.bucketArn,
        roleArn: role.roleArn,
        prefix: `${SALES_FOLDER}/${SALES_PARTITION}=!{timestamp:yyyy-MM-dd}/`,
        errorOutputPrefix: `${UNDELIVERED_FOLDER}/!{timestamp:yyyy-MM-dd}/`,
        bufferingHints: { intervalInSeconds: 300, sizeInMBs: 5 },
        // Firehose puts nothing between records, and EventBridge nothing behind an event ("Processor", API reference).
        processingConfiguration: {
          enabled: true,
          processors: [
            {
              type: 'AppendDelimiterToRecord',
              parameters: [{ parameterName: 'Delimiter', parameterValue: '\\n' }],
            },
          ],
        },
        cloudWatchLoggingOptions: { enabled: true, logGroupName: logGroup.logGroupName, logStreamName },
      },
    });
    // Firehose looks whether it may write when the stream is made.
    this.stream.node.addDependency(role);

    const deliverer = new Role(this, 'Deliverer', {
      assumedBy: new ServicePrincipal('events.amazonaws.com'),
    });
    deliverer.addToPolicy(
      new PolicyStatement({
        actions: ['firehose:PutRecord', 'firehose:PutRecordBatch'],
        resources: [this.stream.attrArn],
      }),
    );
    this.target = {
      bind: () => ({
        arn: this.stream.attrArn,
        role: deliverer,
        input: RuleTargetInput.fromEventPath('$.detail'),
      }),
    };
  }
}
