import { UnsupportedLocally } from '../aws/aws-service';
import { type LocalClock } from '../core/clock';

const SECONDS: Readonly<Record<string, number>> = { minute: 60, hour: 3_600, day: 86_400 };

/** How often the clock is looked at, in milliseconds. */
const TICK = 1_000;

interface ScheduledTask {
  readonly name: string;
  readonly expression: string;
  readonly intervalMs: number;
  readonly run: () => Promise<unknown>;
  dueAt: number;
  running?: Promise<unknown>;
}

/**
 * EventBridge Scheduler with `rate(…)` schedules, by the local clock: moving it past several turns runs a task once, as
 * nothing is remembered of a time when nobody looked. A task that is still running is not started again.
 */
export class Scheduler {
  private readonly tasks: ScheduledTask[] = [];
  private readonly timer = setInterval(() => this.look(), TICK);
  private paused = false;

  /** @param onError hears of a task that failed; its next turn comes all the same */
  constructor(
    private readonly clock: LocalClock,
    private readonly onError: (error: unknown) => void = () => undefined,
  ) {
    clock.onAdvance(() => this.look());
  }

  /**
   * @param expression `rate(1 minute)`, `rate(2 hours)`
   * @throws UnsupportedLocally for `cron(…)` and `at(…)`
   */
  schedule(expression: string, run: () => Promise<unknown>, name = expression): void {
    const [, value, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
    if (!value || !unit) throw new UnsupportedLocally(`The schedule ${expression}`);
    const intervalMs = Number(value) * SECONDS[unit]! * 1000;
    this.tasks.push({ name, expression, intervalMs, run, dueAt: this.clock.now() + intervalMs });
  }

  list(): readonly Pick<ScheduledTask, 'name' | 'expression' | 'dueAt'>[] {
    return this.tasks;
  }

  /** Starts nothing until `resume`, and waits for what runs. */
  async pause(): Promise<void> {
    this.paused = true;
    await Promise.all(this.tasks.flatMap((task) => task.running ?? []));
  }

  /** Goes on. The clock may have been set back meanwhile: a turn counts from now. */
  resume(): void {
    this.paused = false;
    for (const task of this.tasks) task.dueAt = this.clock.now() + task.intervalMs;
  }

  /** Starts nothing more, and waits for what runs. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.pause();
  }

  private look(): void {
    if (this.paused) return;
    const now = this.clock.now();
    for (const task of this.tasks) {
      // A clock that was set back makes a task due a turn from now, not years later.
      task.dueAt = Math.min(task.dueAt, now + task.intervalMs);
      if (task.dueAt > now || task.running) continue;
      task.dueAt = now + task.intervalMs;
      task.running = task
        .run()
        .catch(this.onError)
        .finally(() => (task.running = undefined));
    }
  }
}
