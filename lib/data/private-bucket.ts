import { Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Bucket, type CfnBucket } from 'aws-cdk-lib/aws-s3';
import { type Construct, type IConstruct } from 'constructs';
import { type AccessLogBucket } from './access-log-bucket';
import { privateBucketProps } from './private-bucket-props';

export interface PrivateBucketProps {
  /** DESTROY also deletes what is in the bucket. */
  readonly removalPolicy: RemovalPolicy;
  /** How long an object is kept. @default for ever */
  readonly expireAfter?: Duration;
  /** How long a superseded or deleted version can still be restored. */
  readonly oldVersionsExpireAfter: Duration;
  /** Where its access log goes. */
  readonly accessLogs: AccessLogBucket;
}

/** A private bucket: reached only by a grant or a presigned URL; encrypted, versioned, TLS only. */
export class PrivateBucket extends Bucket {
  constructor(
    scope: Construct,
    id: string,
    { removalPolicy, expireAfter, oldVersionsExpireAfter, accessLogs }: PrivateBucketProps,
  ) {
    super(scope, id, {
      ...privateBucketProps(removalPolicy),
      versioned: true,
      lifecycleRules: [
        {
          expiration: expireAfter,
          noncurrentVersionExpiration: oldVersionsExpireAfter,
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
    });
    const { bucketName: destinationBucketName } = accessLogs;
    (this.node.defaultChild as CfnBucket).loggingConfiguration = {
      destinationBucketName,
      logFilePrefix: `${id}/`,
    };
    accessLogs.outlive(this);
  }

  /** Store objects under the prefix, and nothing else: not read, not list, not delete. */
  grantStore(grantee: IGrantable, prefix: string): Grant {
    return this.grantObjectAction(grantee, 's3:PutObject', prefix);
  }

  /** What Firehose takes to store objects under the prefix ("Grant Firehose access to an Amazon S3 destination", read November 2026). */
  grantDeliver(grantee: IGrantable, prefix: string): void {
    for (const action of ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject']) {
      this.grantObjectAction(grantee, action, prefix);
    }
    Grant.addToPrincipal({
      grantee,
      actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
      resourceArns: [this.bucketArn],
    });
  }

  /** Read objects under the prefix: also what signing a link for one takes. */
  grantFetch(grantee: IGrantable, prefix: string): Grant {
    return this.grantObjectAction(grantee, 's3:GetObject', prefix);
  }

  /** Delete objects under the prefix; their versions stay until the lifecycle takes them. */
  grantDiscard(grantee: IGrantable, prefix: string): Grant {
    return this.grantObjectAction(grantee, 's3:DeleteObject', prefix);
  }

  protected grantObjectAction(grantee: IGrantable, action: string, prefix: string): Grant {
    Validations.of(grantee.grantPrincipal as unknown as IConstruct).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${this.exportName()}/${prefix}/*]`,
      reason: `The objects under ${prefix}/: their names are not known beforehand`,
    });
    return Grant.addToPrincipal({
      grantee,
      actions: [action],
      resourceArns: [this.arnForObjects(`${prefix}/*`)],
    });
  }

  /** The name under which another stack imports the bucket's ARN, which is what a finding there calls it. */
  private exportName(): string {
    const imported = this.stack.resolve(this.stack.exportValue(this.bucketArn)) as {
      'Fn::ImportValue': string;
    };
    return imported['Fn::ImportValue'];
  }
}
