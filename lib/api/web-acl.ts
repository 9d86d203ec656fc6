import { type Stage } from 'aws-cdk-lib/aws-apigateway';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { type AddressLimit, type FirewallConfig } from '../config';
import { ORIGIN_SECRET_HEADER, type OriginSecret } from '../web/origin-secret';
import { all, any, equals, field, matches, not } from './web-acl-statement';

export interface WatchedRoute {
  readonly method: string;
  /** `/events/{eventId}` */
  readonly path: string;
}

export interface WebAclProps extends FirewallConfig {
  readonly stage: Stage;
  /** Whose callers prove who they are: by an IAM signature, or by one that the function checks. */
  readonly provenRoutes: readonly WatchedRoute[];
  /** Public ones that go on with a purchase or an order, and begin none. */
  readonly followUps: readonly WatchedRoute[];
  /**
   * CloudFront before the API: to the firewall all of its requests come from CloudFront, so it tells the buyer's address
   * in a header, which is believed of requests with the secret alone.
   * @default everybody calls the API itself
   */
  readonly cloudFront?: { readonly viewerAddressHeader: string; readonly secret: OriginSecret };
}

/**
 * A web application firewall before the API.
 *
 * Its rules are for the public: what one address may ask for, and AWS's common rules, which also refuse bodies over 8 KB. They
 * leave out the routes whose callers prove who they are: the gates of a stadium share an address, webhooks come by the thousand
 * from few addresses, and a seat map can be large. Such a route itself refuses callers without proof. Everything else is
 * counted, including paths that are no route, so that no spelling of a path avoids the limits.
 */
export class WebAcl extends Construct {
  constructor(scope: Construct, id: string, props: WebAclProps) {
    super(scope, id);
    const { stage, perAddress, purchasesPerAddress } = props;
    const proven = oneOf(props.provenRoutes);
    const open = proven.length > 0 ? [not(any(proven))] : [];
    // Every unsigned `POST` counts as a try to buy, but for those of a buyer who comes back from the bank: who shares an address
    // with many others would lose the seats, or the extras.
    const purchase = [equals(field.method, 'POST'), ...open, not(any(oneOf(props.followUps)))];
    const rules = [
      ...rates('Purchases', purchasesPerAddress, purchase, props),
      ...rates('Requests', perAddress, open, props),
      managed('AWSManagedRulesCommonRuleSet', open),
      managed('AWSManagedRulesKnownBadInputsRuleSet'),
    ];
    const acl = new CfnWebACL(this, 'Resource', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: visible('WebAcl'),
      rules: rules.map((rule, priority) => ({ ...rule, priority })),
    });
    new CfnWebACLAssociation(this, 'Association', { resourceArn: stage.stageArn, webAclArn: acl.attrArn });
  }
}

type RuleWithoutPriority = Omit<CfnWebACL.RuleProperty, 'priority'>;

/** One rule for who calls the API itself, and one for who comes through CloudFront. */
function rates(
  what: string,
  { requests, seconds }: AddressLimit,
  scope: readonly CfnWebACL.StatementProperty[],
  { cloudFront }: WebAclProps,
): RuleWithoutPriority[] {
  const rate = (
    name: string,
    counted: readonly CfnWebACL.StatementProperty[],
    by: Pick<CfnWebACL.RateBasedStatementProperty, 'aggregateKeyType' | 'forwardedIpConfig'>,
  ): RuleWithoutPriority => ({
    name,
    action: { block: {} },
    statement: {
      rateBasedStatement: {
        ...{ limit: requests, evaluationWindowSec: seconds, ...by },
        ...(counted.length > 0 && { scopeDownStatement: all(counted) }),
      },
    },
    visibilityConfig: visible(name),
  });
  if (!cloudFront) return [rate(`${what}PerAddress`, scope, { aggregateKeyType: 'IP' })];
  const through = equals(field.header(ORIGIN_SECRET_HEADER), cloudFront.secret.reference);
  return [
    rate(`${what}PerAddress`, [not(through), ...scope], { aggregateKeyType: 'IP' }),
    rate(`${what}PerViewer`, [through, ...scope], {
      aggregateKeyType: 'FORWARDED_IP',
      // A value that is no address is blocked.
      forwardedIpConfig: { headerName: cloudFront.viewerAddressHeader, fallbackBehavior: 'MATCH' },
    }),
  ];
}

function managed(name: string, scope: readonly CfnWebACL.StatementProperty[] = []): RuleWithoutPriority {
  return {
    name,
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        ...{ vendorName: 'AWS', name },
        ...(scope.length > 0 && { scopeDownStatement: all(scope) }),
      },
    },
    visibilityConfig: visible(name),
  };
}

/** A statement for each method. The path is compared as it was sent, with or without the stage before it. */
function oneOf(routes: readonly WatchedRoute[]): CfnWebACL.StatementProperty[] {
  const methods = [...new Set(routes.map(({ method }) => method))].sort();
  return methods.map((method) => {
    const paths = routes.filter((route) => route.method === method).map(({ path }) => pattern(path));
    return all([
      equals(field.method, method),
      matches(field.uriPath, `^(/[^/]+)?(${[...new Set(paths)].sort().join('|')})/?$`),
    ]);
  });
}

function pattern(path: string): string {
  return path.replaceAll('.', String.raw`\.`).replaceAll(/\{[^}]+\}/g, '[^/]+');
}

function visible(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false };
}
