import { randomUUID } from 'node:crypto';
import { type FunctionConfiguration } from './function-configuration';
import { exited, type InvocationAnswer } from './invocation-answer';
import { type FunctionLogLine, Sandbox } from './sandbox';

export interface LambdaFunctionOptions {
  /** Sandboxes at most. */
  readonly limit: number;
  /** Seconds after which a sandbox that nobody needed is ended, unless it is the function's last. */
  readonly keepIdleSeconds: number;
  readonly sharedOffset: SharedArrayBuffer;
  readonly log: (line: FunctionLogLine) => void;
}

/**
 * One function: a few sandboxes, and a queue for when all of them are busy.
 *
 * AWS starts a sandbox for every concurrent invocation. A laptop has not the memory for that, so the number is
 * capped and the surplus waits its turn; the waiting does not count towards the function's time-out.
 */
export class LambdaFunction {
  /** Those that wait for work: the last to come is the first to go, so that the others can be ended. */
  private readonly idle: { readonly sandbox: Sandbox; readonly since: number }[] = [];
  private readonly all = new Set<Sandbox>();
  private readonly queue: ((sandbox: Sandbox | undefined) => void)[] = [];
  private retiring?: NodeJS.Timeout;
  private closed = false;

  constructor(
    readonly configuration: FunctionConfiguration,
    private readonly options: LambdaFunctionOptions,
  ) {}

  /** @param payload JSON text of the event */
  async invoke(payload: string, signal?: AbortSignal): Promise<InvocationAnswer> {
    const requestId = randomUUID();
    if (this.closed || signal?.aborted) return exited(requestId, 'signal: killed');
    const sandbox = await this.acquire(signal);
    if (!sandbox) return exited(requestId, 'signal: killed');
    try {
      return await sandbox.invoke({ requestId, payload }, signal);
    } finally {
      this.release(sandbox);
    }
  }

  /** Loads the bundle in one sandbox, so that the first invocation need not wait for it. */
  async warm(): Promise<void> {
    for (const sandbox of this.all) if (!sandbox.alive) this.all.delete(sandbox);
    if (this.closed || this.all.size > 0) return;
    const sandbox = this.start();
    await sandbox.initialized();
    this.release(sandbox);
  }

  /** Sends away what waits for a sandbox. */
  dismiss(): void {
    for (const turn of this.queue.splice(0)) turn(undefined);
  }

  /** Ends what runs, in the middle. */
  async killBusy(): Promise<void> {
    const idle = new Set(this.idle.map(({ sandbox }) => sandbox));
    await Promise.all(
      [...this.all].filter((sandbox) => !idle.has(sandbox)).map((sandbox) => sandbox.close()),
    );
  }

  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.retiring);
    this.dismiss();
    await Promise.all([...this.all].map((sandbox) => sandbox.close()));
  }

  private acquire(signal?: AbortSignal): Promise<Sandbox | undefined> | Sandbox {
    const idle = this.takeIdle();
    if (idle) return idle;
    if (this.all.size < this.options.limit) return this.start();
    return new Promise((resolve) => {
      const turn = (sandbox: Sandbox | undefined): void => {
        signal?.removeEventListener('abort', giveUp);
        resolve(sandbox);
      };
      const giveUp = (): void => {
        this.queue.splice(this.queue.indexOf(turn), 1);
        resolve(undefined);
      };
      this.queue.push(turn);
      signal?.addEventListener('abort', giveUp, { once: true });
    });
  }

  private takeIdle(): Sandbox | undefined {
    for (let last = this.idle.pop(); last; last = this.idle.pop()) {
      if (last.sandbox.alive) return last.sandbox;
      this.all.delete(last.sandbox);
    }
    return undefined;
  }

  private release(sandbox: Sandbox): void {
    if (!sandbox.alive) this.all.delete(sandbox);
    const next = this.queue.shift();
    if (next) next(sandbox.alive ? sandbox : this.start());
    else if (sandbox.alive) this.rest(sandbox);
  }

  private rest(sandbox: Sandbox): void {
    this.idle.push({ sandbox, since: performance.now() });
    this.retiring ??= setInterval(() => this.retire(), this.options.keepIdleSeconds * 250).unref();
  }

  /** Gives the memory of a busy hour back. */
  private retire(): void {
    const idleSince = performance.now() - this.options.keepIdleSeconds * 1000;
    while (this.idle.length > 1 && this.idle[0]!.since <= idleSince) {
      const { sandbox } = this.idle.shift()!;
      this.all.delete(sandbox);
      void sandbox.close();
    }
  }

  private start(): Sandbox {
    const sandbox = new Sandbox(this.configuration, this.options.sharedOffset, this.options.log);
    this.all.add(sandbox);
    return sandbox;
  }
}
