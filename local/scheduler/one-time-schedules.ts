import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { AwsError } from '../aws/aws-error';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../aws/aws-service';
import { messageOf } from '../aws/error-message';
import { type LocalClock } from '../core/clock';
import { endingOfMany } from '../core/ending';
import { Journal } from '../core/journal';
import { checkSchedule, invalid, type ScheduleInput, type ScheduleTarget } from './schedule-input';

/** A schedule that invokes its target once. */
export interface OneTimeSchedule {
  readonly name: string;
  readonly group: string;
  readonly arn: string;
  readonly input: ScheduleInput;
  /** Milliseconds, as all times here, by the local clock. */
  readonly dueAt: number;
  readonly createdAt: number;
  readonly modifiedAt: number;
  /** When its target had it, or was given up; one that is not deleted then stays. */
  readonly completedAt?: number;
  readonly error?: string;
}

type Entry =
  | { readonly op: 'saved'; readonly schedule: OneTimeSchedule }
  | { readonly op: 'deleted'; readonly arn: string }
  | { readonly op: 'group'; readonly name: string; readonly exists: boolean };

export interface OneTimeSchedulesOptions {
  readonly clock: LocalClock;
  readonly journalFile?: string;
  /** Brings the input to the target. Rejects when it does not take it. */
  readonly invoke: (target: ScheduleTarget, input: string, signal: AbortSignal) => Promise<void>;
  readonly deadLetter: (queueArn: string, body: string, attributes: Readonly<Record<string, string>>) => void;
  readonly onChange?: () => void;
  readonly warn?: (what: string, error?: unknown) => void;
}

const DEFAULT_GROUP = 'default';

/**
 * EventBridge Scheduler's one-time schedules ("Schedule types on EventBridge Scheduler", user guide, read November 2026): by the
 * clock, at least once. What is due while the run is down, or while schedules are held, is invoked when it is back.
 */
export class OneTimeSchedules {
  private readonly journal: Journal<Entry>;
  private readonly schedules = new Map<string, OneTimeSchedule>();
  private readonly groups = new Set([DEFAULT_GROUP]);
  /** Those of the template, which a reset leaves. */
  private readonly fixedGroups = new Set([DEFAULT_GROUP]);
  private readonly running = new Map<string, Promise<void>>();
  /** What wakes those who wait for a schedule that has changed. */
  private readonly changes = new Map<string, () => void>();
  private ending = endingOfMany();
  private isHeld = false;
  private paused = false;
  private started = false;

  constructor(private readonly options: OneTimeSchedulesOptions) {
    this.journal = new Journal(options.journalFile);
    for (const entry of this.journal.replay()) this.apply(entry);
    this.journal.rewrite([
      ...[...this.groups].map((name) => ({ op: 'group' as const, name, exists: true })),
      ...[...this.schedules.values()].map((schedule) => ({ op: 'saved' as const, schedule })),
    ]);
  }

  /** The next first. */
  list(): readonly OneTimeSchedule[] {
    return [...this.schedules.values()].sort((one, other) => one.dueAt - other.dueAt);
  }

  get held(): boolean {
    return this.isHeld;
  }

  /** Holds what is due, as if the service were late; or lets it go. */
  hold(held: boolean): void {
    this.isHeld = held;
    if (!held) this.watchAll();
  }

  /** @throws AwsError ResourceNotFoundException */
  get(name: string, group = DEFAULT_GROUP): OneTimeSchedule {
    const schedule = this.schedules.get(arnOf(name, group));
    if (schedule) return schedule;
    throw notFound(`Schedule ${name} does not exist.`);
  }

  /** @throws AwsError ConflictException, ResourceNotFoundException, ValidationException */
  create(name: string, input: ScheduleInput): OneTimeSchedule {
    this.refusePaused();
    const { group, ...schedule } = this.checked(name, input);
    const known = this.schedules.get(schedule.arn);
    if (known) {
      // The same request once more, by its token.
      if (input.ClientToken !== undefined && isDeepStrictEqual(known.input, input)) return known;
      throw new AwsError('ConflictException', `Schedule ${name} already exists.`, { statusCode: 409 });
    }
    const now = this.options.clock.now();
    return this.save({ ...schedule, group, createdAt: now, modifiedAt: now });
  }

