import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import { type FunctionConfiguration, functionEnvironment } from './function-configuration';
import { exited, failed, failedWith, type InvocationAnswer, succeeded, timedOut } from './invocation-answer';

/** Lambda gives the code outside the handler this long before it gives up on the sandbox. */
const INIT_TIMEOUT_MS = 10_000;

/** More only lets garbage lie for longer: an invocation's objects take less. */
const YOUNG_GENERATION_MB = 8;

/** The environment variable that names a folder for the compiled code of the bundles. @default - nothing is kept */
export const CODE_CACHE = 'LOCAL_LAMBDA_CODE_CACHE';

export interface FunctionLogLine {
  readonly functionName: string;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

export interface Invocation {
  readonly requestId: string;
  /** JSON text of the event. */
  readonly payload: string;
}

type RuntimeMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'init-failed' | 'answer' | 'failed' | 'crashed'; readonly payload: string };

/**
 * One execution environment of a function: a worker thread that loaded the bundle and runs one invocation at a
 * time. It is used once more after an answer or a thrown error, and never again after a time-out, crash or kill.
 */
export class Sandbox {
  /** False once the thread has gone, or is on its way out. */
  alive = true;
  private readonly worker: Worker;
  private readonly ready: Promise<InvocationAnswer | undefined>;
  /** Set while somebody waits for the worker: to load, or to answer. */
  private waiting?: (message: RuntimeMessage | { type: 'gone'; how: string }) => void;

  constructor(
    private readonly configuration: FunctionConfiguration,
    sharedOffset: SharedArrayBuffer,
    log: (line: FunctionLogLine) => void,
  ) {
    this.worker = new Worker(join(__dirname, 'runtime-worker.js'), {
      env: functionEnvironment(configuration),
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: {
        maxOldGenerationSizeMb: configuration.memoryMb,
        // V8 would let each thread have 48 MB of what is garbage after the invocation.
        maxYoungGenerationSizeMb: YOUNG_GENERATION_MB,
      },
      workerData: {
        sharedOffset,
        codeDirectory: configuration.codeDirectory,
        handler: configuration.handler,
        functionName: configuration.name,
        functionArn: configuration.arn,
        memoryMb: configuration.memoryMb,
        codeCache: process.env[CODE_CACHE],
      },
    });
    for (const stream of ['stdout', 'stderr'] as const) {
      const lines = createInterface({ input: this.worker[stream] });
      lines.on('line', (text) => log({ functionName: configuration.name, stream, text }));
    }
    let how: string | undefined;
    this.worker.on('message', (message: RuntimeMessage) => this.receive(message));
    this.worker.on('error', (error: NodeJS.ErrnoException) => {
      how = error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'signal: killed' : error.message;
    });
    this.worker.on('exit', (code) => {
      this.alive = false;
      this.receive({ type: 'gone', how: how ?? `exit status ${code}` });
    });
    this.ready = this.load();
  }

  /** Resolves when the bundle is loaded, or with the answer that tells why it was not. */
  initialized(): Promise<InvocationAnswer | undefined> {
    return this.ready;
  }

  /** Runs the handler. Every outcome is an answer; a time-out or an aborted `signal` kills the thread at once. */
  async invoke({ requestId, payload }: Invocation, signal?: AbortSignal): Promise<InvocationAnswer> {
    const killed = (): void => this.kill();
    signal?.addEventListener('abort', killed, { once: true });
    let timer: NodeJS.Timeout | undefined;
    try {
      const initFailure = await this.ready;
      if (signal?.aborted) return exited(requestId, 'signal: killed');
      if (initFailure) return initFailure;
      const { timeoutSeconds } = this.configuration;
      const expired = new Promise<'expired'>((resolve) => {
        timer = setTimeout(() => resolve('expired'), timeoutSeconds * 1000);
      });
      const answered = this.nextMessage();
      this.worker.postMessage({ requestId, payload, timeoutMs: timeoutSeconds * 1000 });
      const message = await Promise.race([answered, expired]);
      if (message === 'expired') {
        this.kill();
        return timedOut(requestId, timeoutSeconds);
      }
      if (message.type === 'answer') return succeeded(message.payload);
      if (message.type === 'failed') return failedWith(message.payload);
      this.alive = false;
      if (message.type === 'crashed') return failedWith(message.payload);
      return exited(requestId, message.type === 'gone' ? message.how : 'unexpected message');
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', killed);
    }
  }

  /** Ends the thread in the middle of whatever it does, a busy loop included. */
  kill(): void {
    this.alive = false;
    this.receive({ type: 'gone', how: 'signal: killed' });
    void this.worker.terminate();
  }

  async close(): Promise<void> {
    this.kill();
    await this.worker.terminate();
  }

  private async load(): Promise<InvocationAnswer | undefined> {
    const timer = setTimeout(() => this.kill(), INIT_TIMEOUT_MS);
    const message = await this.nextMessage();
    clearTimeout(timer);
    if (message.type === 'ready') return undefined;
    this.alive = false;
    void this.worker.terminate();
    if (message.type === 'gone')
      return failed('Runtime.ExitError', `The bundle did not load: ${message.how}`);
    return failedWith(message.payload);
  }

  private nextMessage(): Promise<RuntimeMessage | { type: 'gone'; how: string }> {
    return new Promise((resolve) => {
      if (!this.alive) resolve({ type: 'gone', how: 'signal: killed' });
      else this.waiting = resolve;
    });
  }

  private receive(message: RuntimeMessage | { type: 'gone'; how: string }): void {
    // A crash between two invocations reaches nobody: the next one finds the sandbox dead and starts another.
    if (message.type === 'crashed') this.alive = false;
    const waiting = this.waiting;
    this.waiting = undefined;
    waiting?.(message);
  }
}
