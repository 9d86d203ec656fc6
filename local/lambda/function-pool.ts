import { setTimeout as delay } from 'node:timers/promises';
import { type LocalClock } from '../clock';
import { type FunctionConfiguration } from './function-configuration';
import { type InvocationAnswer, LambdaServiceError, PAYLOAD_LIMIT } from './invocation-answer';
import { LambdaFunction, type LambdaFunctionOptions } from './lambda-function';
import { type FunctionLogLine } from './sandbox';

export interface FunctionPoolOptions {
  readonly clock: LocalClock;
  /** Receives every line the functions print. @default - nobody */
  readonly log?: (line: FunctionLogLine) => void;
  /** Worker threads a function may use at once; each costs 10 to 40 MB. @default 2 */
  readonly workersPerFunction?: number;
  /** Seconds after which a thread that is not needed any more is ended, but for one a function. @default 60 */
  readonly keepIdleSeconds?: number;
  /** Waits before the two retries of an asynchronous invocation. AWS waits 60 and 120. @default [1, 2] */
  readonly asyncRetrySeconds?: readonly number[];
  /** Wraps every invocation, whoever makes it. @default - nobody does */
  readonly around?: (invoke: FunctionPool['invoke']) => FunctionPool['invoke'];
}

export interface FunctionPool {
  register(configuration: FunctionConfiguration): void;
  /** Makes a function known under a version or an alias, too, and answers that ARN. There is one version of it here. */
  qualify(nameOrArn: string, qualifier: string): string;
  /**
   * Invokes and waits, as `Invoke` with `RequestResponse` does: a failed function is an answer, not a rejection.
   * Aborting `signal` kills the sandbox in the middle.
   *
   * @throws LambdaServiceError when the function does not exist or the payload exceeds 6 MB
   */
  invoke(
    nameOrArn: string,
    payload: unknown,
    options?: { readonly signal?: AbortSignal },
  ): Promise<InvocationAnswer>;
  /** Invokes as an event source does (`Event`): a failure is retried twice. Resolves with the last answer. */
  invokeAsync(nameOrArn: string, payload: unknown): Promise<InvocationAnswer>;
  /** Loads one sandbox for each of these functions, one after the other so that the laptop stays responsive. */
  warm(namesOrArns: Iterable<string>): Promise<void>;
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
  const closing = new AbortController();

  function find(nameOrArn: string): LambdaFunction {
    const found = functions.get(nameOrArn.replace(/:\$LATEST$/, ''));
    if (found) return found;
    throw new LambdaServiceError('ResourceNotFoundException', `Function not found: ${nameOrArn}`, 404);
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
    return target.invoke(text, signal);
  }
  const invoke: FunctionPool['invoke'] = options.around?.(invokeFunction) ?? invokeFunction;

  return {
    register(configuration) {
      const { name, arn } = configuration;
      if (functions.has(name)) throw new Error(`The function ${name} is registered already`);
      const registered = new LambdaFunction(configuration, functionOptions);
      functions.set(name, registered).set(arn, registered);
    },

    qualify(nameOrArn, qualifier) {
      const target = find(nameOrArn);
      const { name, arn } = target.configuration;
      const qualified = `${arn}:${qualifier}`;
      // An event source mapping of an alias says `name:alias`, everybody else the ARN.
      functions.set(qualified, target).set(`${name}:${qualifier}`, target);
      return qualified;
    },

    invoke,

    async invokeAsync(nameOrArn, payload) {
      let answer = await invoke(nameOrArn, payload);
      for (const seconds of asyncRetrySeconds) {
        if (!answer.functionError || closing.signal.aborted) break;
        await delay(seconds * 1000, undefined, { signal: closing.signal }).catch(() => undefined);
        if (!closing.signal.aborted) answer = await invoke(nameOrArn, payload);
      }
      return answer;
    },

    async warm(namesOrArns) {
      for (const nameOrArn of namesOrArns) await find(nameOrArn).warm();
    },

    async close() {
      closing.abort();
      await Promise.all(each().map((target) => target.close()));
    },
  };
}
