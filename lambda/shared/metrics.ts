import type { ProblemCode } from './problem';

/** The namespace of every metric below in CloudWatch. */
export const METRIC_NAMESPACE = 'EventPro';

/**
 * What a metric may be divided by, beside the dimension `service`, which is the stage: few values each, and never an
 * id, because CloudWatch keeps and bills a series for every combination.
 */
export interface MetricDimensions {
  /** How a purchase ended. */
  readonly outcome: 'CONFIRMED' | ProblemCode;
  /** The function's name: that of the state, unless two workflows have one of that name. */
  readonly step: string;
  /** What a compensation found to undo. */
  readonly result: 'refunded' | 'cancelled' | 'released' | 'none';
  /** What becomes of a buyer whom the bank wants. `abandoned`: given up by the buyer. */
  readonly authentication: 'asked' | 'authenticated' | 'declined' | 'failed' | 'expired' | 'abandoned';
  /** What a gate was told; also a gate that sent its scan again. */
  readonly admission: 'ADMITTED' | ProblemCode;
  /** A channel's name. */
  readonly channel: string;
  /** What became of an e-mail that SES had taken: a `MailEventKind`. */
  readonly mailEvent: string;
  /** What an audit found that no purchase stands behind; `unfollowed`: a refund or dispute that no event had told of. */
  readonly finding: 'payment' | 'unfollowed' | 'ticket' | 'hold' | 'soldSeat';
  /**
   * What became of an event of Stripe's. `followed`: something was done or noted. `nothing`: all was as it should be. `foreign`: of
   * another shop, stage, mode or installation. `ignored`: of a kind that nobody asked for. `unknown`: of a purchase without a
   * record. `early`: a run has the purchase, Stripe sends it again. `refused`: not signed. `failed`: by our fault.
   */
  readonly stripeEvent:
    'followed' | 'nothing' | 'foreign' | 'ignored' | 'unknown' | 'early' | 'refused' | 'failed';
  /** What the buyers of an event are sent when its time has come. */
  readonly eventMessage: 'reminder' | 'thanks';
  /** What became of a payment's dispute. `closed`: an inquiry that came to nothing, or a dispute that was prevented. */
  readonly dispute: 'opened' | 'won' | 'lost' | 'closed';
}

export interface MetricDefinition {
  /** As CloudWatch names it. */
  readonly unit: 'Count' | 'Seconds';
  readonly dimensions: readonly (keyof MetricDimensions)[];
  /** The functions that write it. */
  readonly source: string;
  readonly purpose: string;
}

/**
 * Every metric the functions write. What AWS measures by itself (executions, requests, latencies, queues, throttles) is
 * not measured again; `docs/design.md` lists both.
 */
