import { setTimeout as delay } from 'node:timers/promises';
import { type Worker } from 'node:worker_threads';
import { type LocalRunOptions } from '../../bin/local-run';
import { CHECKOUT } from '../../lambda/checkout/outcomes';
import { FUNCTIONS, type FunctionName } from '../../lib/functions';
import { type FunctionPool } from '../../local/lambda/function-pool';
import { type FunctionLogLine } from '../../local/lambda/sandbox';
import { type ExecutionHistory } from '../../local/step-functions/execution-history';
import { RecordingProxy } from './recording-proxy';
import { type WireCall } from './wire-call';

/** One run of a function. */
export interface Invocation {
  readonly function: FunctionName;
  readonly startedAt: number;
  readonly endedAt: number;
  /** Processor time of its thread, milliseconds. */
  readonly cpuMs: number;
  readonly calls: readonly WireCall[];
  /** What the function printed. */
  readonly logLines: readonly string[];
}

/** What one purchase made the system do: until the buyer had the answer, and after. */
export interface ObservedCheckout {
  /** Milliseconds from the first state to the end of the execution, without the observer's own. */
  readonly executionMs: number;
  /** Milliseconds in which the observer asked the threads what they had used. */
  readonly observerMs: number;
  /** States entered. */
  readonly states: readonly string[];
  readonly steps: readonly Invocation[];
  readonly deliveries: readonly Invocation[];
}

/** Whatever else runs is caused by the purchase and no part of it: its messages, and what consumers of its domain events do. */
const STEPS: readonly string[] = Object.keys({ ...CHECKOUT.steps, ...CHECKOUT.compensations });

/**
 * Watches purchases, one at a time.
 *
 * The deliveries of a purchase are held back until its buyer has the answer. So every call belongs to one function, and
 * what a checkout costs and what its messages cost can be told apart.
 */
export class CheckoutObserver {
  private readonly proxy = new RecordingProxy((call) => this.calls.push(call));
  private calls: WireCall[] = [];
  private lines: FunctionLogLine[] = [];
  private entered: { state: string; at: number }[] = [];
  private steps: Invocation[] = [];
  private deliveries: Invocation[] = [];
  private executionEndedAt = 0;
  private observerMs = 0;
  private readonly workers = new Set<Worker>();
  private pending = 0;
  private release = (): void => undefined;
  private gate = Promise.resolve();
  private turn: Promise<unknown> = Promise.resolve();

  /** What the local run is started with, so that it can be watched. */
  readonly options: Pick<LocalRunOptions, 'redirect' | 'aroundInvoke' | 'beforeState' | 'log'> = {
    redirect: (service, url) => this.proxy.before(service, url),
    log: (line) => this.lines.push(line),
    beforeState: (_, state) => void this.entered.push({ state, at: performance.now() }),
    aroundInvoke: (invoke) => this.around(invoke),
  };

  constructor() {
    process.on('worker', (worker) => {
      this.workers.add(worker);
      worker.once('exit', () => this.workers.delete(worker));
    });
  }

  /** Learns from the history when an execution has ended. */
  watch(history: ExecutionHistory): void {
    history.onEvent(({ type }) => {
      if (type === 'ExecutionSucceeded') this.executionEndedAt = performance.now();
    });
  }

  /**
   * Ends the threads of all functions, and loads these again, one after the other.
   *
   * @returns milliseconds of processor time that each took to start and to load
   */
  async loadAnew(
    pool: Pick<FunctionPool, 'configurations' | 'warm'>,
    functions: readonly FunctionName[],
  ): Promise<Partial<Record<FunctionName, number>>> {
    await Promise.all([...this.workers].map((worker) => worker.terminate()));
    const loadMs: Partial<Record<FunctionName, number>> = {};
    for (const { name } of pool.configurations()) {
      const called = functionNameOf(name);
      if (!called || !functions.includes(called)) continue;
      const before = await this.workersCpuMs();
      await pool.warm([name]);
      loadMs[called] = (await this.workersCpuMs()) - before;
    }
    return loadMs;
  }

  begin(): void {
    Object.assign(this, { observerMs: 0, calls: [], lines: [], entered: [], steps: [], deliveries: [] });
    this.gate = new Promise((resolve) => (this.release = resolve));
  }

  /** The buyer has the answer: lets the deliveries go, and waits for them. */
  async end(): Promise<ObservedCheckout> {
    const { steps, entered, observerMs } = this;
    const executionMs = this.executionEndedAt - entered[0]!.at - observerMs;
    this.release();
    // A message is on its way for a moment in which nothing runs yet.
    for (let quiet = 0; quiet < 3; quiet = this.pending > 0 ? 0 : quiet + 1) await delay(5);
    return {
      executionMs,
      observerMs,
      states: entered.map(({ state }) => state),
      steps,
      deliveries: this.deliveries,
    };
  }

  close(): Promise<void> {
    return this.proxy.close();
  }

  private around(invoke: FunctionPool['invoke']): FunctionPool['invoke'] {
    return async (nameOrArn, payload, options) => {
      const name = functionNameOf(nameOrArn);
      if (!name) throw new Error(`No function of the app: ${nameOrArn}`);
      this.pending++;
      try {
        if (STEPS.includes(name))
          return await this.timed(name, this.steps, () => invoke(nameOrArn, payload, options));
        await this.gate;
        // One delivery after the other, for the same reason.
        const mine = this.turn.then(() =>
          this.timed(name, this.deliveries, () => invoke(nameOrArn, payload, options)),
        );
        this.turn = mine.catch(() => undefined);
        return await mine;
      } finally {
        this.pending--;
      }
    };
  }

  private async timed<Answer>(
    name: FunctionName,
    into: Invocation[],
    invoke: () => Promise<Answer>,
  ): Promise<Answer> {
    const firstCall = this.calls.length;
    const firstLine = this.lines.length;
    const cpuBefore = await this.workersCpuMs();
    const startedAt = performance.now();
    const answer = await invoke();
    const endedAt = performance.now();
    const cpuMs = (await this.workersCpuMs()) - cpuBefore;
    into.push({
      ...{ function: name, startedAt, endedAt, cpuMs },
      calls: this.calls.slice(firstCall),
      logLines: this.lines.slice(firstLine).map(({ text }) => text),
    });
    return answer;
  }

  /** One function runs at a time, so what all threads have used more is what it has used. */
  private async workersCpuMs(): Promise<number> {
    const startedAt = performance.now();
    const usages = await Promise.all(
      [...this.workers].map((worker) => worker.cpuUsage().catch(() => undefined)),
    );
    this.observerMs += performance.now() - startedAt;
    return usages.reduce((sum, usage) => sum + (usage ? (usage.user + usage.system) / 1000 : 0), 0);
  }
}

/**
 * The function that a name or an ARN of the local run is for: `…-ReserveSeat5BC9DC74-ab12cd34:1`. The CDK brings functions of
 * its own: undefined.
 */
export function functionNameOf(nameOrArn: string): FunctionName | undefined {
  return (Object.keys(FUNCTIONS) as FunctionName[]).find((name) =>
    new RegExp(`-${name}[0-9A-F]{8}-`).test(nameOrArn),
  );
}
