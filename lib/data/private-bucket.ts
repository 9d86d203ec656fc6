import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { type Construct } from 'constructs';

export interface PrivateBucketProps {
  /** DESTROY also deletes what is in the bucket. */
  readonly removalPolicy: RemovalPolicy;
  /** How long a superseded or deleted version can still be restored. */
  readonly oldVersionsExpireAfter: Duration;
}

/** A bucket nobody reaches but by a grant or a presigned URL: private, encrypted, versioned, TLS only. */
export class PrivateBucket extends Bucket {
  constructor(scope: Construct, id: string, { removalPolicy, oldVersionsExpireAfter }: PrivateBucketProps) {
    super(scope, id, {
      removalPolicy,
      autoDeleteObjects: removalPolicy === RemovalPolicy.DESTROY,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      lifecycleRules: [
        {
          noncurrentVersionExpiration: oldVersionsExpireAfter,
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
    });
  }

  /** Store objects under the prefix, and nothing else: not read, not list, not delete. */
  grantStore(grantee: IGrantable, prefix: string): Grant {
    return this.grantObjectAction(grantee, 's3:PutObject', prefix);
  }

  /** Read objects under the prefix: also what signing a link for one takes. */
  grantFetch(grantee: IGrantable, prefix: string): Grant {
    return this.grantObjectAction(grantee, 's3:GetObject', prefix);
  }

  /** Delete objects under the prefix; their versions stay until the lifecycle takes them. */
  grantDiscard(grantee: IGrantable, prefix: string): Grant {
    return this.grantObjectAction(grantee, 's3:DeleteObject', prefix);
  }

  private grantObjectAction(grantee: IGrantable, action: string, prefix: string): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: [action],
      resourceArns: [this.arnForObjects(`${prefix}/*`)],
    });
  }
}