export const METRICS = {
  Purchases: {
    unit: 'Count',
    dimensions: ['outcome'],
    source: 'ReserveSeat, GenerateTicket, ReleaseSeat',
    purpose: 'Purchases that got their outcome: CONFIRMED, or the code the buyer was refused with',
  },
  OrdersFailed: {
    unit: 'Count',
    dimensions: ['outcome'],
    source: 'ValidateOrder, CheckInventory, RestoreInventory',
    purpose: 'Orders of extras that failed, by the code that the buyer reads',
  },
  HoldAge: {
    unit: 'Seconds',
    dimensions: ['outcome'],
    source: 'GenerateTicket, ReleaseSeat',
    purpose: 'How long a purchase held its seats before they were sold or given back; a hold lasts 600',
  },
  Compensations: {
    unit: 'Count',
    dimensions: ['step', 'result'],
    source: 'RefundPayment, ReleaseSeat, RefundOrder, RestoreInventory',
    purpose: 'Compensations that succeeded, and what they found to undo',
  },
  UnknownPayments: {
    unit: 'Count',
    dimensions: ['result'],
    source: 'RefundPayment',
    purpose: 'Payments that ended without a definite answer, by what they turned out to be when read back',
  },
  Authentications: {
    unit: 'Count',
    dimensions: ['authentication'],
    source: 'ProcessPayment, ReleaseSeat',
    purpose:
      'Buyers whom their bank wanted (`asked`), and what became of each: authenticated, or the purchase ended by declined, failed, expired, abandoned',
  },
  AuthenticationTime: {
    unit: 'Seconds',
    dimensions: ['authentication'],
    source: 'ProcessPayment, ReleaseSeat',
    purpose:
      'How long it took until then, from the opening of the purchase: the bank asks within seconds, and waits for 300 at most',
  },
  Admissions: {
    unit: 'Count',
    dimensions: ['admission'],
    source: 'AdmitTicket',
    purpose: 'Scans at the gates: ADMITTED, or the code that the gate was refused with',
  },
  StepFaults: {
    unit: 'Count',
    dimensions: ['step'],
    source: 'every step',
    purpose:
      'Attempts that failed for a reason that is no answer to the buyer (AWS/Lambda Errors counts refusals too)',
  },
  UnsettledPurchases: {
    unit: 'Count',
    dimensions: [],
    source: 'Reconcile',
    purpose:
      'Purchases that are due and that nobody has settled; written every minute, so it is a heartbeat too',
  },
  UnsettledOrders: {
    unit: 'Count',
    dimensions: [],
    source: 'Reconcile',
    purpose: 'Orders of extras that are due and that no execution has: never begun, or left',
  },
  LongestOverdueOrder: {
    unit: 'Seconds',
    dimensions: [],
    source: 'Reconcile',
    purpose: 'How long the one of them is overdue that is due the longest, 0 when there is none',
  },
  LongestOverdue: {
    unit: 'Seconds',
    dimensions: [],
    source: 'Reconcile',
    purpose: 'How long the one of them is overdue that is due the longest, 0 when there is none',
  },
  AuditFindings: {
    unit: 'Count',
    dimensions: ['finding'],
    source: 'Audit',
    purpose: 'What an audit found that no purchase stands behind: undone, but for sold seats',
  },
  PurchasesWithoutRecord: {
    unit: 'Count',
    dimensions: [],
    source: 'Audit',
    purpose: 'Purchases that a payment, ticket or seat names and the table does not have: left as they are',
  },
  StripeEvents: {
    unit: 'Count',
    dimensions: ['stripeEvent'],
    source: 'ReceiveStripeEvent',
    purpose: "Stripe's events, by what became of them; the log line has their type",
  },
  Disputes: {
    unit: 'Count',
    dimensions: ['dispute'],
    source: 'ReceiveStripeEvent, Audit',
    purpose: 'Disputed payments: opened, and what became of them',
  },
  EventPurchasesCancelled: {
    unit: 'Count',
    dimensions: [],
    source: 'CancelEvent',
    purpose:
      'Purchases of a cancelled event whose cancellation was started, page by page: it stands still where there are none',
  },
  EventCancellationsPaused: {
    unit: 'Count',
    dimensions: [],
    source: 'CancelEvent',
    purpose: "Pauses of a cancellation of an event because Stripe's balance is empty",
  },
  EventBuyersTold: {
    unit: 'Count',
    dimensions: [],
    source: 'AnnounceChange',
    purpose: 'Buyers of an event that has changed who were told, page by page',
  },
  EventMessagesSent: {
    unit: 'Count',
    dimensions: ['eventMessage'],
    source: 'SendEventMessages',
    purpose:
      'Buyers whose channels were given a message because the time of their event has come, page by page',
  },
  EventAnnouncementsRevived: {
    unit: 'Count',
    dimensions: [],
    source: 'Reconcile',
    purpose: 'Announcements of changes whose execution was silent, and that were started again',
  },
  EventCancellationsRevived: {
    unit: 'Count',
    dimensions: [],
    source: 'Reconcile',
    purpose: 'Cancellations of events whose execution was silent, and that were started again',
  },
  NotificationsDelivered: {
    unit: 'Count',
    dimensions: ['channel'],
    source: "the channels' functions",
    purpose: 'Confirmations delivered',
  },
  NotificationsFailed: {
    unit: 'Count',
    dimensions: ['channel'],
    source: "the channels' functions",
    purpose: 'Attempts to deliver that failed; the queue tries five times',
  },
  NotificationsUnknown: {
    unit: 'Count',
    dimensions: ['channel'],
    source: "the channels' functions, TellOrder",
    purpose: 'Messages given up after two attempts that may have reached the buyer or not',
  },
  MailEvents: {
    unit: 'Count',
    dimensions: ['mailEvent'],
    source: 'RecordMailEvent',
    purpose: 'E-mails that SES had taken and that bounced, were complained of, rejected or delayed',
  },
} as const satisfies Record<string, MetricDefinition>;

export type MetricName = keyof typeof METRICS;

/** The dimensions that a measurement of this metric must name. */
export type DimensionsOf<Name extends MetricName> = Pick<
  MetricDimensions,
  (typeof METRICS)[Name]['dimensions'][number]
>;
