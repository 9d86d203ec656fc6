import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { UnsupportedLocally } from '../aws/aws-service';
import { type LocalClock } from '../core/clock';
import { type DurableExecutor, executedVersion, type InvokedFunction } from './durable-executor';
import { type FunctionConfiguration } from './function-configuration';
import { exited, type InvocationAnswer, LambdaServiceError, PAYLOAD_LIMIT } from './invocation-answer';
import { LambdaFunction, type LambdaFunctionOptions } from './lambda-function';
import { type FunctionLogLine } from './sandbox';

/** Time that a pause leaves what runs: nearly every invocation ends by itself, and none of its calls is cut in two. */
const PAUSE_GRACE_MS = 1_000;

export interface FunctionPoolOptions {
  readonly clock: LocalClock;
  /** Receives every line the functions print. @default - nobody */
  readonly log?: (line: FunctionLogLine) => void;
  /** Worker threads a function may use at once; each costs 10 to 40 MB. @default 2 */
  readonly workersPerFunction?: number;
  /** Seconds after which a thread that is not needed any more is ended, but for one a function. @default 60 */
  readonly keepIdleSeconds?: number;
  /** Waits before the retries of an asynchronous invocation. AWS waits 60 and 120. @default [1, 2] */
  readonly asyncRetrySeconds?: readonly number[];
  /** Wraps every invocation, whoever makes it; of a durable function, each one of an execution. @default - nobody does */
  readonly around?: (invoke: FunctionPool['invoke']) => FunctionPool['invoke'];
}

/** What an asynchronous invocation was asked and has answered, at last. */
export interface AsyncFailure {
  /** With its version or alias. */
  readonly functionArn: string;
  readonly payload: unknown;
  readonly answer: InvocationAnswer;
  readonly invocations: number;
}

export interface FunctionPool {
  register(configuration: FunctionConfiguration): void;
  /** Every function once, as it was registered. */
  configurations(): readonly FunctionConfiguration[];
  /** Makes a function known under a version or an alias, too, and answers that ARN. There is one version of it here. */
  qualify(nameOrArn: string, qualifier: string): string;
  /** @throws LambdaServiceError when there is no such function, version or alias */
  resolve(nameOrArn: string): InvokedFunction;
  /** Sets who runs durable functions. @default - to invoke one is refused */
  executeBy(executor: DurableExecutor): void;
  /** Runs a function once, a durable one like any other: what its executions are made of. Otherwise like `invoke`. */
  invokeOnce: FunctionPool['invoke'];
  /**
   * Invokes and waits, as `Invoke` with `RequestResponse` does: a failed function is an answer, not a rejection.
   * Aborting `signal` kills the sandbox in the middle.
   *
   * @throws LambdaServiceError when the function does not exist, the payload exceeds 6 MB, or a durable function is refused
   */
  invoke(
    nameOrArn: string,
    payload: unknown,
    options?: { readonly signal?: AbortSignal },
  ): Promise<InvocationAnswer>;
  /**
   * Invokes as SNS and schedules do (`Event`): a failure is retried twice, or as `setAsyncRetries` says. Resolves with
   * the last answer.
   */
  invokeAsync(nameOrArn: string, payload: unknown): Promise<InvocationAnswer>;
  /** Sets how often an asynchronous invocation of this version or alias is retried: 0, 1 or 2 times. */
  setAsyncRetries(nameOrArn: string, qualifier: string, attempts: number): void;
  /** Sets who hears of an asynchronous invocation of this version or alias that has failed for good. */
  onAsyncFailure(nameOrArn: string, qualifier: string, listener: (failure: AsyncFailure) => void): void;
  /** Loads one sandbox for each of these functions, one after the other so that the laptop stays responsive. */
  warm(namesOrArns: Iterable<string>): Promise<void>;
  /**
   * Resolves when nothing runs any more: what waits is sent away, what runs is given a second and then killed, and what
   * comes before `resume` is answered as if it had been killed.
   */
  pause(): Promise<void>;
  resume(): void;
  /** Ends every thread; pending invocations answer `Runtime.ExitError`. */
  close(): Promise<void>;
}

