import { Duration } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';

/** Requests a second, and the burst above it. */
export interface Throttle {
  readonly rate: number;
  readonly burst: number;
}

/** A new version gets `percent` of the traffic for `minutes`; if no alarm has sounded by then, it gets all of it. */
export interface Canary {
  readonly percent: number;
  readonly minutes: number;
}

/** How many requests one address may send within so many seconds. AWS WAF takes 10 at the least, and these windows. */
export interface AddressLimit {
  readonly requests: number;
  readonly seconds: 60 | 120 | 300 | 600;
}

/** A web application firewall before the API: AWS's managed rules, and limits per address for what anybody may call. */
export interface FirewallConfig {
  readonly perAddress: AddressLimit;
  /** The same for `POST /purchases` alone, refused ones included. Everybody behind one NAT shares it. */
  readonly purchasesPerAddress: AddressLimit;
}

/** The storefront's pages behind CloudFront, which also forwards `/api` to the API. */
export interface StorefrontConfig {
  /**
   * Its own host name, with an ACM certificate for it in us-east-1, where CloudFront reads them.
   * @default CloudFront's name, `….cloudfront.net`
   */
  readonly domain?: { readonly name: string; readonly certificateArn: string };
  /**
   * CloudFront's name of the deployed storefront, `….cloudfront.net`, which is not known before: the output
   * `DistributionDomainName` of a first deployment. For a stage without a domain, so that messages can link to its pages.
   * @default messages link to the ticket at the API's own address, and to no page
   */
  readonly distributionDomainName?: string;
  /** Stripe's `pk_…`, which is public. Without it the pages show the seats and take no cards. */
  readonly stripePublishableKey?: string;
}

/** Where buyers find the storefront of a stage, without a trailing slash; undefined where there is none, or nobody knows yet. */
export function storefrontUrlOf({ storefront }: StageConfig): string | undefined {
  const host = storefront?.domain?.name ?? storefront?.distributionDomainName;
  return host && `https://${host}`;
}

/**
 * What an audit may undo by itself although no record says so: `purchases` in three days, or `percent` of the payments of three
 * days, whichever is more. Beyond it nothing without a record is touched, and people are called: more is no lost record but a
 * lost table.
 */
export interface AuditBound {
  readonly purchases: number;
  readonly percent: number;
}

/** Units a second: 12,000 and 4,000 is what a new table on demand has ("Understanding DynamoDB warm throughput"). */
export interface WarmThroughput {
  readonly readUnitsPerSecond: number;
  readonly writeUnitsPerSecond: number;
}

/** Who prints tickets and sends them by post. */
export interface PrintPartnerConfig {
  /** Takes domain events by POST, with the key of the stack's secret in `x-api-key`. */
  readonly url: string;
  /** What it can take; 300 at the most. */
  readonly requestsPerSecond: number;
}

/** What differs between two stages. To add a stage, add a value to `STAGES`. */
export interface StageConfig {
  readonly name: string;
  /** Whose budget pays: the tag `cost-centre` of everything in the stage. */
  readonly costCentre: string;
  /**
   * Where people read this repository, such as `https://github.com/you/eventpro/blob/main`: alarms and the dashboard link to
   * its docs/runbook.md.
   * @default they name the page and link to nothing
   */
  readonly repositoryUrl?: string;
  /** Keep tables and buckets when the stacks are destroyed, with point-in-time recovery and deletion protection. */
  readonly retainData: boolean;
  /** Refuse to delete the stacks until someone lifts the protection. */
  readonly terminationProtection: boolean;
  readonly logRetention: RetentionDays;
  /** Requests a second, and the burst above it, for the whole API. */
  readonly throttle: Throttle;
  /** The same for `POST /purchases` alone, which starts the saga. */
  readonly purchaseThrottle: Throttle;
  /**
   * Origins whose pages may call the API from a browser, such as `https://shop.example.com`. With none, there is no CORS
   * at all. A page of an origin after the first can not read the answers API Gateway gives by itself (refused bodies,
   * throttling).
   */
  readonly allowedOrigins: readonly string[];
  /** How the saga and the API's functions change to a new version. @default all at once */
  readonly canary?: Canary;
  /** @default none */
  readonly webAcl?: FirewallConfig;
  /** @default none: the API is there, and the pages are somebody else's; a local run serves them itself */
  readonly storefront?: StorefrontConfig;
  /** Address that confirmation e-mails come from. Its domain or itself must be a verified SES identity. */
  readonly emailSender: string;
  /**
   * Whether SES is in its sandbox there, as in every new account: mail goes to verified addresses alone, and sending needs a
   * permission for each recipient's identity too. @default false
   */
  readonly emailSandbox?: boolean;
  /** Fixed addresses that get the reference of every confirmed purchase. Each must confirm its SNS subscription once. */
  readonly operatorEmails: readonly string[];
  /** Addresses that every alarm writes to. Each must confirm its SNS subscription once. @default nobody is called */
  readonly onCallEmails?: readonly string[];
  /**
   * Executions of Lambda that are kept for Reconcile and Audit, each, and for nobody else: a sale that uses up the account's
   * concurrency does not stop recovery. Needs a quota of 100 above what is reserved; a new account may have 10.
   * @default none
   */
  readonly recoveryConcurrency?: number;
  /** What the tables take from the first second of a sale. It can be raised, never lowered. @default DynamoDB's own */
  readonly warmThroughput?: Readonly<Record<'seats' | 'purchases', WarmThroughput>>;
  /** How long domain events can be replayed. */
  readonly eventsKept: Duration;
  /** @default nobody prints tickets for others */
  readonly printPartner?: PrintPartnerConfig;
  /** How long a superseded or deleted version of a ticket can still be restored. */
  readonly ticketVersionRetention: Duration;
  /**
   * Indexes that the tables are deployed without: DynamoDB makes one index of a table per update, so a version that brings two takes two
   * deployments. `-c withoutIndex=NAME` sets it.
   * @default none
   */
  readonly withoutIndexes?: readonly string[];
  /** How long after its event a sale is kept, with its buyer's name and address: at least 180 days, in which its payment may be disputed. */
  readonly salesKept: Duration;
  readonly auditBound: AuditBound;
  /**
   * How many seats of one event an address may hold unpaid: while a bank asks its buyer, and free seats for ten minutes. At
   * least those of one purchase. Everybody behind one NAT shares it. An ordinary sale is not counted.
   */
  readonly unpaidSeats: number;
  /**
   * The same of the extras of an event: while a bank asks the order's buyer, and free ones for ten minutes. Who wants more of them with
   * such a card must order in parts.
   */
  readonly unpaidExtras: number;
  /**
   * How many purchases of a cancelled event are cancelled in a second. Each takes six requests of Stripe, two of them when Stripe
   * tells of the refund. Its limit is 100 a second for an account, and 25 in its sandboxes ("Rate limits", read November 2026):
   * what is left is for the other sales.
   */
  readonly eventCancellationRate: number;
  /**
   * How many buyers of an event that has changed, or is on the next day, are told in a second, each by an e-mail at least. SES takes 1 a second and 200 a
   * day in its sandbox, and outside it what the account was granted ("Service quotas in Amazon SES", read November 2026): what is
   * left is for confirmations. The day's quota counts, too.
   */
  readonly announcementRate: number;
}

