import { UnsupportedLocally } from '../aws-service';
import { type ResourceType } from '../cloudformation/resource-type';
import { type Services } from '../services';
import { physicalName } from './physical-name';

export function schedulerTypes({ functions, scheduler }: Services): Record<string, ResourceType> {
  return {
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
        const event: unknown = JSON.parse(Target.Input ?? '{}');
        if (State === 'ENABLED') {
          scheduler.schedule(ScheduleExpression, () =>
            functions.invoke(Target.Arn, event).catch(() => undefined),
          );
        }
        return { ref: physicalName(request, 64) };
      },
    },
  };
}
