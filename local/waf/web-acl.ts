import { UnsupportedLocally } from '../aws/aws-service';
import { RateLimit, type RateBasedStatement } from './rate-limit';
import { predicateOf, type Statement, type WebRequest } from './statement';

/** `AWS::WAFv2::WebACL.Rule` */
export interface Rule {
  readonly Name: string;
  readonly Priority: number;
  readonly Action?: Readonly<Record<string, object>>;
  readonly Statement: Statement & {
    readonly RateBasedStatement?: RateBasedStatement;
    readonly ManagedRuleGroupStatement?: { readonly Name: string };
  };
}

export interface WebAclProperties {
  readonly DefaultAction: { readonly Allow?: object; readonly Block?: object };
  readonly Rules?: readonly Rule[];
  readonly [property: string]: unknown;
}

interface Judge {
  readonly rule: string;
  readonly blocks: (request: WebRequest, now: number) => boolean;
  readonly reset?: () => void;
}

/**
 * A web ACL: its rules in the order of their priority, until one blocks. Groups of managed rules block nothing here: what is in
 * them is AWS's.
 */
export class WebAcl {
  private readonly judges: readonly Judge[];

  /** @throws Error for what AWS WAF refuses; UnsupportedLocally for what is not played here */
  constructor({ DefaultAction, Rules = [] }: WebAclProperties) {
    if (!DefaultAction.Allow)
      throw new UnsupportedLocally('A DefaultAction of AWS::WAFv2::WebACL other than Allow');
    this.judges = [...Rules].sort((one, other) => one.Priority - other.Priority).flatMap(judgesOf);
  }

  /** @param now milliseconds since the epoch @returns the name of the rule that blocks the request */
  blockedBy(request: WebRequest, now: number): string | undefined {
    return this.judges.find(({ blocks }) => blocks(request, now))?.rule;
  }

  /** Forgets what was counted. */
  reset(): void {
    for (const judge of this.judges) judge.reset?.();
  }
}

function judgesOf({ Name, Action, Statement }: Rule): Judge[] {
  const { RateBasedStatement, ManagedRuleGroupStatement, ...rest } = Statement;
  if (ManagedRuleGroupStatement) return [];
  const [action, ...others] = Object.keys(Action ?? {});
  if (action !== 'Block' || others.length > 0 || Object.keys(Action!.Block!).length > 0) {
    throw new UnsupportedLocally(
      `The rule ${Name} of AWS::WAFv2::WebACL: an action other than a plain Block`,
    );
  }
  if (!RateBasedStatement) return [{ rule: Name, blocks: predicateOf(rest) }];
  const limit = new RateLimit(RateBasedStatement);
  return [
    {
      rule: Name,
      blocks: (request, now) => limit.exceededBy(request, now),
      reset: () => limit.reset(),
    },
  ];
}
