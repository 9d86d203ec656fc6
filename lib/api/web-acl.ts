import { type Stage } from 'aws-cdk-lib/aws-apigateway';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';

export interface WebAclProps {
  readonly stage: Stage;
  readonly requestsPerAddressInFiveMinutes: number;
}

/**
 * A web application firewall before the API. The common rule set also refuses bodies over 8 KB, which no purchase has;
 * `PUT /events` is excepted, as a seat map can be larger and its caller is known.
 */
export class WebAcl extends Construct {
  constructor(scope: Construct, id: string, { stage, requestsPerAddressInFiveMinutes }: WebAclProps) {
    super(scope, id);
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
        {
          name: 'RatePerAddress',
          priority: 0,
          action: { block: {} },
          statement: {
            rateBasedStatement: { limit: requestsPerAddressInFiveMinutes, aggregateKeyType: 'IP' },
          },
          visibilityConfig: visible('RatePerAddress'),
        },
        managed('AWSManagedRulesCommonRuleSet', 1, { scopeDownStatement: notPut }),
        managed('AWSManagedRulesKnownBadInputsRuleSet', 2),
      ],
    });
    new CfnWebACLAssociation(this, 'Association', { resourceArn: stage.stageArn, webAclArn: acl.attrArn });
  }
}
