import { Stack, Validations } from 'aws-cdk-lib';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { type EventBus } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { EVENT_EVENT_NAMES } from '../../lambda/domain-event/event-events';
import { ENVIRONMENT } from '../../lambda/shared/environment';
import { type NodeFunction } from '../node-function';
import { Consumer } from './consumer';
import { DeadLetters } from './dead-letters';

export interface EventMessagesProps {
  readonly bus: EventBus;
  /** Makes and deletes the schedules. */
  readonly schedule: NodeFunction;
  /** The durable function that they start. */
  readonly send: NodeFunction;
}

/**
 * What the buyers of an event are sent when its time has come: a consumer that makes one-time schedules, one an event and message, in a
 * group of their own. So an event costs two schedules at the most, however many buyers it has, and a purchase none.
 */
export class EventMessages extends Construct {
  /** What Lambda has not taken for a day. */
  readonly deadLetterQueue: DeadLetters;
  readonly send: NodeFunction;

  constructor(scope: Construct, id: string, { bus, schedule, send }: EventMessagesProps) {
    super(scope, id);
    this.send = send;
    // Not the construct above it, which gives it a name that we would have to keep apart from those of other stages.
    const group = new CfnScheduleGroup(this, 'Schedules');
    this.deadLetterQueue = new DeadLetters(this, 'DeadLetterQueue');
    const role = new Role(this, 'Role', {
      // The group, never a schedule: "Confused deputy prevention", EventBridge Scheduler user guide, read November 2026.
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: {
            'aws:SourceAccount': Stack.of(this).account,
            'aws:SourceArn': group.attrArn,
          },
        },
      }),
    });
    send.grantInvokeLive(role);
    role.addToPolicy(
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.deadLetterQueue.queueArn] }),
    );

    schedule.addToRolePolicy(
      new PolicyStatement({
        actions: ['scheduler:CreateSchedule', 'scheduler:DeleteSchedule'],
        resources: [
          Stack.of(this).formatArn({
            service: 'scheduler',
            resource: 'schedule',
            resourceName: `${group.ref}/*`,
          }),
        ],
      }),
    );
    const groupId = Stack.of(this).getLogicalId(group);
    Validations.of(schedule.role!).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule/<${groupId}>/*]`,
      reason: 'The schedules of one group, each named by a hash of its event',
    });
    schedule.addToRolePolicy(
      new PolicyStatement({
        actions: ['iam:PassRole'],
        resources: [role.roleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
      }),
    );
    schedule.addEnvironment(ENVIRONMENT.eventMessageGroup, group.ref);
    schedule.addEnvironment(ENVIRONMENT.eventMessageRole, role.roleArn);
    schedule.addEnvironment(ENVIRONMENT.eventMessageDeadLetters, this.deadLetterQueue.queueArn);
    schedule.addEnvironment(ENVIRONMENT.sendEventMessagesFunction, send.live.functionArn);

    const { deadLetterQueue } = new Consumer(this, 'Scheduling', {
      bus,
      events: EVENT_EVENT_NAMES,
      target: new LambdaFunction(schedule.live),
      loss: 'Buyers are not reminded of their event, nor thanked, or for the day it was before: its schedules are as they were.',
    });
    // EventBridge has delivered when Lambda has the event: what fails afterwards is Lambda's to keep.
    schedule.live.configureAsyncInvoke({
      onFailure: { bind: () => ({ destination: deadLetterQueue.queueArn }) },
    });
    schedule.addToRolePolicy(
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetterQueue.queueArn] }),
    );
  }
}
