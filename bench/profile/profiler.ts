import { Session } from 'node:inspector/promises';
import { type Worker } from 'node:worker_threads';
import { type CpuProfile, summarize, type ThreadProfile } from './cpu-profile';

/** Profiles this process: its main thread, and every worker thread started after the profiler was made. */
export class Profiler {
  private readonly session = new Session();
  private readonly workers = new Set<Worker>();
  private running: { stop(): Promise<string> }[] = [];

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
    this.running = await Promise.all([...this.workers].map((worker) => worker.startCpuProfile()));
  }

  async stop(): Promise<ThreadProfile[]> {
    const texts = await Promise.all(this.running.map((profile) => profile.stop()));
    const { profile } = (await this.session.post('Profiler.stop')) as { profile: CpuProfile };
    const workers = texts.map((text, index) =>
      summarize(`worker ${index + 1}`, JSON.parse(text) as CpuProfile),
    );
    return [summarize('main', profile), ...workers];
  }
}
