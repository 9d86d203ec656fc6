import { randomUUID } from 'node:crypto';
import { type DurableInvocation } from '../lambda/durable-executor';
import { LambdaServiceError } from '../lambda/invocation-answer';
import { DurableExecution, type ExecutionStart } from './durable-execution';
import { type ExecutionRunner } from './execution-runner';
import { bytesOf, MAX_EXECUTION_PAYLOAD, MAX_SYNCHRONOUS_SECONDS } from './quotas';

export interface StartOptions {
  readonly synchronous: boolean;
  /** @default one that nobody else has */
  readonly name?: string;
  readonly parent?: ExecutionStart['parent'];
}

export type StartExecution = (invocation: DurableInvocation, options: StartOptions) => DurableExecution;

/**
 * Starts executions, or answers the one that has this name and this input already ("Idempotency", Lambda Developer Guide, read
 * November 2026). That page says that names are unique in an account; `DurableExecutionAlreadyStartedException`, in a function, as
 * here.
 */
export function startExecutions(runner: ExecutionRunner): StartExecution {
  return (invocation, options) => {
    runner.refuseStopped();
    checkStart(invocation, options);
    const { configuration, version, payload } = invocation;
    const { synchronous, name = randomUUID(), parent } = options;
    const now = runner.now();
    runner.store.forget(now);
    const same = runner.store
      .list()
      .find(({ start }) => start.name === name && start.functionName === configuration.name);
    if (same?.start.input === payload && same.start.version === version) return same;
    if (same) {
      const message = `Execution already started: ${same.arn}`;
      throw new LambdaServiceError('DurableExecutionAlreadyStartedException', message, 409);
    }
    const { executionTimeoutSeconds, retentionDays } = configuration.durable!;
    const id = randomUUID();
    const functionArn = `${configuration.arn}:${version}`;
    const start: ExecutionStart = {
      ...{ arn: `${functionArn}/durable-execution/${name}/${id}`, name, functionArn, version },
      ...{ functionName: configuration.name, synchronous, input: payload, retentionDays, parent },
      ...{ startedAt: now, timesOutAt: now + executionTimeoutSeconds * 1000 },
    };
    const execution = begun(start, id, runner);
    execution.resumesAt = now;
    runner.schedule(execution);
    return execution;
  };
}

/** The input is an operation, too: the first. */
function begun(start: ExecutionStart, Id: string, runner: ExecutionRunner): DurableExecution {
  const { input, name: Name, startedAt, timesOutAt } = start;
  const counts = { invocations: 0, failures: 0, operationsUsed: 0, bytesWritten: bytesOf(input) };
  const execution = new DurableExecution(start, { status: 'RUNNING', ...counts });
  const change = runner.changeOf(execution);
  const about = { Id, Name, Type: 'EXECUTION', Status: 'STARTED', StartTimestamp: change.seconds } as const;
  change.put({ told: { ...about, ExecutionDetails: { InputPayload: input } } });
  const ExecutionTimeout = (timesOutAt - startedAt) / 1000;
  change.event('ExecutionStarted', { Id, Name }, { Input: { Payload: input }, ExecutionTimeout });
  runner.commit(change);
  // The first invocation is told of everything anyhow.
  execution.untold.clear();
  return execution;
}

/** @throws LambdaServiceError */
function checkStart({ configuration, payload }: DurableInvocation, { synchronous }: StartOptions): void {
  if (synchronous && configuration.durable!.executionTimeoutSeconds > MAX_SYNCHRONOUS_SECONDS) {
    const message =
      'You cannot synchronously invoke a durable function with an executionTimeout greater than 15 minutes.';
    throw new LambdaServiceError('InvalidParameterValueException', message, 400);
  }
  const limit = MAX_EXECUTION_PAYLOAD[synchronous ? 'synchronous' : 'asynchronous'];
  if (bytesOf(payload) <= limit) return;
  const message = `Request must be smaller than ${limit} bytes for the InvokeFunction operation`;
  throw new LambdaServiceError('RequestTooLargeException', message, 413);
}
