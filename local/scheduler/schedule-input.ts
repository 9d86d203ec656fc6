import { AwsError } from '../aws/aws-error';
import { UnsupportedLocally } from '../aws/aws-service';
import { isJson } from '../aws/is-json';

/** `CreateSchedule` and `UpdateSchedule`, without the name. */
export interface ScheduleInput {
  readonly ActionAfterCompletion?: 'DELETE' | 'NONE';
  readonly ClientToken?: string;
  readonly Description?: string;
  readonly FlexibleTimeWindow?: { readonly Mode?: string; readonly MaximumWindowInMinutes?: number };
  readonly GroupName?: string;
  readonly ScheduleExpression?: string;
  readonly ScheduleExpressionTimezone?: string;
  readonly State?: 'DISABLED' | 'ENABLED';
  readonly Target?: ScheduleTarget;
}

export interface ScheduleTarget {
  readonly Arn?: string;
  readonly DeadLetterConfig?: { readonly Arn?: string };
  readonly Input?: string;
  readonly RetryPolicy?: {
    readonly MaximumEventAgeInSeconds?: number;
    readonly MaximumRetryAttempts?: number;
  };
  readonly RoleArn?: string;
}

const MEMBERS = [
  ...[
    'ActionAfterCompletion',
    'ClientToken',
    'Description',
    'EndDate',
    'FlexibleTimeWindow',
    'GroupName',
    'Name',
  ],
  ...['ScheduleExpression', 'ScheduleExpressionTimezone', 'StartDate', 'State', 'Target'],
];
const TARGET_MEMBERS = ['Arn', 'DeadLetterConfig', 'Input', 'RetryPolicy', 'RoleArn'];

/**
 * Refuses what EventBridge Scheduler refuses ("CreateSchedule", API reference, read November 2026), and by name what is not played.
 * No page tells what becomes of a time in the past: it is refused here, so that nothing relies on more.
 *
 * @param now milliseconds
 * @returns when it is due, in milliseconds
 */
export function checkSchedule(input: ScheduleInput, now: number): number {
  const unknown = Object.keys(input).find((name) => !MEMBERS.includes(name));
  if (unknown) throw new UnsupportedLocally(`scheduler:CreateSchedule with ${unknown}`);
  const {
    ActionAfterCompletion: action = 'NONE',
    FlexibleTimeWindow: window,
    State = 'ENABLED',
    Target,
  } = input;
  if (!['DELETE', 'NONE'].includes(action)) throw invalid(`Invalid ActionAfterCompletion ${action}.`);
  if (!['DISABLED', 'ENABLED'].includes(State)) throw invalid(`Invalid State ${State}.`);
  if (!window) throw invalid('FlexibleTimeWindow is required.');
  const { MaximumWindowInMinutes: minutes, Mode } = window;
  if (Mode === 'OFF') {
    if (minutes !== undefined) throw invalid('MaximumWindowInMinutes must not be set when Mode is OFF.');
  } else if (Mode !== 'FLEXIBLE' || !Number.isInteger(minutes) || minutes! < 1 || minutes! > 1_440)
    throw invalid('A FLEXIBLE window has from 1 to 1440 MaximumWindowInMinutes.');
  checkTarget(Target);
  const { ScheduleExpression: expression = '', ScheduleExpressionTimezone: timeZone = 'UTC' } = input;
  const at = dueAt(expression, timeZone);
  if (at < now) throw invalid(`Invalid Schedule Expression ${expression}. It is in the past.`);
  return at;
}

function checkTarget(target: ScheduleTarget | undefined): void {
  if (!target?.Arn) throw invalid('Target.Arn is required.');
  const {
    Arn,
    Input,
    RetryPolicy: { MaximumEventAgeInSeconds: age = 86_400, MaximumRetryAttempts: attempts = 185 } = {},
    RoleArn,
  } = target;
  const unknown = Object.keys(target).find((name) => !TARGET_MEMBERS.includes(name));
  if (unknown) throw new UnsupportedLocally(`scheduler:CreateSchedule with Target.${unknown}`);
  if (!/^arn:aws:iam::\d{12}:role\//.test(RoleArn ?? ''))
    throw invalid('Provided role is not valid: Target.RoleArn must be the ARN of a role.');
  if (!/^arn:aws:(lambda|sqs):/.test(Arn)) throw new UnsupportedLocally(`The target ${Arn} of a schedule`);
  if (Arn.startsWith('arn:aws:lambda:') && Input !== undefined && !isJson(Input))
    throw invalid('Target.Input must be JSON.');
  if (attempts < 0 || attempts > 185 || age < 60 || age > 86_400) throw invalid('RetryPolicy is not valid.');
}

/** @returns milliseconds @throws AwsError ValidationException */
function dueAt(expression: string, timeZone: string): number {
  if (/^(rate|cron)\(/.test(expression))
    throw new UnsupportedLocally(`The schedule ${expression} of the API`);
  const [, date, time] = /^at\((\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)\)$/.exec(expression) ?? [];
  const asUtc = Date.parse(`${date}T${time}Z`);
  // A day that the month does not have is moved by some readers of dates, and refused by others.
  if (Number.isNaN(asUtc) || new Date(asUtc).toISOString().slice(0, 10) !== date)
    throw invalid(`Invalid Schedule Expression ${expression}.`);
  return zonedTime(asUtc, timeZone);
}

/**
 * The moment at which the clocks of a time zone show this time. One that they skip is an hour later, one that they show twice is the
 * first.
 *
 * @param asUtc the time as if it were one of UTC
 */
function zonedTime(asUtc: number, timeZone: string): number {
  const offsets = [asUtc - 86_400_000, asUtc + 86_400_000].map((near) => offsetAt(near, timeZone));
  const candidates = offsets.map((offset) => asUtc - offset).sort((one, other) => one - other);
  return candidates.find((at) => at + offsetAt(at, timeZone) === asUtc) ?? candidates.at(-1)!;
}

/** How far the zone's clocks are ahead of UTC, in milliseconds. */
function offsetAt(at: number, timeZone: string): number {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'longOffset' });
  } catch {
    throw invalid(`The timezone ${timeZone} is not valid.`);
  }
  const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')!.value;
  const [, sign, hours, minutes] = /^GMT(?:([+-])(\d\d):(\d\d))?/.exec(name)!;
  if (!sign) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

export function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
