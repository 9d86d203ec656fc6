import { randomUUID } from 'node:crypto';
import { type DurableExecutor, type DurableInvocation } from '../lambda/durable-executor';
import { exited, type InvocationAnswer } from '../lambda/invocation-answer';
import { type ErrorObject } from './api-shapes';
import { Callbacks } from './callbacks';
import { ChainedInvocations } from './chained-invocations';
import { Checkpoints } from './checkpoints';
import { type DurableExecution } from './durable-execution';
import { ExecutionRunner, type ExecutionRunnerOptions } from './execution-runner';
import { type StartExecution, startExecutions } from './start-execution';

/** Durable executions: who starts and stops them, who answers them, and what goes on with them. */
export class DurableExecutions implements DurableExecutor {
  readonly checkpoints: Checkpoints;
  readonly callbacks: Callbacks;
  /** @throws LambdaServiceError, AwsError */
  readonly start: StartExecution;
  private readonly runner: ExecutionRunner;
  private readonly chainedInvocations: ChainedInvocations;

  constructor(options: ExecutionRunnerOptions) {
    this.runner = new ExecutionRunner(options);
    this.start = startExecutions(this.runner);
    this.chainedInvocations = new ChainedInvocations(this.runner, options.functions, this.start);
    this.checkpoints = new Checkpoints(this.runner, this.chainedInvocations);
    this.callbacks = new Callbacks(this.runner);
  }

  async invoke(invocation: DurableInvocation): Promise<InvocationAnswer> {
    if (this.runner.isStopped) return exited(randomUUID(), 'signal: killed');
    return this.ended(this.start(invocation, { synchronous: true }));
  }

  async invokeAsync(invocation: DurableInvocation): Promise<InvocationAnswer> {
    if (this.runner.isStopped) return exited(randomUUID(), 'signal: killed');
    this.start(invocation, { synchronous: false });
    return { statusCode: 200, payload: 'null' };
  }

  /** Oldest first, but for those whose retention period is over. */
  list(): readonly DurableExecution[] {
    this.runner.store.forget(this.runner.now());
    return this.runner.store.list();
  }

  get(arn: string): DurableExecution | undefined {
    return this.list().find((execution) => execution.arn === arn);
  }

  ended(execution: DurableExecution): Promise<InvocationAnswer> {
    return this.runner.ended(execution);
  }

  /** Ends an execution that runs; nothing of what it did is undone. @throws AwsError */
  stop(execution: DurableExecution, error: ErrorObject = {}): void {
    this.runner.refuseStopped();
    if (!execution.running) return;
    const change = this.runner.changeOf(execution);
    change.end('STOPPED', { error });
    this.runner.commit(change);
  }

  /** Goes on with everything that is under way. */
  resume(): void {
    this.runner.resume();
    for (const execution of this.runner.store.list().filter(({ running }) => running))
      for (const id of execution.operations.keys()) this.chainedInvocations.begin(execution, id);
  }

  pause(): void {
    this.runner.pause();
  }

  reset(): void {
    this.runner.reset();
  }

  close(): void {
    this.runner.close();
  }
}