/**
 * Where Lambda durable functions are known to be, as of November 2026 (_Lambda durable functions_; the service came to us-east-2
 * first). Elsewhere a synthesis names it: the stacks with CancelEvent, AnnounceChange and SendEventMessages could not be made. Add a region once it has them.
 */
export const DURABLE_FUNCTION_REGIONS: readonly string[] = [
  'us-east-1',
  'us-east-2',
  'us-west-2',
  'eu-west-1',
];

const DEV: StageConfig = {
  name: 'dev',
  costCentre: 'eventpro-development',
  retainData: false,
  terminationProtection: false,
  logRetention: RetentionDays.ONE_WEEK,
  throttle: { rate: 100, burst: 200 },
  purchaseThrottle: { rate: 50, burst: 100 },
  allowedOrigins: [],
  emailSender: 'tickets@example.com',
  emailSandbox: true,
  operatorEmails: [],
  salesKept: Duration.days(180),
  auditBound: { purchases: 10, percent: 5 },
  unpaidSeats: 16,
  unpaidExtras: 20,
  eventCancellationRate: 4,
  eventsKept: Duration.days(7),
  // Nobody answers there. In a local run somebody does.
  printPartner: { url: 'https://print-partner.example.com/events', requestsPerSecond: 10 },
  announcementRate: 1,
  ticketVersionRetention: Duration.days(7),
};

/** What `npm run deploy` asks for before it deploys it: see `lib/readiness.ts`. */
const PROD: StageConfig = {
  name: 'prod',
  costCentre: 'eventpro-sales',
  retainData: true,
  terminationProtection: true,
  logRetention: RetentionDays.THREE_MONTHS,
  throttle: { rate: 1_000, burst: 2_000 },
  purchaseThrottle: { rate: 500, burst: 1_000 },
  allowedOrigins: [],
  canary: { percent: 10, minutes: 5 },
  webAcl: {
    perAddress: { requests: 2_000, seconds: 300 },
    // An office that buys at the same minute gets through; docs/security.md has what loops on one address can still do.
    purchasesPerAddress: { requests: 20, seconds: 300 },
  },
  storefront: {},
  recoveryConcurrency: 1,
  emailSender: 'tickets@example.com',
  operatorEmails: [],
  salesKept: Duration.days(180),
  auditBound: { purchases: 10, percent: 5 },
  unpaidSeats: 16,
  unpaidExtras: 20,
  eventCancellationRate: 10,
  eventsKept: Duration.days(30),
  announcementRate: 5,
  ticketVersionRetention: Duration.days(90),
};

/**
 * Rehearses prod: the same settings, by derivation, so that the two cannot drift apart. What is prod's alone it leaves out:
 * the data that stays, the host name, which CloudFront gives to one distribution, the live key, and people to be woken.
 */
const STAGING: StageConfig = {
  ...PROD,
  name: 'staging',
  costCentre: 'eventpro-development',
  retainData: false,
  terminationProtection: false,
  storefront: PROD.storefront && {
    ...PROD.storefront,
    domain: undefined,
    distributionDomainName: undefined,
    stripePublishableKey: undefined,
  },
  operatorEmails: [],
  onCallEmails: [],
};

export const STAGES: readonly StageConfig[] = [DEV, PROD, STAGING];
