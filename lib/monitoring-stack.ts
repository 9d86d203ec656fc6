import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { type Construct } from 'constructs';
import { type CheckoutStack } from './checkout-stack';
import { SAGA_STEPS } from './checkout/checkout-saga';
import { type StageConfig } from './config';
import { type DataStack } from './data-stack';
import { type FunctionName } from './functions';
import { CapacityAlarms, type FunctionGroups } from './monitoring/capacity-alarms';
import { CheckoutAlarms } from './monitoring/checkout-alarms';
import { OnCallDashboard } from './monitoring/dashboard';
import { NotificationAlarms } from './monitoring/notification-alarms';
import { OnCallTopic } from './monitoring/on-call-topic';
import { RecoveryAlarms } from './monitoring/recovery-alarms';
import { RunbookAlarm } from './monitoring/runbook-alarm';
import { SavedQueries } from './monitoring/saved-queries';
import { type NotificationStack } from './notification-stack';

export interface MonitoringStackProps extends StackProps {
  readonly config: StageConfig;
  readonly data: DataStack;
  readonly notifications: NotificationStack;
  readonly checkout: CheckoutStack;
}

/** What is watched, and whom it calls. `docs/runbook.md` has a heading for every alarm. */
export class MonitoringStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { config, data, notifications, checkout, ...props }: MonitoringStackProps,
  ) {
    super(scope, id, props);
    const { seats, purchases } = data;
    const { api, saga, recovery, escalations } = checkout;
    const { restApi } = api;
    const functions = groupsOf(checkout, notifications);
    const { channels, mailFeedback } = notifications;

    new CheckoutAlarms(this, 'Checkout', { restApi, saga });
    new RecoveryAlarms(this, 'Recovery', {
      escalations: escalations.queue,
      reconcile: checkout.functions.get('Reconcile')!,
      audit: checkout.functions.get('Audit')!,
    });
    new NotificationAlarms(this, 'Notifications', { channels, mailFeedback });
    new CapacityAlarms(this, 'Capacity', { functions, seats, purchases });

    const onCall = new OnCallTopic(this, 'OnCall', { emails: config.onCallEmails ?? [] });
    const alarms = this.node.findAll().filter((construct) => construct instanceof RunbookAlarm);
    for (const alarm of alarms) {
      alarm.addAlarmAction(new SnsAction(onCall.topic));
      alarm.addOkAction(new SnsAction(onCall.topic));
    }

    const dashboard = new OnCallDashboard(this, 'Dashboard', {
      ...{ alarms, restApi, saga, channels, functions, seats, purchases },
      recovery: recovery.stateMachine,
      escalations: escalations.queue,
    });
    new SavedQueries(this, 'Queries', {
      functionLogs: Object.values({ ...functions }).flatMap((group) => group.map(({ logGroup }) => logGroup)),
      executionLogs: [saga.logGroup, recovery.stateMachine.logGroup],
    });

    new CfnOutput(this, 'DashboardName', { value: dashboard.dashboardName });
    new CfnOutput(this, 'OnCallTopicArn', { value: onCall.topic.topicArn });
  }
}

/** The stage's functions, by what is lost when they fail. What is neither a step nor recovery answers a route. */
function groupsOf(
  { functions }: CheckoutStack,
  { channels, mailFeedback }: NotificationStack,
): FunctionGroups {
  const isStep = (name: FunctionName) => SAGA_STEPS.some((step) => step === name);
  const isRecovery = (name: FunctionName) => name === 'Reconcile' || name === 'Audit';
  const those = (belongs: (name: FunctionName) => boolean) =>
    [...functions].filter(([name]) => belongs(name)).map(([, fn]) => fn);
  return {
    steps: those(isStep),
    routes: those((name) => !isStep(name) && !isRecovery(name)),
    channels: [...channels.values(), mailFeedback].map(({ consumer }) => consumer),
    recovery: those(isRecovery),
  };
}
