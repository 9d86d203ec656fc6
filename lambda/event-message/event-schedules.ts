import {
  ActionAfterCompletion,
  ConflictException,
  CreateScheduleCommand,
  DeleteScheduleCommand,
  FlexibleTimeWindowMode,
  ResourceNotFoundException,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import { REQUEST_TIMEOUTS } from '../shared/request-timeouts';
import { type EventMessage, scheduleNameOf } from './event-message';

export interface EventSchedulesSettings {
  readonly group: string;
  /** What the schedules start, by its alias. */
  readonly functionArn: string;
  /** As which they may. */
  readonly roleArn: string;
  /** For what Lambda has not taken for a day. */
  readonly deadLetterQueueArn: string;
}

/**
 * One-time schedules of EventBridge Scheduler, by name in a group of their own: each starts SendEventMessages, and is gone then
 * ("Deleting a schedule in EventBridge Scheduler", user guide, read November 2026).
 */
export class EventSchedules {
  constructor(
    private readonly settings: EventSchedulesSettings,
    private readonly client = new SchedulerClient(REQUEST_TIMEOUTS),
  ) {}

  /** One that is there already stays. @param message which is due later: no page says what becomes of a time that is past */
  async create(message: EventMessage): Promise<void> {
    const { group, functionArn, roleArn, deadLetterQueueArn } = this.settings;
    try {
      await this.client.send(
        new CreateScheduleCommand({
          Name: scheduleNameOf(message),
          GroupName: group,
          // Without a time zone it is UTC ("Schedule types on EventBridge Scheduler").
          ScheduleExpression: `at(${new Date(message.dueAt * 1000).toISOString().slice(0, 19)})`,
          FlexibleTimeWindow: { Mode: FlexibleTimeWindowMode.OFF },
          ActionAfterCompletion: ActionAfterCompletion.DELETE,
          Target: {
            ...{ Arn: functionArn, RoleArn: roleArn, Input: JSON.stringify(message) },
            DeadLetterConfig: { Arn: deadLetterQueueArn },
            RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
          },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConflictException)) throw error;
    }
  }

  /** One that is not there, or not any more, is no matter. */
  async delete(message: EventMessage): Promise<void> {
    try {
      await this.client.send(
        new DeleteScheduleCommand({ Name: scheduleNameOf(message), GroupName: this.settings.group }),
      );
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    }
  }
}
