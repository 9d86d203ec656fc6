import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { type Construct } from 'constructs';
import { type CheckoutApi } from './api/checkout-api';
import { type StageConfig, type StorefrontConfig } from './config';
import { ownLogOfAutoDelete } from './data/auto-delete-log';
import { PrivateBucket } from './data/private-bucket';
import { AccessLog } from './web/access-log';
import { StorefrontDeployment } from './web/storefront-deployment';
import { StorefrontDistribution } from './web/storefront-distribution';
import { WebLogBucket } from './web/web-log-bucket';

export interface WebStackProps extends StackProps {
  readonly config: StageConfig;
  readonly storefront: StorefrontConfig;
  readonly api: CheckoutApi;
}

/** The storefront: `web/` in a private bucket, CloudFront before it and before the API. */
export class WebStack extends Stack {
  constructor(scope: Construct, id: string, { config, storefront, api, ...props }: WebStackProps) {
    super(scope, id, props);
    const { originSecret } = api;
    if (!originSecret)
      throw new Error('The API behind a storefront has a secret by which it knows CloudFront');
    // Not kept like tickets and sales: what is in it is in the repository.
    const removalPolicy = RemovalPolicy.DESTROY;
    const accessLogs = new WebLogBucket(this, 'LogBucket', {
      removalPolicy: config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      expireAfter: Duration.days(config.logRetention),
    });
    const bucket = new PrivateBucket(this, 'PageBucket', {
      ...{ removalPolicy, accessLogs },
      oldVersionsExpireAfter: Duration.days(30),
    });
    const distribution = new StorefrontDistribution(this, 'Distribution', {
      ...{ config: storefront, pages: bucket },
      ...{ api: api.restApi, originSecret, allowedOrigins: config.allowedOrigins },
    });
    new AccessLog(this, 'AccessLog', { distribution, bucket: accessLogs });
    new StorefrontDeployment(this, 'Pages', {
      ...{ bucket, distribution, logRetention: config.logRetention },
      config: { stripePublishableKey: storefront.stripePublishableKey },
    });

    ownLogOfAutoDelete(this, config.logRetention);

    const host = storefront.domain?.name ?? distribution.distributionDomainName;
    new CfnOutput(this, 'StorefrontUrl', { value: `https://${host}/` });
    new CfnOutput(this, 'DistributionDomainName', { value: distribution.distributionDomainName });
  }
}
