import { type CfnElement, IgnoreMode, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { type IDistribution } from 'aws-cdk-lib/aws-cloudfront';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { type IBucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Construct } from 'constructs';
import { publishedPages } from './pages';

export interface StorefrontDeploymentProps {
  readonly bucket: IBucket;
  readonly distribution: IDistribution;
  readonly logRetention: RetentionDays;
  /** What `web/config.js` reads. */
  readonly config: { readonly stripePublishableKey?: string };
}

/**
 * Copies the pages into the bucket and tells CloudFront to forget the old ones, by CDK's own custom resource.
 *
 * Files keep their names, as there is no tool chain to put a hash into them. So browsers ask each time whether a file is
 * still the same, and only CloudFront keeps it without asking: until the next deployment.
 */
export class StorefrontDeployment extends Construct {
  constructor(scope: Construct, id: string, props: StorefrontDeploymentProps) {
    super(scope, id);
    const log = new LogGroup(this, 'Log', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // Not CDK's default role: its managed policy writes to every log group of the account.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    log.grantWrite(role);
    const { folder, files } = publishedPages();
    const pages = Source.asset(folder, {
      // Everything but these.
      exclude: ['/*', ...files.map((file) => `!/${file}`)],
      ignoreMode: IgnoreMode.GIT,
    });
    new BucketDeployment(this, 'Files', {
      ...{ role, logGroup: log, memoryLimit: 512 },
      destinationBucket: props.bucket,
      distribution: props.distribution,
      distributionPaths: ['/*'],
      sources: [pages, Source.jsonData('config.json', props.config)],
      cacheControl: [CacheControl.fromString('public, max-age=0, s-maxage=86400, must-revalidate')],
    });
    this.acknowledgeFindings(role, props.bucket);
  }

  private acknowledgeFindings(role: Role, bucket: IBucket): void {
    const stack = Stack.of(this);
    const bucketId = stack.getLogicalId(bucket.node.defaultChild as CfnElement);
    const copies = 'What CDK grants its own custom resource: to read the asset, to write this one bucket';
    const wildcards = [
      ...['s3:GetBucket*', 's3:GetObject*', 's3:List*', 's3:Abort*', 's3:DeleteObject*'].map(
        (action) => `Action::${action}`,
      ),
      `Resource::<${bucketId}.Arn>/*`,
      'Resource::arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>/*',
    ];
    for (const wildcard of wildcards) {
      Validations.of(role).acknowledge({ id: `AwsSolutions-IAM5[${wildcard}]`, reason: copies });
    }
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'To invalidate a distribution is granted for all of them: the custom resource learns its id at run time',
    });
    const handler = stack.node.children.find(({ node }) => node.id.startsWith('Custom::CDKBucketDeployment'));
    Validations.of(handler!).acknowledge({
      id: 'AwsSolutions-L1',
      reason: 'A custom resource of CDK itself: its runtime comes with the version of CDK',
    });
  }
}