  /** Everything of it anew: what is not said is as by default. */
  update(name: string, input: ScheduleInput): OneTimeSchedule {
    this.refusePaused();
    const checked = this.checked(name, input);
    const { createdAt } = this.get(name, checked.group);
    return this.save({ ...checked, createdAt, modifiedAt: this.options.clock.now() });
  }

  delete(name: string, group?: string): void {
    this.refusePaused();
    const { arn } = this.get(name, group);
    this.append({ op: 'deleted', arn });
  }

  createGroup(name: string, { fixed = false } = {}): string {
    if (!/^[0-9a-zA-Z\-_.]{1,64}$/.test(name)) throw invalid(`The group name ${name} is not valid.`);
    if (fixed) this.fixedGroups.add(name);
    else if (this.groups.has(name))
      throw new AwsError('ConflictException', `Schedule group ${name} already exists.`, { statusCode: 409 });
    this.append({ op: 'group', name, exists: true });
    return `arn:aws:scheduler:${LOCAL_REGION}:${LOCAL_ACCOUNT}:schedule-group/${name}`;
  }

  /** With its schedules. */
  deleteGroup(name: string): void {
    this.checkGroup(name);
    if (name === DEFAULT_GROUP) throw invalid('The default schedule group cannot be deleted.');
    for (const { arn, group } of this.list()) if (group === name) this.append({ op: 'deleted', arn });
    this.append({ op: 'group', name, exists: false });
  }

  groupNames(): readonly string[] {
    return [...this.groups];
  }

  resume(): void {
    this.started = true;
    this.paused = false;
    this.ending = endingOfMany();
    this.watchAll();
  }

  async pause(): Promise<void> {
    this.started = false;
    this.paused = true;
    this.ending.abort();
    await Promise.all(this.running.values());
  }

  reset(): void {
    this.schedules.clear();
    this.groups.clear();
    for (const name of this.fixedGroups) this.groups.add(name);
    this.isHeld = false;
    this.journal.rewrite([]);
  }

  private checked(name: string, input: ScheduleInput): Omit<OneTimeSchedule, 'createdAt' | 'modifiedAt'> {
    if (!/^[0-9a-zA-Z\-_.]{1,64}$/.test(name)) throw invalid(`The name ${name} is not valid.`);
    const { GroupName: group = DEFAULT_GROUP } = input;
    const dueAt = checkSchedule(input, this.options.clock.now());
    this.checkGroup(group);
    return { name, group, arn: arnOf(name, group), input, dueAt };
  }

  private checkGroup(name: string): void {
    if (!this.groups.has(name)) throw notFound(`Schedule group ${name} does not exist.`);
  }

  private refusePaused(): void {
    if (this.paused)
      throw new AwsError('InternalServerException', 'The local run forgets its data just now.', {
        statusCode: 500,
      });
  }

  private save(schedule: OneTimeSchedule): OneTimeSchedule {
    this.append({ op: 'saved', schedule });
    this.watch(schedule);
    return schedule;
  }

  private watchAll(): void {
    for (const schedule of this.schedules.values()) this.watch(schedule);
  }

  /** Waits for its time; what is changed or deleted meanwhile is another schedule. */
  private watch({ arn }: OneTimeSchedule): void {
    if (!this.started || this.running.has(arn)) return;
    const { signal } = this.ending;
    const running = this.wait(arn, signal).finally(() => this.running.delete(arn));
    this.running.set(arn, running);
  }

  private async wait(arn: string, signal: AbortSignal): Promise<void> {
    const { clock } = this.options;
    for (let known = this.schedules.get(arn); isWaiting(known); known = this.schedules.get(arn)) {
      if (known.dueAt > clock.now()) await this.untilChanged(known, signal);
      if (signal.aborted || this.isHeld) return;
      if (this.schedules.get(arn) !== known || clock.now() < known.dueAt) continue;
      await this.invoke(known, signal);
      if (signal.aborted) return;
    }
  }

