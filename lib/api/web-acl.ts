import { type Stage } from 'aws-cdk-lib/aws-apigateway';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { ORIGIN_SECRET_HEADER, type OriginSecret } from './origin-secret';

export interface WebAclProps {
  readonly stage: Stage;
  readonly requestsPerAddressInFiveMinutes: number;
  /**
   * CloudFront before the API: to the firewall all of its requests come from CloudFront, so it tells the buyer's address
   * in a header, which is believed of requests with the secret alone.
   * @default everybody calls the API itself
   */
  readonly cloudFront?: { readonly viewerAddressHeader: string; readonly secret: OriginSecret };
}

/**
 * A web application firewall before the API. The common rule set also refuses bodies over 8 KB, which no purchase has;
 * `PUT /events` is excepted, as a seat map can be larger and its caller is known.
 */
export class WebAcl extends Construct {
  constructor(scope: Construct, id: string, props: WebAclProps) {
    super(scope, id);
    const { stage, requestsPerAddressInFiveMinutes: limit, cloudFront } = props;
    const visible = (metricName: string) => ({
      metricName,
      cloudWatchMetricsEnabled: true,
      sampledRequestsEnabled: false,
    });
    const managed = (name: string, priority: number, settings: object = {}): CfnWebACL.RuleProperty => ({
      name,
      priority,
      overrideAction: { none: {} },
      statement: { managedRuleGroupStatement: { vendorName: 'AWS', name, ...settings } },
      visibilityConfig: visible(name),
    });
    const rate = (
      name: string,
      priority: number,
      counted: Omit<CfnWebACL.RateBasedStatementProperty, 'limit'>,
    ): CfnWebACL.RuleProperty => ({
      ...{ name, priority, action: { block: {} } },
      statement: { rateBasedStatement: { limit, ...counted } },
      visibilityConfig: visible(name),
    });
    const is = (
      fieldToMatch: CfnWebACL.FieldToMatchProperty,
      searchString: string,
    ): CfnWebACL.StatementProperty => ({
      byteMatchStatement: {
        ...{ fieldToMatch, searchString, positionalConstraint: 'EXACTLY' },
        textTransformations: [{ priority: 0, type: 'NONE' }],
      },
    });
    const not = (statement: CfnWebACL.StatementProperty) => ({ notStatement: { statement } });
    const throughCloudFront =
      cloudFront && is({ singleHeader: { Name: ORIGIN_SECRET_HEADER } }, cloudFront.secret.reference);
    const acl = new CfnWebACL(this, 'Resource', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: visible('WebAcl'),
      rules: [
        rate('RatePerAddress', 0, {
          aggregateKeyType: 'IP',
          ...(throughCloudFront && { scopeDownStatement: not(throughCloudFront) }),
        }),
        managed('AWSManagedRulesCommonRuleSet', 1, {
          scopeDownStatement: not(is({ method: {} }, 'PUT')),
        }),
        managed('AWSManagedRulesKnownBadInputsRuleSet', 2),
        ...(cloudFront
          ? [
              rate('RatePerViewer', 3, {
                aggregateKeyType: 'FORWARDED_IP',
                scopeDownStatement: throughCloudFront,
                // What is no address is blocked.
                forwardedIpConfig: {
                  headerName: cloudFront.viewerAddressHeader,
                  fallbackBehavior: 'MATCH',
                },
              }),
            ]
          : []),
      ],
    });
    new CfnWebACLAssociation(this, 'Association', { resourceArn: stage.stageArn, webAclArn: acl.attrArn });
  }
}
