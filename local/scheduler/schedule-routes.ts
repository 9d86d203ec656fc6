import { BadRequest, bodyOf, json, limitOf, type Routes } from '../http/route';
import { type OneTimeSchedules } from './one-time-schedules';
import { type Scheduler } from './scheduler';

/** What is to come: the one-time schedules, the next first, and the recurring ones of the templates. */
export function scheduleRoutes(schedules: OneTimeSchedules, recurring: Scheduler): Routes {
  return {
    'GET /local/schedules': (_, request) =>
      json(200, {
        held: schedules.held,
        schedules: schedules
          .list()
          .slice(0, limitOf(request))
          .map(({ arn, completedAt, dueAt, error, group, input, name }) => ({
            ...{
              name,
              group,
              arn,
              at: text(dueAt),
              status: completedAt === undefined ? 'waiting' : 'completed',
            },
            ...{ expression: input.ScheduleExpression, timezone: input.ScheduleExpressionTimezone ?? 'UTC' },
            ...{
              state: input.State ?? 'ENABLED',
              actionAfterCompletion: input.ActionAfterCompletion ?? 'NONE',
            },
            ...{ target: input.Target?.Arn, input: parsed(input.Target?.Input) },
            ...{ completedAt: completedAt && text(completedAt), error },
          })),
        recurring: recurring
          .list()
          .map(({ name, expression, dueAt }) => ({ name, expression, nextAt: text(dueAt) })),
      }),
    'PUT /local/schedules': (_, request) => {
      const { held, ...others } = bodyOf<{ held: boolean }>(request);
      if (typeof held !== 'boolean' || Object.keys(others).length > 0)
        throw new BadRequest('It takes held, which must be true or false.');
      schedules.hold(held);
      return json(200, { held });
    },
  };
}

function text(at: number): string {
  return new Date(at).toISOString();
}

function parsed(input: string | undefined): unknown {
  try {
    return JSON.parse(input ?? '{}');
  } catch {
    return input;
  }
}
