import { CfnOutput, Stack, type StackProps, Stage } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { type Function } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { type CheckoutStack } from './checkout-stack';
import { type StageConfig } from './config';
import { type DataStack } from './data-stack';
import { CapacityAlarms, type FunctionGroups } from './monitoring/capacity-alarms';
import { CheckoutAlarms } from './monitoring/checkout-alarms';
import { OnCallDashboard } from './monitoring/dashboard';
import { Consumer } from './event-bus/consumer';
import { SalesStream } from './event-bus/sales-stream';
import { TablePipe } from './event-bus/table-pipe';
import { type EventStack } from './event-stack';
import { EventAlarms } from './monitoring/event-alarms';
import { DurableFunctionAlarms } from './monitoring/durable-function-alarms';
import { EventCancellationAlarms } from './monitoring/event-cancellation-alarms';
import { EventMessageAlarms } from './monitoring/event-message-alarms';
import { NotificationAlarms } from './monitoring/notification-alarms';
import { OrderAlarms } from './monitoring/order-alarms';
import { OnCallTopic } from './monitoring/on-call-topic';
import { RecoveryAlarms } from './monitoring/recovery-alarms';
import { StripeAlarms } from './monitoring/stripe-alarms';
import { RunbookAlarm } from './alarm/runbook-alarm';
import { SavedQueries } from './monitoring/saved-queries';
import { WorkflowAlarms } from './monitoring/workflow-alarms';
import { type FunctionName } from './functions';
import { NodeFunction } from './node-function';
import { type NotificationStack } from './notification-stack';
import { ConsumedQueue } from './notification/consumed-queue';
import { type OrderStack } from './order-stack';
import { Workflow } from './workflow/workflow';

export interface MonitoringStackProps extends StackProps {
  readonly config: StageConfig;
  readonly data: DataStack;
  readonly notifications: NotificationStack;
  readonly checkout: CheckoutStack;
  readonly events: EventStack;
  readonly orders: OrderStack;
}

/**
 * What is watched, and whom it calls. `docs/runbook.md` has a heading for every alarm. It finds the stage's workflows and
 * functions by itself, so it comes after the stacks that have them.
 */
export class MonitoringStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { config, data, notifications, checkout, events, orders: orderStack, ...props }: MonitoringStackProps,
  ) {
    super(scope, id, props);
    const { seats, purchases, orders } = data;
    const { api, escalations } = checkout;
    const { restApi } = api;
    const everything = Stage.of(this)!.node.findAll();
    const workflows = everything.filter((construct) => construct instanceof Workflow);
    const pipes = everything.filter((construct) => construct instanceof TablePipe);
    const consumers = everything.filter((construct) => construct instanceof Consumer);
    const streams = everything.filter((construct) => construct instanceof SalesStream);
    const steps = new Set(workflows.flatMap(({ functions }) => functions));
    const functions = groupsOf(
      everything.filter((construct) => construct instanceof NodeFunction).filter((fn) => !steps.has(fn)),
      everything.filter((construct) => construct instanceof ConsumedQueue),
    );
    const { channels, mailFeedback } = notifications;

    new CheckoutAlarms(this, 'Checkout', { restApi });
    const watched = new Set<Function>();
    const ofWorkflows = new Construct(this, 'Workflows');
    for (const workflow of workflows) {
      const own = workflow.functions.filter((step) => !watched.has(step));
      new WorkflowAlarms(ofWorkflows, workflow.workflowRole, { workflow, steps: own });
      for (const step of own) watched.add(step);
    }
    new RecoveryAlarms(this, 'Recovery', {
      escalations: escalations.queue,
      reconcile: checkout.functions.get('Reconcile')!,
      audit: checkout.functions.get('Audit')!,
    });
    new StripeAlarms(this, 'Stripe');
    new EventCancellationAlarms(this, 'EventCancellation', {
      cancelEvent: checkout.functions.get('CancelEvent')!,
    });
    new DurableFunctionAlarms(this, 'AnnounceChange', {
      durable: checkout.functions.get('AnnounceChange')!,
      work: 'The announcement of a change',
      waiting: 'its buyers may come at the old time',
      runbook: 'The announcement of a change fails',
      revived: 'EventAnnouncementsRevived',
    });
    new EventMessageAlarms(this, 'EventMessages', events.eventMessages);
    new NotificationAlarms(this, 'Notifications', { channels, mailFeedback });
    new EventAlarms(this, 'Events', { pipes, consumers, streams });
    new OrderAlarms(this, 'Orders', { mail: orderStack.mail });
    new CapacityAlarms(this, 'Capacity', { functions, seats, purchases, orders });

    const onCall = new OnCallTopic(this, 'OnCall', { emails: config.onCallEmails ?? [] });
    const alarms = this.node.findAll().filter((construct) => construct instanceof RunbookAlarm);
    for (const alarm of alarms) {
      alarm.addAlarmAction(new SnsAction(onCall.topic));
      alarm.addOkAction(new SnsAction(onCall.topic));
    }

    const dashboard = new OnCallDashboard(this, 'Dashboard', {
      ...{
        alarms,
        restApi,
        workflows,
        channels,
        functions,
        seats,
        purchases,
        orders,
        pipes,
        consumers,
        streams,
      },
      steps: [...steps],
      escalations: escalations.queue,
    });
    new SavedQueries(this, 'Queries', {
      functionLogs: [...steps, ...Object.values({ ...functions }).flat()].map(({ logGroup }) => logGroup),
      executionLogs: workflows.map(({ logGroup }) => logGroup),
    });

    new CfnOutput(this, 'DashboardName', { value: dashboard.dashboardName });
    new CfnOutput(this, 'OnCallTopicArn', { value: onCall.topic.topicArn });
  }
}

/** Functions that nobody waits for. */
const IN_THE_BACKGROUND: readonly string[] = [
  ...(['Reconcile', 'Audit', 'CancelEvent', 'AnnounceChange'] as const),
  ...(['ScheduleEventMessages', 'SendEventMessages'] as const),
] satisfies FunctionName[];

/** What is neither a step, nor a queue's, nor in the background answers a route. */
function groupsOf(functions: readonly Function[], queues: readonly ConsumedQueue[]): FunctionGroups {
  const consumers: readonly Function[] = queues.map(({ consumer }) => consumer);
  const isRecovery = ({ node }: Function) => IN_THE_BACKGROUND.includes(node.id);
  return {
    routes: functions.filter((fn) => !consumers.includes(fn) && !isRecovery(fn)),
    channels: consumers,
    recovery: functions.filter(isRecovery),
  };
}
