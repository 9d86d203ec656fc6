import { Aws, type Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Bucket, type ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { type Construct, type IConstruct } from 'constructs';
import { privateBucketProps } from './private-bucket-props';

export interface AccessLogBucketProps {
  readonly removalPolicy: RemovalPolicy;
  readonly expireAfter: Duration;
  /** @default the bucket's owner, and no ACLs */
  readonly objectOwnership?: ObjectOwnership;
}

/** Takes the access logs of the other buckets: who read which ticket, when. */
export class AccessLogBucket extends Bucket {
  constructor(
    scope: Construct,
    id: string,
    { removalPolicy, expireAfter, objectOwnership }: AccessLogBucketProps,
  ) {
    const common = privateBucketProps(removalPolicy);
    super(scope, id, {
      ...common,
      objectOwnership: objectOwnership ?? common.objectOwnership,
      lifecycleRules: [{ expiration: expireAfter }],
    });
    // Not by `serverAccessLogsBucket`: CDK's statement names each writer, and so the policy, which is needed to empty this
    // bucket, would have to go before the writers do.
    this.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('logging.s3.amazonaws.com')],
        actions: ['s3:PutObject'],
        resources: [this.arnForObjects('*')],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'This bucket takes the access logs of the others: logging its own would log each of its log entries',
    });
  }

  /**
   * Lets what writes here go before this bucket is emptied, where it is emptied at all: what is written afterwards would keep
   * CloudFormation from deleting it.
   */
  outlive(writer: IConstruct): void {
    const emptying = this.node.tryFindChild('AutoDeleteObjectsCustomResource');
    if (emptying) writer.node.addDependency(emptying);
  }
}
