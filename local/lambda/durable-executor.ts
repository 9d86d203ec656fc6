import { type FunctionConfiguration } from './function-configuration';
import { type InvocationAnswer, LambdaServiceError } from './invocation-answer';

/** What a name or an ARN stands for. */
export interface InvokedFunction {
  readonly configuration: FunctionConfiguration;
  /** `1` or `$LATEST`; an alias stands for its version. Without a qualifier, none. */
  readonly version?: string;
}

/** A durable function that is invoked: an execution runs it, by as many invocations as it takes. */
export interface DurableInvocation {
  readonly configuration: FunctionConfiguration;
  readonly version: string;
  /** JSON. */
  readonly payload: string;
}

/** Who runs durable functions. The functions themselves know nothing of executions. */
export interface DurableExecutor {
  /** Starts an execution, and waits for its end. */
  invoke(invocation: DurableInvocation): Promise<InvocationAnswer>;
  /** Starts an execution. Its failure is its own: nobody starts another one. */
  invokeAsync(invocation: DurableInvocation): Promise<InvocationAnswer>;
}

/**
 * The version that an execution is bound to: whatever an alias points at later, it goes on with this one.
 *
 * @throws LambdaServiceError without a qualifier, as AWS does ("Invoking Lambda durable functions", read November 2026)
 */
export function executedVersion({ version }: InvokedFunction): string {
  if (version !== undefined) return version;
  const message = 'You cannot invoke a durable function using an unqualified ARN.';
  throw new LambdaServiceError('InvalidParameterValueException', message, 400);
}
