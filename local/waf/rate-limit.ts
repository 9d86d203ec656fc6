import { isIP } from 'node:net';
import { UnsupportedLocally } from '../aws/aws-service';
import { predicateOf, type Predicate, type Statement, type WebRequest } from './statement';

/** `AWS::WAFv2::WebACL.RateBasedStatement` */
export interface RateBasedStatement {
  readonly Limit: number;
  readonly EvaluationWindowSec?: number;
  readonly AggregateKeyType: string;
  readonly ScopeDownStatement?: Statement;
  readonly ForwardedIPConfig?: {
    readonly HeaderName: string;
    readonly FallbackBehavior: 'MATCH' | 'NO_MATCH';
  };
}

const UNDERSTOOD = new Set([
  'Limit', 'EvaluationWindowSec', 'AggregateKeyType', 'ScopeDownStatement', 'ForwardedIPConfig',
]); // prettier-ignore

/** Seconds. "Rate-based rule high-level settings in AWS WAF" (read November 2026), which also has the least limit. */
const WINDOWS = [60, 120, 300, 600];
const DEFAULT_WINDOW = 300;
const LEAST_LIMIT = 10;

/**
 * How many requests each address has sent in the window that ends now. What is blocked counts as well, so whoever goes on
 * stays blocked.
 *
 * AWS estimates, and notices with a delay that is "usually below 30 seconds" ("Rate-based rule caveats in AWS WAF"). Here each
 * request is counted at once.
 */
export class RateLimit {
  private readonly times = new Map<string, number[]>();
  private readonly counts: Predicate;
  private readonly windowMs: number;

  /** @throws Error for what AWS WAF refuses; UnsupportedLocally for what is not played here */
  constructor(private readonly statement: RateBasedStatement) {
    const { Limit, EvaluationWindowSec = DEFAULT_WINDOW, AggregateKeyType, ForwardedIPConfig } = statement;
    const unknown = Object.keys(statement).find((name) => !UNDERSTOOD.has(name));
    if (unknown)
      throw new UnsupportedLocally(`The property RateBasedStatement.${unknown} of AWS::WAFv2::WebACL`);
    if (AggregateKeyType !== 'IP' && AggregateKeyType !== 'FORWARDED_IP') {
      throw new UnsupportedLocally(`The AggregateKeyType ${AggregateKeyType} of AWS::WAFv2::WebACL`);
    }
    if (Number(Limit) < LEAST_LIMIT) throw refused(`the Limit ${Limit} is below ${LEAST_LIMIT}`);
    if (!WINDOWS.includes(Number(EvaluationWindowSec))) {
      throw refused(`the EvaluationWindowSec ${EvaluationWindowSec} is none of ${WINDOWS.join(', ')}`);
    }
    if ((AggregateKeyType === 'FORWARDED_IP') !== (ForwardedIPConfig !== undefined)) {
      throw refused('FORWARDED_IP and ForwardedIPConfig come together');
    }
    this.windowMs = Number(EvaluationWindowSec) * 1000;
    this.counts = statement.ScopeDownStatement ? predicateOf(statement.ScopeDownStatement) : () => true;
  }

  /** Counts the request, if it is one to be counted. @returns whether its address is over the limit */
  exceededBy(request: WebRequest, now: number): boolean {
    if (!this.counts(request)) return false;
    const address = this.addressOf(request);
    if (typeof address === 'boolean') return address;
    const recent = (this.times.get(address) ?? []).filter((time) => time > now - this.windowMs);
    recent.push(now);
    this.times.set(address, recent);
    return recent.length > Number(this.statement.Limit);
  }

  reset(): void {
    this.times.clear();
  }

  /** Without the header the rule does not apply; what is no address there is the fallback's ("ForwardedIPConfig"). */
  private addressOf({ sourceIp, headers }: WebRequest): string | boolean {
    const { ForwardedIPConfig } = this.statement;
    if (!ForwardedIPConfig) return sourceIp;
    const header = headers[ForwardedIPConfig.HeaderName.toLowerCase()];
    if (header === undefined) return false;
    const first = header.split(',')[0]!.trim();
    return isIP(first) ? first : ForwardedIPConfig.FallbackBehavior === 'MATCH';
  }
}

function refused(why: string): Error {
  return new Error(`WAFInvalidParameterException: ${why}`);
}
