import { usageOf } from '../host/process-usage';

export interface Phase {
  readonly name: string;
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** Times what a process does, phase after phase. */
export class Stopwatch {
  readonly phases: Phase[] = [];

  async time<Result>(name: string, work: () => Result | Promise<Result>): Promise<Result> {
    const startedAt = performance.now();
    const cpuBefore = cpuMs();
    const result = await work();
    this.phases.push({ name, wallMs: performance.now() - startedAt, cpuMs: cpuMs() - cpuBefore });
    return result;
  }
}

function cpuMs(): number {
  return usageOf(process.pid).cpuMs;
}