/** Runs Lambda bundles in worker threads, each function with its own environment and a capped number of threads. */
export function createFunctionPool(options: FunctionPoolOptions): FunctionPool {
  const { clock, asyncRetrySeconds = [1, 2] } = options;
  const functionOptions: LambdaFunctionOptions = {
    limit: options.workersPerFunction ?? 2,
    keepIdleSeconds: options.keepIdleSeconds ?? 60,
    sharedOffset: clock.sharedOffset,
    log: options.log ?? (() => undefined),
  };
  /** Each function twice: by name and by ARN. */
  const functions = new Map<string, LambdaFunction>();
  const each = (): LambdaFunction[] => [...new Set(functions.values())];
  /** By ARN with the qualifier. */
  const asyncRetries = new Map<string, number>();
  /** By ARN with the qualifier. */
  const asyncFailures = new Map<string, ((failure: AsyncFailure) => void)[]>();
  const underWay = new Set<Promise<InvocationAnswer>>();
  let executor: DurableExecutor | undefined;
  /** Aborted while nothing may start: no retry fires then. */
  let stopping = new AbortController();

  function find(nameOrArn: string): LambdaFunction {
    const found = functions.get(nameOrArn.replace(/:\$LATEST$/, ''));
    if (found) return found;
    throw new LambdaServiceError('ResourceNotFoundException', `Function not found: ${nameOrArn}`, 404);
  }

  function qualifierOf(nameOrArn: string): string {
    const { name, arn } = find(nameOrArn).configuration;
    return nameOrArn.slice((nameOrArn.startsWith(arn) ? arn : name).length + 1);
  }

  const qualifiedArn = (nameOrArn: string): string =>
    `${find(nameOrArn).configuration.arn}:${qualifierOf(nameOrArn) || '$LATEST'}`;

  function resolve(nameOrArn: string): InvokedFunction {
    const { configuration } = find(nameOrArn);
    const qualifier = qualifierOf(nameOrArn);
    return {
      configuration,
      version: (qualifier && (qualifier === '$LATEST' ? qualifier : '1')) || undefined,
    };
  }

  /** Hands a durable function to whoever runs it; of another one, nothing comes back. */
  function execute(
    how: keyof DurableExecutor,
    nameOrArn: string,
    payload: unknown,
  ): Promise<InvocationAnswer> | undefined {
    const invoked = resolve(nameOrArn);
    const { configuration } = invoked;
    if (!configuration.durable) return undefined;
    if (!executor) throw new UnsupportedLocally(`The durable function ${configuration.name}`);
    const version = executedVersion(invoked);
    return executor[how]({ configuration, version, payload: JSON.stringify(payload) ?? 'null' });
  }

  async function invokeFunction(
    nameOrArn: string,
    payload: unknown,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<InvocationAnswer> {
    const target = find(nameOrArn);
    const text = JSON.stringify(payload) ?? 'null';
    if (Buffer.byteLength(text) > PAYLOAD_LIMIT) {
      const message = `Request must be smaller than ${PAYLOAD_LIMIT} bytes for the InvokeFunction operation`;
      throw new LambdaServiceError('RequestTooLargeException', message, 413);
    }
    if (stopping.signal.aborted) return exited(randomUUID(), 'signal: killed');
    const answered = target.invoke(text, signal);
    underWay.add(answered);
    return answered.finally(() => underWay.delete(answered));
  }
  const invokeOnce: FunctionPool['invoke'] = options.around?.(invokeFunction) ?? invokeFunction;
  const invoke: FunctionPool['invoke'] = async (nameOrArn, payload, invocation) =>
    execute('invoke', nameOrArn, payload) ?? invokeOnce(nameOrArn, payload, invocation);

  return {
    register(configuration) {
      const { name, arn } = configuration;
      if (functions.has(name)) throw new Error(`The function ${name} is registered already`);
      const registered = new LambdaFunction(configuration, functionOptions);
      functions.set(name, registered).set(arn, registered);
    },

    configurations: () => each().map(({ configuration }) => configuration),

    qualify(nameOrArn, qualifier) {
      const target = find(nameOrArn);
      const { name, arn } = target.configuration;
      const qualified = `${arn}:${qualifier}`;
      // An event source mapping of an alias says `name:alias`, everybody else the ARN.
      functions.set(qualified, target).set(`${name}:${qualifier}`, target);
      return qualified;
    },

    resolve,

    executeBy(durableExecutor) {
      executor = durableExecutor;
    },

    ...{ invoke, invokeOnce },

    async invokeAsync(nameOrArn, payload) {
      const started = execute('invokeAsync', nameOrArn, payload);
      if (started) return started;
      const functionArn = qualifiedArn(nameOrArn);
      const retries = asyncRetries.get(functionArn);
      const { signal } = stopping;
      let invocations = 1;
      let answer = await invoke(nameOrArn, payload);
      for (const seconds of asyncRetrySeconds.slice(0, retries)) {
        if (!answer.functionError || signal.aborted) break;
        await delay(seconds * 1000, undefined, { signal }).catch(() => undefined);
        if (signal.aborted) break;
        answer = await invoke(nameOrArn, payload);
        invocations++;
      }
      if (answer.functionError && !signal.aborted) {
        const failure = { functionArn, payload, answer, invocations };
        for (const listener of asyncFailures.get(functionArn) ?? []) listener(failure);
      }
      return answer;
    },

    setAsyncRetries(nameOrArn, qualifier, attempts) {
      asyncRetries.set(`${find(nameOrArn).configuration.arn}:${qualifier}`, attempts);
    },

    onAsyncFailure(nameOrArn, qualifier, listener) {
      const arn = `${find(nameOrArn).configuration.arn}:${qualifier}`;
      asyncFailures.set(arn, [...(asyncFailures.get(arn) ?? []), listener]);
    },

    async warm(namesOrArns) {
      for (const nameOrArn of namesOrArns) await find(nameOrArn).warm();
    },

    async pause() {
      stopping.abort();
      for (const target of each()) target.dismiss();
      const ended = Promise.all(underWay).then(() => true);
      const late = delay(PAUSE_GRACE_MS, false, { ref: false });
      if (!(await Promise.race([ended, late]))) await Promise.all(each().map((target) => target.killBusy()));
    },

    resume() {
      stopping = new AbortController();
    },

    async close() {
      stopping.abort();
      await Promise.all(each().map((target) => target.close()));
    },
  };
}