  /** Until it is due, or is not what it was. */
  private async untilChanged(schedule: OneTimeSchedule, signal: AbortSignal): Promise<void> {
    const changed = new AbortController();
    this.changes.set(schedule.arn, () => changed.abort());
    await this.options.clock.until(schedule.dueAt, AbortSignal.any([signal, changed.signal]));
    this.changes.delete(schedule.arn);
  }

  private async invoke(schedule: OneTimeSchedule, signal: AbortSignal): Promise<void> {
    const { invoke, warn } = this.options;
    const target = schedule.input.Target!;
    const input = withContext(target.Input ?? '{}', schedule);
    try {
      await invoke(target, input, signal);
      if (signal.aborted) return;
      this.complete(schedule);
    } catch (error) {
      if (signal.aborted) return;
      warn?.(`The schedule ${schedule.group}/${schedule.name} failed`, error);
      this.giveUp(schedule, input, error);
      this.complete(schedule, messageOf(error));
    }
  }

  /** "Configuring a dead-letter queue for EventBridge Scheduler", user guide. */
  private giveUp({ arn, input: { Target } }: OneTimeSchedule, input: string, error: unknown): void {
    const queue = Target?.DeadLetterConfig?.Arn;
    if (!queue) return;
    try {
      this.options.deadLetter(queue, input, {
        ...{ SCHEDULE_ARN: arn, TARGET_ARN: Target.Arn!, RETRY_ATTEMPTS: '0', IS_PAYLOAD_TRUNCATED: 'false' },
        ...{ ERROR_CODE: error instanceof AwsError ? error.code : 'AWS.Scheduler.InternalServerError' },
        ERROR_MESSAGE: messageOf(error),
      });
    } catch (refused) {
      this.options.warn?.(`The dead-letter queue ${queue} took nothing`, refused);
    }
  }

  private complete(schedule: OneTimeSchedule, error?: string): void {
    // Changed while its target was invoked: then it has another time before it.
    if (this.schedules.get(schedule.arn) !== schedule) return;
    if (schedule.input.ActionAfterCompletion === 'DELETE') this.append({ op: 'deleted', arn: schedule.arn });
    else
      this.append({ op: 'saved', schedule: { ...schedule, completedAt: this.options.clock.now(), error } });
  }

  private append(entry: Entry): void {
    this.journal.append(entry);
    this.apply(entry);
    if (entry.op !== 'group') this.changes.get(entry.op === 'saved' ? entry.schedule.arn : entry.arn)?.();
    this.options.onChange?.();
  }

  private apply(entry: Entry): void {
    if (entry.op === 'saved') this.schedules.set(entry.schedule.arn, entry.schedule);
    else if (entry.op === 'deleted') this.schedules.delete(entry.arn);
    else if (entry.exists) this.groups.add(entry.name);
    else this.groups.delete(entry.name);
  }
}

function isWaiting(schedule: OneTimeSchedule | undefined): schedule is OneTimeSchedule {
  return schedule !== undefined && schedule.completedAt === undefined && schedule.input.State !== 'DISABLED';
}

/** "Adding context attributes", user guide. */
function withContext(input: string, { arn, dueAt }: OneTimeSchedule): string {
  return input
    .replaceAll('<aws.scheduler.schedule-arn>', arn)
    .replaceAll('<aws.scheduler.scheduled-time>', new Date(dueAt).toISOString().replace(/\.\d+Z$/, 'Z'))
    .replaceAll('<aws.scheduler.execution-id>', randomUUID())
    .replaceAll('<aws.scheduler.attempt-number>', '1');
}

function arnOf(name: string, group: string): string {
  return `arn:aws:scheduler:${LOCAL_REGION}:${LOCAL_ACCOUNT}:schedule/${group}/${name}`;
}

function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message, { statusCode: 404 });
}
