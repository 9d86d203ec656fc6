import { ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { type Construct } from 'constructs';
import { AccessLogBucket, type AccessLogBucketProps } from '../data/access-log-bucket';

/** Takes CloudFront's access logs, and the log of the bucket behind it. */
export class WebLogBucket extends AccessLogBucket {
  constructor(scope: Construct, id: string, props: Omit<AccessLogBucketProps, 'objectOwnership'>) {
    // CloudFront delivers by an ACL, which only it gets; the public stays blocked.
    super(scope, id, { ...props, objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED });
  }
}
