import { Duration } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';

/** Requests a second, and the burst above it. */
export interface Throttle {
  readonly rate: number;
  readonly burst: number;
}

/** The storefront's pages behind CloudFront, which also forwards `/api` to the API. */
export interface StorefrontConfig {
  /**
   * Its own host name, with an ACM certificate for it in us-east-1, where CloudFront reads them.
   * @default CloudFront's name, `….cloudfront.net`
   */
  readonly domain?: { readonly name: string; readonly certificateArn: string };
  /** Stripe's `pk_…`, which is public. Without it the pages show the seats and take no cards. */
  readonly stripePublishableKey?: string;
}

/** What differs between two stages. To add a stage, add a value to `STAGES`. */
export interface StageConfig {
  readonly name: string;
  /** Keep tables and buckets when the stacks are destroyed, with point-in-time recovery and deletion protection. */
  readonly retainData: boolean;
  /** Refuse to delete the stacks until someone lifts the protection. */
  readonly terminationProtection: boolean;
  readonly logRetention: RetentionDays;
  /** Write the states' inputs and outputs, which hold personal data, into the execution log. */
  readonly includeExecutionData: boolean;
  /** Requests a second, and the burst above it, for the whole API. */
  readonly throttle: Throttle;
  /** The same for `POST /purchases` alone, which starts the saga. */
  readonly purchaseThrottle: Throttle;
  /** A web application firewall before the API: AWS's managed rules, and a limit per address. @default none */
  readonly webAcl?: { readonly requestsPerAddressInFiveMinutes: number };
  /** @default none: the API is there, and the pages are somebody else's; a local run serves them itself */
  readonly storefront?: StorefrontConfig;
  /** Address that confirmation e-mails come from. Its domain or itself must be a verified SES identity. */
  readonly emailSender: string;
  /** Fixed addresses that also get every confirmation message. Each must confirm its SNS subscription once. */
  readonly operatorEmails: readonly string[];
  /** How long a superseded or deleted version of a ticket can still be restored. */
  readonly ticketVersionRetention: Duration;
}

export const STAGES: readonly StageConfig[] = [
  {
    name: 'dev',
    retainData: false,
    terminationProtection: false,
    logRetention: RetentionDays.ONE_WEEK,
    includeExecutionData: true,
    throttle: { rate: 100, burst: 200 },
    purchaseThrottle: { rate: 50, burst: 100 },
    emailSender: 'tickets@example.com',
    operatorEmails: [],
    ticketVersionRetention: Duration.days(7),
  },
  {
    name: 'prod',
    retainData: true,
    terminationProtection: true,
    logRetention: RetentionDays.THREE_MONTHS,
    includeExecutionData: false,
    throttle: { rate: 1_000, burst: 2_000 },
    purchaseThrottle: { rate: 500, burst: 1_000 },
    webAcl: { requestsPerAddressInFiveMinutes: 2_000 },
    storefront: {},
    emailSender: 'tickets@example.com',
    operatorEmails: [],
    ticketVersionRetention: Duration.days(90),
  },
];
