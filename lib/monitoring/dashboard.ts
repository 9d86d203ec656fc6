import { Duration, Stage } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
  type MetricOptions,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { type Function } from 'aws-cdk-lib/aws-lambda';
import { type IQueue } from 'aws-cdk-lib/aws-sqs';
import { type Construct } from 'constructs';
import { CHANNEL_NAMES } from '../../lambda/purchase/channels';
import { EVENT_MESSAGE_KINDS } from '../../lambda/event/event-message-times';
import { MAIL_EVENTS } from '../../lambda/notification/mail-event';
import { CHECKOUT } from '../../lambda/checkout/outcomes';
import { ORDER } from '../../lambda/order/outcomes';
import { type DimensionsOf, type MetricName } from '../../lambda/shared/metrics';
import {
  type CompensationRow,
  compensationOrder,
  functionNameOf,
  problemsOf,
  refusedOf,
} from '../../lambda/shared/outcomes';
import { PROBLEMS } from '../../lambda/shared/problem';
import { ADMISSION_REFUSALS } from '../../lambda/ticket/ticket-answers';
import { answersLogged } from '../api/access-log';
import { type OrderTable } from '../data/order-table';
import { type PurchaseTable } from '../data/purchase-table';
import { type SeatTable } from '../data/seat-table';
import { type Channel } from '../notification/channel';
import { type Consumer } from '../event-bus/consumer';
import { FunctionConsumer } from '../event-bus/function-consumer';
import { type SalesStream } from '../event-bus/sales-stream';
import { type TablePipe } from '../event-bus/table-pipe';
import { routeLatency } from './api-metrics';
import { businessMetric, declinedShare, OUR_FAILURES, unauthenticatedShare } from '../alarm/business-metric';
import { type FunctionGroups } from './capacity-alarms';
import { type Workflow } from '../workflow/workflow';
import { runbookAddress } from '../alarm/runbook';
import { functionThrottles, startThrottles, tableThrottles } from './capacity-metrics';
import { consumerMetric, pipeMetric, streamMetric } from './event-metrics';

export interface OnCallDashboardProps {
  readonly alarms: readonly IAlarm[];
  readonly restApi: RestApi;
  readonly workflows: readonly Workflow[];
  /** Of the workflows. */
  readonly steps: readonly Function[];
  readonly escalations: IQueue;
  readonly channels: ReadonlyMap<string, Channel>;
  readonly functions: FunctionGroups;
  readonly seats: SeatTable;
  readonly purchases: PurchaseTable;
  readonly orders: OrderTable;
  readonly pipes: readonly TablePipe[];
  readonly consumers: readonly Consumer[];
  readonly streams: readonly SalesStream[];
}

const SUM = { statistic: Stats.SUM, period: Duration.minutes(5) };

/** How purchases end: by a sale, by what a step refuses, by a fault of ours. */
const OUTCOMES = [
  'CONFIRMED',
  ...refusedOf(CHECKOUT).map((problem) => PROBLEMS[problem].code),
  ...OUR_FAILURES,
] as const;

const AUTHENTICATIONS = [
  ...(['asked', 'authenticated', 'declined', 'failed', 'expired', 'abandoned'] as const),
];
const STRIPE_EVENTS = [
  ...(['followed', 'nothing', 'foreign', 'ignored', 'unknown', 'early', 'refused', 'failed'] as const),
];
/** What may become of a scan at a gate. */
const ADMISSIONS = ['ADMITTED', ...ADMISSION_REFUSALS.map((problem) => PROBLEMS[problem].code)] as const;
const AUTHENTICATED = { authentication: 'authenticated' } as const;

