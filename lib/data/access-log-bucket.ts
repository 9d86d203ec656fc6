import { type Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { type Construct } from 'constructs';
import { privateBucketProps } from './private-bucket';

export interface AccessLogBucketProps {
  readonly removalPolicy: RemovalPolicy;
  readonly expireAfter: Duration;
}

/** Takes the access logs of the other buckets: who read which ticket, when. */
export class AccessLogBucket extends Bucket {
  constructor(scope: Construct, id: string, { removalPolicy, expireAfter }: AccessLogBucketProps) {
    super(scope, id, {
      ...privateBucketProps(removalPolicy),
      lifecycleRules: [{ expiration: expireAfter }],
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'This bucket takes the access logs of the others: logging its own would log each of its log entries',
    });
  }
}
