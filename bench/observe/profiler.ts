import { Session } from 'node:inspector/promises';
import { type Worker } from 'node:worker_threads';
import { type CpuProfile, summarize, type ThreadProfile } from './cpu-profile';

/** Profiles this process: its main thread, and every worker thread started after the profiler was made. */
export class Profiler {
  private readonly session = new Session();
  private readonly workers = new Set<Worker>();
  private running: {
    readonly worker: Worker;
    readonly cpuBefore: NodeJS.CpuUsage;
    readonly profile: { stop(): Promise<string> };
  }[] = [];
  private cpuBefore?: NodeJS.CpuUsage;

  constructor() {
    process.on('worker', (worker) => {
      this.workers.add(worker);
      worker.once('exit', () => this.workers.delete(worker));
    });
    this.session.connect();
  }

  async start(): Promise<void> {
    await this.session.post('Profiler.enable');
    await this.session.post('Profiler.start');
    this.cpuBefore = process.threadCpuUsage();
    this.running = await Promise.all(
      [...this.workers].map(async (worker) => ({
        worker,
        cpuBefore: await worker.cpuUsage(),
        profile: await worker.startCpuProfile(),
      })),
    );
  }

  async stop(): Promise<ThreadProfile[]> {
    const cpuMs = milliseconds(process.threadCpuUsage(this.cpuBefore));
    const workers = await Promise.all(
      this.running.map(async ({ worker, cpuBefore, profile }, index) => {
        const usage = milliseconds(await worker.cpuUsage(cpuBefore));
        return summarize(`worker ${index + 1}`, JSON.parse(await profile.stop()) as CpuProfile, usage);
      }),
    );
    const { profile } = (await this.session.post('Profiler.stop')) as { profile: CpuProfile };
    return [summarize('main', profile, cpuMs), ...workers];
  }
}

function milliseconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000;
}
