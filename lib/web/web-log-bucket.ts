import { type Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Bucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { type Construct } from 'constructs';
import { privateBucketProps } from '../data/private-bucket';

export interface WebLogBucketProps {
  readonly removalPolicy: RemovalPolicy;
  readonly expireAfter: Duration;
}

/** Takes CloudFront's access logs, and the log of the bucket behind it. */
export class WebLogBucket extends Bucket {
  constructor(scope: Construct, id: string, { removalPolicy, expireAfter }: WebLogBucketProps) {
    super(scope, id, {
      ...privateBucketProps(removalPolicy),
      // CloudFront delivers by an ACL, which only it gets; the public stays blocked.
      objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED,
      lifecycleRules: [{ expiration: expireAfter }],
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'This bucket takes access logs: logging its own would log each of its log entries',
    });
  }
}