/** What a person on call looks at first, from what the buyer feels down to what the services refuse. */
export class OnCallDashboard extends Dashboard {
  constructor(scope: Construct, id: string, props: OnCallDashboardProps) {
    super(scope, id, { defaultInterval: Duration.hours(3) });
    const { restApi, workflows, steps, escalations, functions } = props;
    const { seats, purchases, orders, pipes, consumers, streams } = props;
    const channels = [...props.channels];
    const measured = <Name extends MetricName>(
      name: Name,
      dimensions: DimensionsOf<Name>,
      options?: MetricOptions,
    ) => businessMetric(this, name, dimensions, options);
    const stage = Stage.of(this)!.stageName;

    this.addWidgets(
      new TextWidget({
        markdown: `# ${stage}\n[Runbook](${runbookAddress(this)}) · each alarm's description links to its own heading`,
        width: 24,
        height: 2,
      }),
    );
    this.addWidgets(
      new AlarmStatusWidget({ title: 'Alarms', alarms: [...props.alarms], width: 24, height: 5 }),
    );

    this.addWidgets(
      graph(
        'Purchases by outcome',
        OUTCOMES.map((outcome) => measured('Purchases', { outcome })),
      ),
      graph('Declined, % of payments', [declinedShare(this)]),
      graph(
        'Faults by step',
        steps.map((step) => measured('StepFaults', { step: step.node.id })),
      ),
      graph('How long seats are held, s', [
        measured('HoldAge', { outcome: 'CONFIRMED' }, { statistic: 'p50', label: 'sold, p50' }),
        measured('HoldAge', { outcome: 'CONFIRMED' }, { statistic: 'p99', label: 'sold, p99' }),
        measured('HoldAge', { outcome: 'PAYMENT_DECLINED' }, { statistic: 'p99', label: 'declined, p99' }),
      ]),
    );
    this.addWidgets(
      graph(
        'Buyers whom their bank wants',
        AUTHENTICATIONS.map((authentication) => measured('Authentications', { authentication })),
      ),
      graph('Not past their bank, % of those asked', [unauthenticatedShare(this)]),
      graph('How long buyers take for their bank, s', [
        measured('AuthenticationTime', AUTHENTICATED, { statistic: 'p50', label: 'authenticated, p50' }),
        measured('AuthenticationTime', AUTHENTICATED, { statistic: 'p99', label: 'authenticated, p99' }),
      ]),
      graph(
        'Scans at the gates',
        ADMISSIONS.map((admission) => measured('Admissions', { admission })),
      ),
    );
    this.addWidgets(
      graph(
        'Orders that failed',
        [...problemsOf(ORDER), 'OutOfStock' as const].map((problem) =>
          measured('OrdersFailed', { outcome: PROBLEMS[problem].code }),
        ),
      ),
      graph('Unsettled orders', [measured('UnsettledOrders', {}, { statistic: Stats.MAXIMUM })], {
        right: [measured('LongestOverdueOrder', {}, { label: 'longest overdue, s' })],
      }),
      graph(
        'Orders: compensations',
        compensationOrder(ORDER).flatMap((name) => {
          const step = functionNameOf(ORDER, name);
          return [...ORDER.compensations[name].undid, 'none' as const].map((result) =>
            measured('Compensations', { step, result }),
          );
        }),
      ),
    );
    this.addWidgets(...workflows.flatMap(executionGraphs));
    this.addWidgets(
      graph('API: requests and errors', [
        restApi.metricCount({ ...SUM, label: 'requests' }),
        answersLogged(this, 'ClientErrors', { ...SUM, label: '4xx' }),
        answersLogged(this, 'ServerErrors', { ...SUM, label: '5xx' }),
      ]),
      graph('API: latency, ms', [
        routeLatency(restApi, 'POST', '/purchases', 'p50'),
        routeLatency(restApi, 'POST', '/purchases', 'p99'),
        routeLatency(restApi, 'GET', '/events/{eventId}/seats', 'p99'),
      ]),
      graph('Unsettled purchases', [measured('UnsettledPurchases', {}, { statistic: Stats.MAXIMUM })], {
        right: [measured('LongestOverdue', {}, { label: 'longest overdue, s' })],
      }),
      graph('Escalations and audit', [
        escalations.metricNumberOfMessagesSent({ ...SUM, label: 'escalated' }),
        escalations.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, label: 'open' }),
        ...(['payment', 'unfollowed', 'ticket', 'hold', 'soldSeat'] as const).map((finding) =>
          measured('AuditFindings', { finding }, { label: `audit: ${finding}` }),
        ),
      ]),
    );
    this.addWidgets(
      graph(
        'Compensations',
        Object.entries<CompensationRow>(CHECKOUT.compensations).flatMap(([step, { undid }]) =>
          [...undid, 'none' as const].map((result) => measured('Compensations', { step, result })),
        ),
      ),
      graph('Unknown payments, by what they were', [
        measured('UnknownPayments', { result: 'refunded' }),
        measured('UnknownPayments', { result: 'cancelled' }),
        measured('UnknownPayments', { result: 'none' }),
      ]),
      graph(
        "Stripe's events",
        STRIPE_EVENTS.map((stripeEvent) => measured('StripeEvents', { stripeEvent })),
      ),
      graph(
        'Disputed payments',
        (['opened', 'won', 'lost', 'closed'] as const).map((dispute) => measured('Disputes', { dispute })),
      ),
      graph('Cancelled events', [
        measured('EventPurchasesCancelled', {}, { label: 'purchases' }),
        measured('EventCancellationsPaused', {}, { label: 'pauses: no balance' }),
        measured('EventCancellationsRevived', {}, { label: 'started again' }),
      ]),
      graph('Changed events, reminders and thank-yous', [
        measured('EventBuyersTold', {}, { label: 'buyers told' }),
        measured('EventAnnouncementsRevived', {}, { label: 'started again' }),
        ...EVENT_MESSAGE_KINDS.map((eventMessage) => measured('EventMessagesSent', { eventMessage })),
      ]),
    );
    this.addWidgets(
      graph(
        'Notifications delivered',
        CHANNEL_NAMES.map((channel) => measured('NotificationsDelivered', { channel })),
      ),
      graph(
        'Attempts to notify that failed',
        CHANNEL_NAMES.map((channel) => measured('NotificationsFailed', { channel })),
        {
          right: CHANNEL_NAMES.map((channel) =>
            measured('NotificationsUnknown', { channel }, { label: `${channel}: nobody knows` }),
          ),
        },
      ),
      graph(
        'What became of e-mails',
        MAIL_EVENTS.map((mailEvent) => measured('MailEvents', { mailEvent })),
      ),
      graph(
        'Dead letters',
        channels.map(([name, { deadLetterQueue }]) =>
          deadLetterQueue.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, label: name }),
        ),
      ),
      graph(
        'Oldest message of a function, s',
        [
          ...channels.map(([name, { queue }]) => [name, queue] as const),
          ...consumers.flatMap((consumer) =>
            consumer instanceof FunctionConsumer ? [[consumer.node.id, consumer.queued.queue] as const] : [],
          ),
        ].map(([label, queue]) =>
          queue.metricApproximateAgeOfOldestMessage({ statistic: Stats.MAXIMUM, label }),
        ),
      ),
    );
    this.addWidgets(
      graph(
        'Domain events, by pipe',
        pipes.map((pipe) => pipeMetric(pipe, 'EventCount')),
        {
          right: pipes.map((pipe) =>
            pipeMetric(pipe, 'ExecutionFailed').with({ label: `${pipe.node.id}: failed` }),
          ),
        },
      ),
      graph(
        'Deliveries, by consumer',
        consumers.map((consumer) => consumerMetric(consumer, 'Invocations')),
        {
          right: consumers.map((consumer) =>
            consumerMetric(consumer, 'FailedInvocations').with({
              label: `${consumer.node.id}: failed for good`,
            }),
          ),
        },
      ),
      graph(
        'Domain events that wait for people',
        [...pipes, ...consumers].map(({ node, deadLetterQueue }) =>
          deadLetterQueue.metricApproximateNumberOfMessagesVisible({
            statistic: Stats.MAXIMUM,
            label: node.id,
          }),
        ),
      ),
      graph(
        'Sales for analytics: the oldest that waits, s',
        streams.map((stream) => streamMetric(stream, 'DeliveryToS3.DataFreshness')),
        {
          right: streams.map((stream) =>
            streamMetric(stream, 'IncomingRecords').with({ label: 'lines, by 5 minutes' }),
          ),
        },
      ),
    );
    this.addWidgets(
      graph('Throttled: Lambda', [
        functionThrottles('steps', steps),
        functionThrottles('routes', functions.routes),
        functionThrottles('channels', functions.channels),
        functionThrottles('recovery', functions.recovery),
      ]),
      graph('Throttled: DynamoDB, Step Functions', [
        tableThrottles('seats', seats),
        tableThrottles('purchases', purchases),
        tableThrottles('orders', orders),
        startThrottles(),
      ]),
      graph('What is paid for: DynamoDB units', [
        seats.table.metricConsumedWriteCapacityUnits({ ...SUM, label: 'seats, writes' }),
        seats.table.metricConsumedReadCapacityUnits({ ...SUM, label: 'seats, reads' }),
        purchases.table.metricConsumedWriteCapacityUnits({ ...SUM, label: 'purchases, writes' }),
        purchases.table.metricConsumedReadCapacityUnits({ ...SUM, label: 'purchases, reads' }),
        orders.table.metricConsumedWriteCapacityUnits({ ...SUM, label: 'orders, writes' }),
        orders.table.metricConsumedReadCapacityUnits({ ...SUM, label: 'orders, reads' }),
      ]),
      graph(
        'What is paid for: Lambda, ms',
        steps.map((step) => step.metricDuration({ ...SUM, label: step.node.id })),
      ),
    );
  }
}

/** How the executions of a workflow end, and when. */
function executionGraphs(workflow: Workflow): GraphWidget[] {
  const name = workflow.workflowRole;
  return [
    graph(`Executions: ${name}`, [
      workflow.metricStarted({ ...SUM, label: 'started' }),
      workflow.metricSucceeded({ ...SUM, label: 'succeeded' }),
      workflow.metricFailed({ ...SUM, label: workflow.impact.failed ? 'failed' : 'failed (refusals too)' }),
      workflow.metricTimedOut({ ...SUM, label: 'timed out' }),
    ]),
    graph(`Duration: ${name}, ms`, [
      workflow.metricTime({ statistic: 'p50', label: 'p50' }),
      workflow.metricTime({ statistic: 'p99', label: 'p99' }),
    ]),
  ];
}

/** A quarter of a row. */
function graph(title: string, left: IMetric[], { right = [] }: { right?: IMetric[] } = {}): GraphWidget {
  return new GraphWidget({ ...{ title, left, right }, width: 6, height: 6, leftYAxis: { min: 0 } });
}
