import { type Stage } from 'aws-cdk-lib/aws-apigateway';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';

export interface WebAclProps {
  readonly stage: Stage;
  readonly requestsPerAddressInFiveMinutes: number;
  /**
   * A header in which a proxy of ours tells the buyer's address: to the firewall all of its requests come from the proxy.
   * @default there is no proxy
   */
  readonly viewerAddressHeader?: string;
}

/**
 * A web application firewall before the API. The common rule set also refuses bodies over 8 KB, which no purchase has;
 * `PUT /events` is excepted, as a seat map can be larger and its caller is known.
 */
export class WebAcl extends Construct {
  constructor(scope: Construct, id: string, props: WebAclProps) {
    super(scope, id);
    const { stage, requestsPerAddressInFiveMinutes: limit, viewerAddressHeader } = props;
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
    const has = (header: string): CfnWebACL.StatementProperty => ({
      sizeConstraintStatement: {
        fieldToMatch: { singleHeader: { Name: header } },
        ...{ comparisonOperator: 'GT', size: 0 },
        textTransformations: [{ priority: 0, type: 'NONE' }],
      },
    });
    const notPut = {
      notStatement: {
        statement: {
          byteMatchStatement: {
            fieldToMatch: { method: {} },
            positionalConstraint: 'EXACTLY',
            searchString: 'PUT',
            textTransformations: [{ priority: 0, type: 'NONE' }],
          },
        },
      },
    };
    const acl = new CfnWebACL(this, 'Resource', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: visible('WebAcl'),
      rules: [
        rate('RatePerAddress', 0, {
          aggregateKeyType: 'IP',
          ...(viewerAddressHeader && {
            scopeDownStatement: { notStatement: { statement: has(viewerAddressHeader) } },
          }),
        }),
        managed('AWSManagedRulesCommonRuleSet', 1, { scopeDownStatement: notPut }),
        managed('AWSManagedRulesKnownBadInputsRuleSet', 2),
        // Who goes past the proxy can write any address into the header; the stage's throttle bounds that.
        ...(viewerAddressHeader
          ? [
              rate('RatePerViewer', 3, {
                aggregateKeyType: 'FORWARDED_IP',
                // What is no address is blocked.
                forwardedIpConfig: { headerName: viewerAddressHeader, fallbackBehavior: 'MATCH' },
              }),
            ]
          : []),
      ],
    });
    new CfnWebACLAssociation(this, 'Association', { resourceArn: stage.stageArn, webAclArn: acl.attrArn });
  }
}
