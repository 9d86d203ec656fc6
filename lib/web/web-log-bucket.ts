import { ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { type Construct } from 'constructs';
import { AccessLogBucket, type AccessLogBucketProps } from '../data/access-log-bucket';

/** Takes CloudFront's access logs, and the log of the bucket behind it. */
export class WebLogBucket extends AccessLogBucket {
  constructor(scope: Construct, id: string, props: Omit<AccessLogBucketProps, 'objectOwnership'>) {
    // A bucket from before still has the ACL by which CloudFront delivered then: enforcing the owner would be refused.
    super(scope, id, { ...props, objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED });
  }
}
