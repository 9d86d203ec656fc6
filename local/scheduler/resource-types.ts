import { UnsupportedLocally } from '../aws/aws-service';
import { physicalName } from '../cloudformation/physical-name';
import { type ResourceType } from '../cloudformation/resource-type';
import { type FunctionPool } from '../lambda/function-pool';
import { type OneTimeSchedules } from './one-time-schedules';
import { type Scheduler } from './scheduler';

/** A retry policy is for events that Lambda does not take: here it takes each one. Its own retries are another matter. */
const TARGET_PROPERTIES = new Set(['Arn', 'Input', 'RetryPolicy', 'RoleArn']);

export function schedulerTypes(
  scheduler: Scheduler,
  schedules: OneTimeSchedules,
  functions: FunctionPool,
): Record<string, ResourceType> {
  return {
    'AWS::Scheduler::ScheduleGroup': {
      properties: ['Name'],
      withoutLocalEffect: ['Tags'],
      create(request) {
        const name = (request.properties.Name as string | undefined) ?? physicalName(request, 64);
        return { ref: name, attributes: { Arn: schedules.createGroup(name, { fixed: true }) } };
      },
    },

    'AWS::Scheduler::Schedule': {
      properties: ['ScheduleExpression', 'State', 'Target'],
      withoutLocalEffect: ['Description', 'FlexibleTimeWindow', 'Name', 'ScheduleExpressionTimezone'],
      create(request) {
        const {
          ScheduleExpression,
          State = 'ENABLED',
          Target,
        } = request.properties as {
          ScheduleExpression: string;
          State?: string;
          Target: { Arn: string; Input?: string };
        };
        if (!Target.Arn.includes(':lambda:')) throw new UnsupportedLocally(`A schedule of ${Target.Arn}`);
        const unknown = Object.keys(Target).find((name) => !TARGET_PROPERTIES.has(name));
        if (unknown)
          throw new UnsupportedLocally(`The property Target.${unknown} of AWS::Scheduler::Schedule`);
        const event: unknown = JSON.parse(Target.Input ?? '{}');
        const ref = physicalName(request, 64);
        if (State === 'ENABLED') {
          scheduler.schedule(ScheduleExpression, () => functions.invokeAsync(Target.Arn, event), ref);
        }
        return { ref };
      },
    },
  };
}
