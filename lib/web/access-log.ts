import { Aws, CfnCondition, type CfnResource, Fn, Stage } from 'aws-cdk-lib';
import { type IDistribution } from 'aws-cdk-lib/aws-cloudfront';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDelivery, CfnDeliveryDestination, CfnDeliverySource } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type AccessLogBucket } from '../data/access-log-bucket';

export interface AccessLogProps {
  readonly distribution: IDistribution;
  readonly bucket: AccessLogBucket;
}

/**
 * The caller, the time and the status. Neither path, query nor referrer: the path of a purchase has its id, which opens it, and
 * the log can leave out fields, but no requests (CloudFront Developer Guide, "Standard logging reference", read November 2026).
 * docs/runbook.md counts on the order.
 */
export const LOGGED_FIELDS = [
  ...['date', 'time', 'x-edge-location', 'x-edge-request-id', 'c-ip', 'cs-method', 'cs-protocol-version'],
  ...['ssl-protocol', 'sc-status', 'sc-bytes', 'time-taken', 'x-edge-result-type'],
  'x-edge-detailed-result-type',
];

/** The one region in which CloudFront's logs can be set up ("Configure standard logging (v2)", read November 2026). */
const REGION = 'us-east-1';

/**
 * CloudFront's access log, the second kind (v2): the first cannot leave out the path. In a stage of another region there is
 * none; the API has its own log, and the firewall its metrics.
 */
export class AccessLog extends Construct {
  constructor(scope: Construct, id: string, { distribution, bucket }: AccessLogProps) {
    super(scope, id);
    const name = `${Stage.of(this)!.stageName}-storefront`;
    const source = new CfnDeliverySource(this, 'Source', {
      name,
      logType: 'ACCESS_LOGS',
      resourceArn: distribution.distributionArn,
    });
    const destination = new CfnDeliveryDestination(this, 'Destination', {
      name,
      destinationResourceArn: `${bucket.bucketArn}/cloudfront`,
      outputFormat: 'w3c',
    });
    const delivery = new CfnDelivery(this, 'Delivery', {
      deliverySourceName: name,
      deliveryDestinationArn: destination.attrArn,
      recordFields: LOGGED_FIELDS,
    });
    delivery.addResourceDependency(source);
    // "Logs sent to Amazon S3", CloudWatch Logs User Guide, read November 2026.
    const policy = bucket.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('delivery.logs.amazonaws.com')],
        actions: ['s3:PutObject'],
        resources: [bucket.arnForObjects('*')],
        conditions: {
          StringEquals: {
            's3:x-amz-acl': 'bucket-owner-full-control',
            'aws:SourceAccount': Aws.ACCOUNT_ID,
          },
          ArnLike: {
            'aws:SourceArn': `arn:${Aws.PARTITION}:logs:${REGION}:${Aws.ACCOUNT_ID}:delivery-source:${name}`,
          },
        },
      }),
    );
    if (policy.policyDependable) delivery.node.addDependency(policy.policyDependable);

    bucket.outlive(delivery);

    const isThere = new CfnCondition(this, 'InItsRegion', {
      expression: Fn.conditionEquals(Aws.REGION, REGION),
    });
    for (const resource of [source, destination, delivery] satisfies CfnResource[]) {
      resource.cfnOptions.condition = isThere;
    }
  }
}
