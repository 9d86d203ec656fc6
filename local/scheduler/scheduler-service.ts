import { type AwsRequest, type AwsResponse, type AwsService, UnsupportedLocally } from '../aws/aws-service';
import { type OneTimeSchedule, type OneTimeSchedules } from './one-time-schedules';
import { type ScheduleInput } from './schedule-input';

const MOST_LISTED = 100;

/** EventBridge Scheduler's API for one-time schedules and their groups (API reference, read November 2026). */
export function createSchedulerService(schedules: OneTimeSchedules): AwsService {
  return {
    signingName: 'scheduler',
    async handle(request: AwsRequest): Promise<AwsResponse> {
      const [, kind, encoded, ...rest] = request.path.split('/');
      const name = encoded === undefined || encoded === '' ? undefined : decodeURIComponent(encoded);
      const asked = `${request.method} /${kind}${name === undefined ? '' : '/*'}`;
      const operation = rest.length === 0 ? operations[asked] : undefined;
      if (!operation) throw new UnsupportedLocally(`scheduler:${request.method} ${request.path}`);
      const body = JSON.stringify(operation(schedules, name ?? '', request));
      return { statusCode: 200, headers: { 'content-type': 'application/json' }, body };
    },
  };
}

type Operation = (schedules: OneTimeSchedules, name: string, request: AwsRequest) => object;

const operations: Readonly<Record<string, Operation>> = {
  'POST /schedules/*': (schedules, name, request) => ({
    ScheduleArn: schedules.create(name, bodyOf(request)).arn,
  }),
  'PUT /schedules/*': (schedules, name, request) => ({
    ScheduleArn: schedules.update(name, bodyOf(request)).arn,
  }),
  'GET /schedules/*': (schedules, name, { query }) => {
    const schedule = schedules.get(name, query.get('groupName') ?? undefined);
    const {
      ActionAfterCompletion = 'NONE',
      ClientToken: _,
      ScheduleExpressionTimezone = 'UTC',
      State = 'ENABLED',
      ...input
    } = schedule.input;
    return {
      ...input,
      ActionAfterCompletion,
      ScheduleExpressionTimezone,
      State,
      ...summary(schedule),
      Target: input.Target,
    };
  },
  'DELETE /schedules/*': (schedules, name, { query }) => {
    schedules.delete(name, query.get('groupName') ?? undefined);
    return {};
  },
  'GET /schedules': (schedules, _, { query }) => {
    const matching = schedules
      .list()
      .filter(({ group }) => (query.get('ScheduleGroup') ?? group) === group)
      .filter(({ name }) => name.startsWith(query.get('NamePrefix') ?? ''))
      .filter(({ input: { State = 'ENABLED' } }) => (query.get('State') ?? State) === State);
    const limit = Math.min(Number(query.get('MaxResults') ?? MOST_LISTED), MOST_LISTED);
    const from = Number(query.get('NextToken') ?? 0);
    const page = matching.slice(from, from + limit);
    return {
      Schedules: page.map((schedule) => ({
        ...summary(schedule),
        Target: { Arn: schedule.input.Target!.Arn },
      })),
      ...(from + limit < matching.length && { NextToken: String(from + limit) }),
    };
  },
  'POST /schedule-groups/*': (schedules, name) => ({ ScheduleGroupArn: schedules.createGroup(name) }),
  'DELETE /schedule-groups/*': (schedules, name) => {
    schedules.deleteGroup(name);
    return {};
  },
  'GET /schedule-groups': (schedules) => ({
    ScheduleGroups: schedules.groupNames().map((Name) => ({ Name, State: 'ACTIVE' })),
  }),
};

function summary({ arn, createdAt, group, input, modifiedAt, name }: OneTimeSchedule): object {
  return {
    ...{ Arn: arn, Name: name, GroupName: group, State: input.State ?? 'ENABLED' },
    ...{ CreationDate: createdAt / 1000, LastModificationDate: modifiedAt / 1000 },
  };
}

function bodyOf({ body }: AwsRequest): ScheduleInput {
  return JSON.parse(body.toString()) as ScheduleInput;
}
