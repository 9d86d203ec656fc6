import { type Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { type Construct } from 'constructs';

export interface AccessLogBucketProps {
  readonly removalPolicy: RemovalPolicy;
  readonly expireAfter: Duration;
}

/** Takes the access logs of the other buckets: who read which ticket, when. */
export class AccessLogBucket extends Bucket {
  constructor(scope: Construct, id: string, { removalPolicy, expireAfter }: AccessLogBucketProps) {
    super(scope, id, {
      removalPolicy,
      autoDeleteObjects: removalPolicy === RemovalPolicy.DESTROY,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      lifecycleRules: [{ expiration: expireAfter }],
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'This bucket takes the access logs of the others: logging its own would log each of its log entries',
    });
  }
}
